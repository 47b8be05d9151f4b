/* sawlog from C under measurement: bench list | run NAME CASE FILE THREADS DEFINITION CHECK. What it prints is told in package report. */
#define _POSIX_C_SOURCE 200809L
#include "sums.h"

#include <sawlog.h>

static sawlog_parser *parser;
static char options[64];
static sawlog_error err = {.struct_size = sizeof err};

static void must(int32_t status) {
  if (status == SAWLOG_OK) return;
  fprintf(stderr, "%s: %s %s\n", sawlog_status_name(status), err.message, err.hint);
  exit(1);
}

static void each_batch(const char *path, void (*f)(const sawlog_batch *)) {
  sawlog_reader *reader;
  sawlog_batch *batch;
  must(sawlog_open_path(parser, path, strlen(path), options, strlen(options), &reader, &err));
  for (;;) {
    must(sawlog_reader_next(reader, NULL, &batch, &err));
    if (!batch) break;
    f(batch);
    sawlog_batch_free(batch);
  }
  sawlog_reader_free(reader);
}

static int64_t rejects;

static void touch(const sawlog_batch *batch) { rejects += sawlog_batch_reject_count(batch); }

static void count(const sawlog_batch *batch) {
  sums.rows += sawlog_batch_rows(batch);
  sums.rejects += sawlog_batch_reject_count(batch);
}

static void write_json(const sawlog_batch *batch) {
  sawlog_bytes text;
  must(sawlog_batch_to_json(batch, 0, -1, SAWLOG_JSON_LINES, &text, &err));
  sawlog_bytes_release(&text);
  count(batch);
}

static sawlog_templates *templates;

/* The template of each message, with its id. */
static void mine(const sawlog_batch *batch) {
  int64_t *ids = malloc((size_t)(sawlog_batch_rows(batch) + 1) * sizeof *ids);
  if (ids) must(sawlog_templates_add_column(templates, batch, sawlog_batch_find_column(batch, "message", 7), ids, &err));
  free(ids);
  count(batch);
}

/* How many values there are in the column that is inside another one. */
static int64_t inside(const sawlog_batch *batch, int32_t column, int depth) {
  sawlog_column c = {.struct_size = sizeof c};
  for (int d = 0; d <= depth; d++) {
    must(sawlog_batch_column(batch, column, &c));
    column = c.first_child + (d < depth - 1); /* the values of the outer map, the keys of the inner one */
  }
  return c.length;
}

static double number(const sawlog_batch *batch, int32_t column, int64_t row) {
  double v;
  int64_t n;
  if (sawlog_batch_column_type(batch, column) == SAWLOG_T_FLOAT) return sawlog_batch_get_f64(batch, column, row, &v), v;
  return sawlog_batch_get_i64(batch, column, row, &n), (double)n;
}

static int equal(const sawlog_batch *batch, int32_t column, int64_t row, int i) {
  const char *text, *value = sums.terms[i].value;
  size_t n;
  if (value[0] >= '0' && value[0] <= '9') return number(batch, column, row) == sums.terms[i].number;
  sawlog_batch_get_str(batch, column, row, &text, &n);
  return n == sums.terms[i].value_n && !memcmp(text, value, n);
}

static double term(const sawlog_batch *batch, int i, int32_t column, int64_t row) {
  const char *text;
  size_t n;
  int64_t ns;
  switch (sums.terms[i].op[1]) {
    case 'u': /* sum */
      return number(batch, column, row);
    case 's': /* is */
      return equal(batch, column, row, i);
    case 'h': /* chars */
      sawlog_batch_get_str(batch, column, row, &text, &n);
      return (double)n;
    case 'p': /* span */
      if (sawlog_batch_is_null(batch, column, row)) return 0;
      sawlog_batch_get_i64(batch, column, row, &ns);
      sums_span(ns / 1000000);
  }
  return 0;
}

static void check(const sawlog_batch *batch) {
  int64_t rows = sawlog_batch_rows(batch);
  count(batch);
  for (int i = 0; i < sums.n && rows; i++) {
    int32_t column = sawlog_batch_find_column(batch, sums.terms[i].column, strlen(sums.terms[i].column));
    double total = 0;
    if (!strcmp(sums.terms[i].op, "items")) total = (double)inside(batch, column, 1);
    else if (!strcmp(sums.terms[i].op, "params")) total = (double)inside(batch, column, 2);
    else
      for (int64_t row = 0; row < rows; row++) total += term(batch, i, column, row);
    sums.totals[i] += total;
  }
}

/* One line a call. The columns are the same each time. */
static void each_line(const char *path) {
  FILE *in = fopen(path, "rb");
  char *line = NULL;
  size_t room = 0, length;
  int32_t bytes = -1, status = -1, target = -1;
  sawlog_batch *batch;
  for (ssize_t n; in && (n = getline(&line, &room, in)) >= 0; sawlog_batch_free(batch)) {
    const char *text;
    int64_t size = 0, code = 0;
    must(sawlog_parse_record(parser, (const uint8_t *)line, (size_t)n, &batch, &err));
    count(batch);
    if (!sawlog_batch_rows(batch)) continue;
    if (bytes < 0) {
      bytes = sawlog_batch_find_column(batch, "bytes", 5);
      status = sawlog_batch_find_column(batch, "status", 6);
      target = sawlog_batch_find_column(batch, "target", 6);
    }
    if (!sawlog_batch_is_null(batch, bytes, 0)) sawlog_batch_get_i64(batch, bytes, 0, &size);
    sawlog_batch_get_i64(batch, status, 0, &code);
    sawlog_batch_get_str(batch, target, 0, &text, &length);
    sums.totals[0] += (double)size;
    sums.totals[1] += code == 200;
    sums.totals[2] += (double)length;
  }
  free(line);
  if (in) fclose(in);
}

static const char list[] =
    "{\"name\": \"**sawlog** from C\", \"program\": \"sawlog\", \"twice\": true, \"cases\": [\"combined\", \"combined-gz\", \"combined-real\", \"ndjson\", \"ndjson-deep\", \"ndjson-shapes\", \"ndjson-escapes\","
    " \"logfmt\", \"syslog3164\", \"syslog5424\", \"pattern\", \"grok\", \"grok-chain\", \"cef\", \"refuse\", \"rows\", \"rows-json\", \"templates\", \"line\"]}";

static long peak;

static void measure(const char *name, const char *path) {
  int checked = 1;
  sums_reset();
  must(sawlog_templates_new("", 0, &templates, &err));
  bench_begin();
  if (!strcmp(name, "line")) each_line(path);
  else if (!strcmp(name, "rows")) each_batch(path, check);
  else if (!strcmp(name, "rows-json")) each_batch(path, write_json);
  else if (!strcmp(name, "templates")) each_batch(path, mine);
  else each_batch(path, touch), checked = 0;
  bench_end();
  peak = bench_memory("VmHWM");
  if (!checked) each_batch(path, check); /* once more for the check, so that its time is nobody's */
  sawlog_templates_free(templates);
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "list")) return puts(list) < 0;
  if (argc != 9) return 2;
  const char *name = argv[3], *path = argv[4], *definition = argv[6];
  snprintf(options, sizeof options, "{\"threads\": %d}", atoi(argv[5]));
  must(sawlog_parser_new(definition, strlen(definition), &parser, &err));
  sums_read(argv[7]);

  long base = bench_memory("VmRSS");
  while (bench_warming()) measure(name, argv[8]);
  measure(name, path);
  sums_print(base, peak);
  sawlog_parser_free(parser);
  return 0;
}
