/* sawlog from C under measurement: bench CASE FILE THREADS DEFINITION. What it prints is told in main.go. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <sawlog.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sawlog_parser *parser;
static char options[64];

static struct {
  int64_t rows, bytes, ok, users, errors, first, last;
  double latency;
} sums = {.first = INT64_MAX, .last = INT64_MIN};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A line of /proc/self/status in KiB; 0 where there is none. */
static long memory(const char *key) {
  char line[128];
  long kb = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status))
    if (strncmp(line, key, strlen(key)) == 0) kb = atol(line + strlen(key) + 1);
  if (status) fclose(status);
  return kb;
}

static void must(int32_t status, const sawlog_error *err) {
  if (status == SAWLOG_OK) return;
  fprintf(stderr, "%s: %s %s\n", sawlog_status_name(status), err->message, err->hint);
  exit(1);
}

static void each_batch(const char *path, void (*f)(const sawlog_batch *)) {
  sawlog_error err = {.struct_size = sizeof err};
  sawlog_reader *reader;
  sawlog_batch *batch;
  must(sawlog_open_path(parser, path, strlen(path), options, strlen(options), &reader, &err), &err);
  for (;;) {
    must(sawlog_reader_next(reader, NULL, &batch, &err), &err);
    if (!batch) break;
    f(batch);
    sawlog_batch_free(batch);
  }
  sawlog_reader_free(reader);
}

static int64_t rows, rejects;

static void tally(const sawlog_batch *batch) {
  rows += sawlog_batch_rows(batch);
  rejects += sawlog_batch_reject_count(batch);
}

static sawlog_column column(const sawlog_batch *batch, const char *name) {
  sawlog_column c = {.struct_size = sizeof c};
  sawlog_error err = {.struct_size = sizeof err};
  must(sawlog_batch_column(batch, sawlog_batch_find_column(batch, name, strlen(name)), &c), &err);
  return c;
}

static void add_times(const sawlog_batch *batch) {
  sawlog_column time = column(batch, "time");
  const int64_t *t = time.data;
  sums.rows += time.length;
  for (int64_t row = 0; row < time.length; row++) {
    int64_t ms = t[row] / 1000000;
    if (ms < sums.first) sums.first = ms;
    if (ms > sums.last) sums.last = ms;
  }
}

static void add_access(const sawlog_batch *batch) {
  sawlog_column status = column(batch, "status"), bytes = column(batch, "bytes");
  const int64_t *s = status.data, *b = bytes.data; /* a null is 0 */
  for (int64_t row = 0; row < status.length; row++) {
    sums.bytes += b[row];
    sums.ok += s[row] == 200;
  }
  add_times(batch);
}

static void add_event(const sawlog_batch *batch) {
  sawlog_column user = column(batch, "user_id"), latency = column(batch, "latency_ms");
  int32_t level = sawlog_batch_find_column(batch, "level", 5);
  const int64_t *u = user.data;
  const double *l = latency.data;
  for (int64_t row = 0; row < user.length; row++) {
    const char *text;
    size_t n;
    sums.users += u[row];
    sums.latency += l[row];
    sawlog_batch_get_str(batch, level, row, &text, &n);
    sums.errors += n == 5 && memcmp(text, "error", 5) == 0;
  }
  add_times(batch);
}

int main(int argc, char **argv) {
  sawlog_error err = {.struct_size = sizeof err};
  if (argc != 5) return 2;
  const char *name = argv[1], *path = argv[2], *definition = argv[4];
  int event = strcmp(name, "ndjson") == 0 || strcmp(name, "logfmt") == 0;
  snprintf(options, sizeof options, "{\"threads\": %d}", atoi(argv[3]));
  must(sawlog_parser_new(definition, strlen(definition), &parser, &err), &err);

  long base = memory("VmRSS");
  double begin = now();
  each_batch(path, tally);
  double seconds = now() - begin;
  long peak = memory("VmHWM");
  each_batch(path, event ? add_event : add_access); /* once more for the check, so that its time is nobody's */

  printf("{\"name\": \"c\", \"case\": \"%s\", \"rows\": %" PRId64 ", \"rejects\": %" PRId64 ", \"seconds\": %.6f, \"base_kb\": %ld, \"peak_kb\": %ld, \"check\": \"rows=%" PRId64,
         name, rows, rejects, seconds, base, peak, sums.rows);
  if (event) printf(" users=%" PRId64 " latency=%.0f errors=%" PRId64, sums.users, sums.latency, sums.errors);
  else printf(" bytes=%" PRId64 " ok=%" PRId64, sums.bytes, sums.ok);
  printf(" first=%" PRId64 " last=%" PRId64 "\"}\n", sums.first, sums.last);
  sawlog_parser_free(parser);
  return 0;
}
