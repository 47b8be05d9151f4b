/* PCRE2 with its just-in-time compiler, one anchored pattern for each case and hand-written conversions behind it: the fastest regular
 * expressions there are. Debian: libpcre2-dev. What it prints is told in package report. */
#define _POSIX_C_SOURCE 200809L
#define PCRE2_CODE_UNIT_WIDTH 8
#include "sums.h"

#include <fcntl.h>
#include <pcre2.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUOTED "\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\""
#define STAMP "(\\d\\d)/(\\w{3})/(\\d{4}):(\\d\\d):(\\d\\d):(\\d\\d) ([+-])(\\d\\d)(\\d\\d)"

typedef struct view {
  const char *p;
  size_t n;
} view;

static pcre2_match_data *match;
static const char *subject;

static view group(int i) {
  PCRE2_SIZE *v = pcre2_get_ovector_pointer(match);
  if ((uint32_t)i >= pcre2_get_ovector_count(match) || v[2 * i] == PCRE2_UNSET) return (view){NULL, 0};
  return (view){subject + v[2 * i], v[2 * i + 1] - v[2 * i]};
}

static int64_t integer(view v) {
  int64_t n = 0;
  for (size_t i = 0; i < v.n && v.p[i] >= '0' && v.p[i] <= '9'; i++) n = 10 * n + v.p[i] - '0';
  return n;
}

static int64_t days(int64_t y, int64_t m, int64_t d) {
  y -= m <= 2;
  int64_t era = y / 400, yoe = y - era * 400, doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int month(view v) {
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (int i = 0; i < 12; i++)
    if (v.n == 3 && !memcmp(names + 3 * i, v.p, 3)) return i + 1;
  return 1;
}

/* Groups at..at+8 are those of STAMP. */
static int64_t stamp(int at) {
  int64_t s = days(integer(group(at + 2)), month(group(at + 1)), integer(group(at))) * 86400 + integer(group(at + 3)) * 3600 + integer(group(at + 4)) * 60 + integer(group(at + 5));
  int64_t offset = integer(group(at + 7)) * 3600 + integer(group(at + 8)) * 60;
  return (group(at + 6).p[0] == '-' ? s + offset : s - offset) * 1000;
}

static void access_row(void) {
  sums.totals[0] += (double)integer(group(17));
  sums.totals[1] += integer(group(16)) == 200;
  sums.totals[2] += (double)group(14).n;
  sums_span(stamp(4));
}

static void grok_row(void) {
  sums.totals[0] += (double)integer(group(18));
  sums.totals[1] += integer(group(17)) == 200;
  sums.totals[2] += (double)group(14).n;
  sums_span(stamp(4));
}

static void bsd_row(void) {
  sums.totals[0] += (double)(integer(group(1)) & 7);
  sums.totals[1] += (double)group(8).n;
  sums.totals[2] += (double)group(10).n;
  sums_span((days(2026, month(group(2)), integer((view){group(3).p + (group(3).p[0] == ' '), 2})) * 86400 + integer(group(4)) * 3600 + integer(group(5)) * 60 + integer(group(6))) * 1000);
}

static void rfc5424_row(void) {
  view data = group(15);
  int params = 0;
  for (size_t i = 0; i < data.n; i++) { /* the quotes that open values, and over what they hold */
    if (data.p[i] != '"') continue;
    params++;
    for (i++; i < data.n && data.p[i] != '"'; i++) i += data.p[i] == '\\';
  }
  sums.totals[0] += (double)(integer(group(1)) & 7);
  sums.totals[1] += (double)group(14).n;
  sums.totals[2] += (double)group(16).n;
  sums.totals[3] += params;
  sums_span((days(integer(group(3)), integer(group(4)), integer(group(5))) * 86400 + integer(group(6)) * 3600 + integer(group(7)) * 60 + integer(group(8))) * 1000 +
            integer((view){group(9).p, group(9).n < 3 ? group(9).n : 3}));
}

static void log4j_row(void) {
  view level = group(8);
  sums.totals[0] += level.n == 5 && !memcmp(level.p, "ERROR", 5);
  sums.totals[1] += (double)group(10).n;
  sums.totals[2] += (double)group(11).n;
  sums_span((days(integer(group(1)), integer(group(2)), integer(group(3))) * 86400 + integer(group(4)) * 3600 + integer(group(5)) * 60 + integer(group(6))) * 1000 + integer(group(7)));
}

static void chain_row(void) {
  static const int groups[] = {1, 4, 5, 6};
  for (int i = 0; i < 4; i++) sums.totals[i] += (double)group(groups[i]).n;
}

/* ---- A row as JSON, printed by hand ---- */

static char json[1 << 16];

static size_t put_text(size_t n, const char *name, view v) {
  n += (size_t)sprintf(json + n, "%s\"%s\":\"", n ? "," : "{", name);
  for (size_t i = 0; i < v.n && n < sizeof json - 64; i++) {
    if (v.p[i] == '"' || v.p[i] == '\\') json[n++] = '\\';
    json[n++] = v.p[i];
  }
  json[n++] = '"';
  return n;
}

static void json_row(void) {
  static const struct {
    const char *name;
    int group;
  } texts[] = {{"client", 1}, {"ident", 2}, {"user", 3}, {"method", 13}, {"target", 14}, {"protocol", 15}, {"referer", 18}, {"user_agent", 19}};
  size_t n = 0;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) n = put_text(n, texts[i].name, group(texts[i].group));
  time_t seconds = stamp(4) / 1000;
  struct tm t;
  gmtime_r(&seconds, &t);
  n += strftime(json + n, 64, ",\"time\":\"%Y-%m-%dT%H:%M:%SZ\"", &t);
  n += (size_t)sprintf(json + n, ",\"status\":%" PRId64 ",\"bytes\":%" PRId64 "}\n", integer(group(16)), integer(group(17)));
}

static const struct {
  const char *name, *pattern;
  void (*row)(void);
} cases[] = {
    {"access", "^(\\S++) (\\S++) (\\S++) \\[" STAMP "\\] \"([A-Z]++) (\\S++) (HTTP/[\\d.]++)\" (\\d{3}) (\\d++|-) " QUOTED " " QUOTED "$", access_row},
    {"rows-json", "^(\\S++) (\\S++) (\\S++) \\[" STAMP "\\] \"([A-Z]++) (\\S++) (HTTP/[\\d.]++)\" (\\d{3}) (\\d++|-) " QUOTED " " QUOTED "$", json_row},
    {"grok",
     "^(\\S+) (\\S+) (\\S+) \\[" STAMP "\\] \"(?:(\\w+) (\\S+)(?: HTTP/(\\d+(?:\\.\\d+)?))?|(.*?))\" (\\d+) (?:(\\d+)|-) (\"(?:[^\"\\\\]|\\\\.)*\") (\"(?:[^\"\\\\]|\\\\.)*\")$",
     grok_row},
    {"grok-chain", "^(.*?) (.*?) (.*?) (.*?) (.*) \\[(\\w+)\\]$", chain_row},
    {"syslog3164", "^<(\\d{1,3})>(\\w{3}) ([ \\d]\\d) (\\d\\d):(\\d\\d):(\\d\\d) (\\S++) ([^:\\[]++)(?:\\[(\\d++)\\])?: (.*)$", bsd_row},
    {"syslog5424",
     "^<(\\d{1,3})>(\\d++) (\\d{4})-(\\d\\d)-(\\d\\d)T(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d++))?Z? (\\S++) (\\S++) (\\S++)((?=)) (\\S++) (-|(?:\\[(?:[^\"\\]]|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\")*+\\])++) ?(.*)$",
     rfc5424_row},
    {"pattern", "^(\\d{4})-(\\d\\d)-(\\d\\d) (\\d\\d):(\\d\\d):(\\d\\d),(\\d{3}) (\\w++) ++\\[([^\\]]*+)\\] ([^:]++): (.*)$", log4j_row},
};

static const char list[] =
    "{\"name\": \"PCRE2-JIT in C\", \"program\": \"pcre2\", \"cases\": [\"combined\", \"combined-real\", \"refuse\", \"rows\", \"line\", \"syslog3164\", \"syslog5424\", \"pattern\"]}\n"
    "{\"name\": \"PCRE2-JIT in C, the expanded pattern\", \"program\": \"expanded\", \"cases\": [\"grok\", \"grok-chain\"]}\n"
    "{\"name\": \"PCRE2-JIT in C, printed by hand\", \"program\": \"print\", \"cases\": [\"rows-json\"]}";

static void each_line(const char *path, pcre2_code *code, void (*row)(void)) {
  int fd = open(path, O_RDONLY);
  struct stat st;
  if (fd < 0 || fstat(fd, &st)) exit(1);
  char *data = malloc((size_t)st.st_size + 1), *end = data;
  for (ssize_t n; (n = read(fd, end, 1 << 20)) > 0;) end += n;
  close(fd);
  for (char *line = data, *next; line < end; line = next + 1) {
    next = memchr(line, '\n', (size_t)(end - line));
    if (!next) next = end;
    subject = line;
    if (pcre2_jit_match(code, (PCRE2_SPTR)line, (size_t)(next - line), 0, 0, match, NULL) < 0) {
      sums.rejects++;
      continue;
    }
    sums.rows++;
    row();
  }
  free(data);
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "list")) return puts(list) < 0;
  if (argc != 9) return 2;
  size_t c = 0;
  for (size_t i = 1; i < sizeof cases / sizeof *cases; i++)
    if (!strcmp(argv[3], cases[i].name)) c = i;
  int error;
  PCRE2_SIZE at;
  pcre2_code *code = pcre2_compile((PCRE2_SPTR)cases[c].pattern, PCRE2_ZERO_TERMINATED, 0, &error, &at, NULL);
  if (!code || pcre2_jit_compile(code, PCRE2_JIT_COMPLETE)) {
    fprintf(stderr, "the pattern of %s does not compile: error %d at %zu\n", cases[c].name, error, at);
    return 1;
  }
  match = pcre2_match_data_create_from_pattern(code, NULL);
  sums_read(argv[7]);
  long base = bench_memory("VmRSS");
  while (bench_warming()) each_line(argv[8], code, cases[c].row);
  sums_reset();
  bench_begin();
  each_line(argv[4], code, cases[c].row);
  bench_end();
  sums_print(base, bench_memory("VmHWM"));
  pcre2_match_data_free(match);
  pcre2_code_free(code);
  return 0;
}
