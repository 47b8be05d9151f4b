/* PCRE2 with its just-in-time compiler, one anchored pattern for each case and hand-written conversions behind it: the fastest regular
 * expressions there are. Debian: libpcre2-dev, zlib1g-dev. What it prints is told in package report. */
#define _POSIX_C_SOURCE 200809L
#define PCRE2_CODE_UNIT_WIDTH 8
#include <zlib.h>

#include "grok.h"
#include "sums.h"
#include "times.h"

#include <pcre2.h>

#define QUOTED "\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\""
#define STAMP "(\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4})"
#define ACCESS "^([^ ]++) ([^ ]++) ([^ ]++) \\[" STAMP "\\] \"([A-Z]++) ([^ ]++) (HTTP/[0-9.]++)\" (\\d{3}) (\\d++|-) " QUOTED " " QUOTED "$"

typedef struct view {
  const char *p;
  size_t n;
} view;

static pcre2_match_data *match;
static const char *subject;
static size_t length;

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

static void access_row(void) {
  sums.totals[0] += (double)integer(group(9));
  sums.totals[1] += integer(group(8)) == 200;
  sums.totals[2] += (double)group(6).n;
  sums_span(stamp(group(4).p));
}

static void grok_row(void) {
  sums.totals[0] += (double)integer(group(10));
  sums.totals[1] += integer(group(9)) == 200;
  sums.totals[2] += (double)group(6).n;
  sums_span(stamp(group(4).p));
}

static void bsd_row(void) {
  sums.totals[0] += (double)(integer(group(1)) & 7);
  sums.totals[1] += (double)group(4).n;
  sums.totals[2] += (double)group(6).n;
  sums_span(bsd(group(2).p));
}

static void rfc5424_row(void) {
  view data = group(8);
  int params = 0;
  for (size_t i = 0; i < data.n; i++) { /* the quotes that open values, and over what they hold */
    if (data.p[i] != '"') continue;
    params++;
    for (i++; i < data.n && data.p[i] != '"'; i++) i += data.p[i] == '\\';
  }
  sums.totals[0] += (double)(integer(group(1)) & 7);
  sums.totals[1] += (double)group(7).n;
  sums.totals[2] += (double)group(9).n;
  sums.totals[3] += params;
  sums_span(iso(group(3).p) + (group(3).n > 22 ? three(group(3).p + 20) : 0));
}

static void log4j_row(void) {
  view level = group(2);
  sums.totals[0] += level.n == 5 && !memcmp(level.p, "ERROR", 5);
  sums.totals[1] += (double)group(4).n;
  sums.totals[2] += (double)group(5).n;
  sums_span(iso(group(1).p) + three(group(1).p + 20));
}

static void chain_row(void) {
  static const int groups[] = {1, 4, 5, 6};
  for (int i = 0; i < 4; i++) sums.totals[i] += (double)group(groups[i]).n;
}

/* ---- A row as JSON, printed by hand ---- */

static char json[4 << 20], *out = json;

static void put(const char *p, size_t n) {
  memcpy(out, p, n);
  out += n;
}

static void put_text(const char *name, view v) {
  put(name, strlen(name));
  for (const char *p = v.p, *end = v.p + v.n; p < end; p++) {
    if (*p == '"' || *p == '\\') *out++ = '\\';
    if ((unsigned char)*p < ' ') out += sprintf(out, "\\u%04x", *p);
    else *out++ = *p;
  }
  *out++ = '"';
}

static void put_number(int64_t n, int width) {
  char digits[20];
  int i = 20;
  for (; n || 20 - i < width; n /= 10) digits[--i] = (char)('0' + n % 10);
  put(digits + i, (size_t)(20 - i));
}

/* The day is the same for most rows. */
static void put_time(int64_t ms) {
  static int64_t day = -1;
  static char text[16];
  time_t seconds = ms / 1000;
  if (seconds / 86400 != day) {
    struct tm t;
    gmtime_r(&seconds, &t);
    strftime(text, sizeof text, "%Y-%m-%dT", &t);
    day = seconds / 86400;
  }
  put(text, 11);
  put_number(seconds / 3600 % 24, 2), *out++ = ':';
  put_number(seconds / 60 % 60, 2), *out++ = ':';
  put_number(seconds % 60, 2), *out++ = 'Z';
}

static void json_row(void) {
  size_t most = 6 * length + 512; /* every byte escaped, and the names */
  if (out + most > json + sizeof json) out = json;
  if (most > sizeof json) exit(1);
  put_text("{\"client\":\"", group(1));
  put_text(",\"ident\":\"", group(2));
  put_text(",\"user\":\"", group(3));
  put(",\"time\":\"", 9), put_time(stamp(group(4).p));
  put_text("\",\"method\":\"", group(5));
  put_text(",\"target\":\"", group(6));
  put_text(",\"protocol\":\"", group(7));
  put(",\"status\":", 10), put_number(integer(group(8)), 1);
  put(",\"bytes\":", 9);
  if (*group(9).p == '-') put("null", 4);
  else put_number(integer(group(9)), 1);
  put_text(",\"referer\":\"", group(10));
  put_text(",\"user_agent\":\"", group(11));
  put("}\n", 2);
}

static const struct {
  const char *name, *pattern;
  void (*row)(void);
} cases[] = {
    {"access", ACCESS, access_row},
    {"rows-json", ACCESS, json_row},
    {"grok",
     "^([^ ]++) ([^ ]++) ([^ ]++) \\[" STAMP "\\] \"(?:(\\w+) (\\S+)(?: HTTP/(\\d+(?:\\.\\d+)?))?|(.*?))\" (\\d+) (?:(\\d+)|-) (\"(?:[^\"\\\\]|\\\\.)*\") (\"(?:[^\"\\\\]|\\\\.)*\")$",
     grok_row},
    {"grok-chain", "^(.*?) (.*?) (.*?) (.*?) (.*) \\[(\\w+)\\]$", chain_row},
    {"syslog3164", "^<(\\d{1,3})>(\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d) ([^ ]++) ([^:\\[]++)(?:\\[(\\d++)\\])?: (.*)$", bsd_row},
    {"syslog5424",
     "^<(\\d{1,3})>(\\d++) (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d++)?Z?) ([^ ]++) ([^ ]++) ([^ ]++) ([^ ]++) (-|(?:\\[(?:[^\"\\]]++|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\")*+\\])++) ?(.*)$",
     rfc5424_row},
    {"pattern", "^(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3}) (\\w++) ++\\[([^\\]]*+)\\] ([^:]++): (.*)$", log4j_row},
};

static const char list[] =
    "{\"name\": \"PCRE2-JIT in C\", \"program\": \"pcre2\", \"cases\": [\"combined\", \"combined-real\", \"refuse\", \"rows\", \"line\", \"syslog3164\", \"syslog5424\", \"pattern\"]}\n"
    "{\"name\": \"PCRE2-JIT in C, zlib\", \"program\": \"zlib\", \"cases\": [\"combined-gz\"]}\n"
    "{\"name\": \"PCRE2-JIT in C, a pattern of one's own\", \"program\": \"own\", \"cases\": [\"grok\"]}\n"
    "{\"name\": \"PCRE2-JIT in C, the expanded pattern\", \"program\": \"expanded\", \"cases\": [\"grok\", \"grok-chain\"]}\n"
    "{\"name\": \"PCRE2-JIT in C, printed by hand\", \"program\": \"print\", \"cases\": [\"rows-json\"]}";

static pcre2_code *code;
static void (*row)(void);

static void each_line(char *line, char *end) {
  for (char *next; line < end; line = next + 1) {
    next = memchr(line, '\n', (size_t)(end - line));
    if (!next) next = end;
    subject = line;
    length = (size_t)(next - line);
    if (pcre2_jit_match(code, (PCRE2_SPTR)line, length, 0, 0, match, NULL) < 0) {
      sums.rejects++;
      continue;
    }
    sums.rows++;
    row();
  }
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "list")) return puts(list) < 0;
  if (argc != 9) return 2;
  size_t c = 0;
  for (size_t i = 1; i < sizeof cases / sizeof *cases; i++)
    if (!strcmp(argv[3], cases[i].name)) c = i;
  int error;
  PCRE2_SIZE at;
  row = cases[c].row;
  const char *pattern = cases[c].pattern;
  if (row == grok_row && !strcmp(argv[2], "expanded")) expand("^%{COMBINEDAPACHELOG}$"), pattern = expanded;
  code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, 0, &error, &at, NULL);
  if (!code || pcre2_jit_compile(code, PCRE2_JIT_COMPLETE)) {
    fprintf(stderr, "the pattern of %s does not compile: error %d at %zu\n", cases[c].name, error, at);
    return 1;
  }
  match = pcre2_match_data_create_from_pattern(code, NULL);
  sums_read(argv[7]);
  long base = bench_memory("VmRSS");
  while (bench_warming()) bench_blocks(argv[8], 0, each_line);
  sums_reset();
  bench_begin();
  bench_blocks(argv[4], 0, each_line);
  bench_end();
  sums_print(base, bench_memory("VmHWM"));
  pcre2_match_data_free(match);
  pcre2_code_free(code);
  return 0;
}
