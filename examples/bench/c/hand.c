/* Hand-written C for one format each, with nothing in it but memchr and loops: what somebody could write who reads only this one log.
 * What it prints is told in package report. */
#define _POSIX_C_SOURCE 200809L
#include "sums.h"
#include "times.h"

typedef struct view {
  const char *p;
  size_t n;
} view;

/* What is left of a line. A step that does not fit gives 0. */
typedef struct cursor {
  const char *p, *end;
} cursor;

static inline int constant(cursor *c, const char *text, size_t n) {
  if ((size_t)(c->end - c->p) < n || memcmp(c->p, text, n)) return 0;
  c->p += n;
  return 1;
}
#define CONSTANT(c, text) constant(c, text, sizeof text - 1)

/* Up to a byte, and over it. */
static inline int until(cursor *c, char stop, view *v) {
  const char *q = c->p;
  while (q < c->end && *q != stop) q++;
  *v = (view){c->p, (size_t)(q - c->p)};
  c->p = q + 1;
  return q < c->end && v->n > 0;
}

static inline int digits(cursor *c, int64_t *n) {
  const char *begin = c->p;
  for (*n = 0; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) *n = 10 * *n + *c->p - '0';
  return c->p > begin;
}

/* A time of n bytes, whose digits stand where the form has zeros. */
static inline int shape(cursor *c, const char *form, size_t n) {
  if ((size_t)(c->end - c->p) < n) return 0;
  for (size_t i = 0; i < n; i++)
    if (form[i] == '0' && (unsigned)(c->p[i] - '0') > 9) return 0;
  c->p += n;
  return 1;
}
#define SHAPE(c, form) shape(c, form, sizeof form - 1)

/* What stands between quotes; a backslash escapes one of them. */
static inline int quoted(cursor *c, view *v) {
  if (!CONSTANT(c, "\"")) return 0;
  const char *begin = c->p, *q = begin;
  for (;; q++) {
    q = memchr(q, '"', (size_t)(c->end - q));
    if (!q) return 0;
    size_t slashes = 0;
    while (q - slashes > begin && *(q - slashes - 1) == '\\') slashes++;
    if (slashes % 2 == 0) break;
  }
  *v = (view){begin, (size_t)(q - begin)};
  c->p = q + 1;
  return 1;
}

static volatile const char *seen; /* so that the compiler leaves nothing out */

static inline int access_line(cursor c) {
  view client, ident, user, method, target, protocol, referer, agent;
  int64_t status, bytes = 0;
  if (!until(&c, ' ', &client) || !until(&c, ' ', &ident) || !until(&c, ' ', &user) || !CONSTANT(&c, "[")) return 0;
  const char *time = c.p;
  if (!SHAPE(&c, "00/Mar/0000:00:00:00 +0000") || !CONSTANT(&c, "] \"")) return 0;
  if (!until(&c, ' ', &method) || !until(&c, ' ', &target) || !until(&c, '"', &protocol) || !CONSTANT(&c, " ")) return 0;
  if (!digits(&c, &status) || !CONSTANT(&c, " ")) return 0;
  if (!CONSTANT(&c, "-") && !digits(&c, &bytes)) return 0;
  if (!CONSTANT(&c, " ") || !quoted(&c, &referer) || !CONSTANT(&c, " ") || !quoted(&c, &agent) || c.p != c.end) return 0;
  seen = client.p + ident.n + user.n + method.n + protocol.n + referer.n + agent.n;
  sums.totals[0] += (double)bytes;
  sums.totals[1] += status == 200;
  sums.totals[2] += (double)target.n;
  sums_span(stamp(time));
  return 1;
}

static inline int logger_line(cursor c) {
  view level, thread, logger;
  const char *time = c.p;
  if (!SHAPE(&c, "0000-00-00 00:00:00,000") || !CONSTANT(&c, " ") || !until(&c, ' ', &level)) return 0;
  while (c.p < c.end && *c.p == ' ') c.p++;
  if (!CONSTANT(&c, "[") || !until(&c, ']', &thread) || !CONSTANT(&c, " ") || !until(&c, ':', &logger) || !CONSTANT(&c, " ")) return 0;
  seen = thread.p + thread.n;
  sums.totals[0] += level.n == 5 && !memcmp(level.p, "ERROR", 5);
  sums.totals[1] += (double)logger.n;
  sums.totals[2] += (double)(c.end - c.p);
  sums_span(iso(time) + three(time + 20));
  return 1;
}

static inline int bsd_line(cursor c) {
  view host;
  int64_t priority, pid = 0;
  if (!CONSTANT(&c, "<") || !digits(&c, &priority) || !CONSTANT(&c, ">")) return 0;
  const char *time = c.p;
  if (!SHAPE(&c, "Mar _0 00:00:00") || !CONSTANT(&c, " ") || !until(&c, ' ', &host)) return 0;
  const char *app = c.p;
  while (c.p < c.end && *c.p != ':' && *c.p != '[') c.p++;
  size_t length = (size_t)(c.p - app);
  if (CONSTANT(&c, "[") && (!digits(&c, &pid) || !CONSTANT(&c, "]"))) return 0;
  if (!CONSTANT(&c, ": ")) return 0;
  seen = host.p + host.n + pid;
  sums.totals[0] += (double)(priority & 7);
  sums.totals[1] += (double)length;
  sums.totals[2] += (double)(c.end - c.p);
  sums_span(bsd(time));
  return 1;
}

#define EACH_LINE(name, line)                                          \
  static void name(char *p, char *end) {                               \
    for (char *next; p < end; p = next + 1) {                          \
      next = memchr(p, '\n', (size_t)(end - p));                       \
      if (!next) next = end;                                           \
      if (line((cursor){p, next})) sums.rows++;                        \
      else sums.rejects++;                                             \
    }                                                                  \
  }

EACH_LINE(each_access, access_line)
EACH_LINE(each_logger, logger_line)
EACH_LINE(each_bsd, bsd_line)

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "list"))
    return puts("{\"name\": \"C by hand, for this one format\", \"program\": \"hand\", \"yardstick\": true, \"cases\": [\"combined\", \"combined-real\", \"refuse\", \"rows\", \"line\", \"syslog3164\", \"pattern\"]}") < 0;
  if (argc != 9) return 2;
  void (*each)(char *, char *) = !strcmp(argv[3], "pattern") ? each_logger : !strcmp(argv[3], "syslog3164") ? each_bsd : each_access;
  sums_read(argv[7]);
  long base = bench_memory("VmRSS");
  while (bench_warming()) bench_blocks(argv[8], 0, each);
  sums_reset();
  bench_begin();
  bench_blocks(argv[4], 0, each);
  bench_end();
  sums_print(base, bench_memory("VmHWM"));
  return 0;
}
