/* What the tests of the C ABI share: a check that says where it failed, and lines to parse. */
#ifndef CHECK_H
#define CHECK_H

#include <sawlog.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);           \
      abort();                                                                  \
    }                                                                           \
  } while (0)

#define CHECK_INT(got, want)                                                                                           \
  do {                                                                                                                 \
    long long got_ = (long long)(got), want_ = (long long)(want);                                                      \
    if (got_ != want_) {                                                                                               \
      fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #got, got_, want_);                         \
      abort();                                                                                                         \
    }                                                                                                                  \
  } while (0)

#define CHECK_OK(call)                                                                                                 \
  do {                                                                                                                 \
    int rc_ = (call);                                                                                                  \
    if (rc_ != SAWLOG_OK) {                                                                                            \
      fprintf(stderr, "%s:%d: %s: %s: %s\n", __FILE__, __LINE__, #call, sawlog_status_name(rc_), err.message);         \
      abort();                                                                                                         \
    }                                                                                                                  \
  } while (0)

static sawlog_error err = {.struct_size = sizeof(sawlog_error)};

#define LINE                                                                                                           \
  "83.149.9.216 - - [17/May/2015:10:05:03 +0000] \"GET /presentations/logstash/images/kibana-search.png HTTP/1.1\" 200 203023 " \
  "\"http://semicomplete.com/presentations/\" \"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1)\""
#define LINE_POST "10.0.0.1 - joe [17/May/2015:10:05:04 +0200] \"POST /x HTTP/1.0\" 404 - \"-\" \"-\""

#define LINE_SYSLOG "<165>1 2003-08-24T05:14:15Z h a p m [x@1 k=\"v\" quoted=\"a \\\"b\\\" \\]\"][y] hi"

static inline sawlog_parser *parser_of(const char *definition) {
  sawlog_parser *p;
  CHECK_OK(sawlog_parser_new(definition, strlen(definition), &p, &err));
  return p;
}

/* n lines; every seventh is LINE_POST, every thousandth fits no format. The caller frees them. */
static inline char *lines(size_t n, size_t *size) {
  char *text = malloc(n * sizeof LINE + 1), *at = text;
  CHECK(text);
  for (size_t i = 0; i < n; i++) {
    const char *line = i % 1000 == 999 ? "no such line" : i % 7 == 6 ? LINE_POST : LINE;
    size_t length = strlen(line);
    memcpy(at, line, length);
    at[length] = '\n';
    at += length + 1;
  }
  *size = (size_t)(at - text);
  return text;
}

static inline double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#if defined(__linux__)
/* MiB of memory that the process has. */
static inline double resident(void) {
  long pages = 0, total = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  CHECK(f && fscanf(f, "%ld %ld", &total, &pages) == 2);
  fclose(f);
  return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}
#endif

static inline sawlog_stats stats(void) {
  sawlog_stats s = {.struct_size = sizeof s};
  CHECK_OK(sawlog_get_stats(&s));
  return s;
}

/* Nothing that the test made is left. */
static inline void check_nothing_alive(void) {
  sawlog_stats s = stats();
  CHECK_INT(s.parsers, 0);
  CHECK_INT(s.streams, 0);
  CHECK_INT(s.readers, 0);
  CHECK_INT(s.batches, 0);
}

#endif
