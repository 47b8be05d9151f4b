/* Shows what a log file is and its first rows: show FILE [ROWS]. The last line says how fast it was read. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <sawlog.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WIDTH = 118, CELL = 24, CELL_SIZE = CELL * 4 + 8, LINE_SIZE = (WIDTH + 2) * 4 + 8 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(int32_t status, const sawlog_error *err) {
  if (status == SAWLOG_OK) return;
  fprintf(stderr, "%s: %s %s\n", sawlog_status_name(status), err->message, err->hint);
  exit(1);
}

static int continues(char c) { return ((unsigned char)c & 0xC0) == 0x80; } /* not the first byte of a character */

/* The text with control characters blanked, cut to CELL characters; returns how many it has. */
static int fit(char *out, const char *text, size_t n) {
  int characters = 0;
  size_t size = 0, cut = 0; /* bytes that are not UTF-8 may leave cut at 0 */
  for (size_t i = 0; i < n; i++) {
    characters += !continues(text[i]);
    if (characters == CELL && !continues(text[i])) cut = size;
    if (characters > CELL || size >= CELL * 4) {
      memcpy(out + cut, "\xE2\x80\xA6", 4); /* an ellipsis in place of the last character */
      return characters < CELL ? characters : CELL;
    }
    out[size++] = (unsigned char)text[i] < ' ' || text[i] == 127 ? ' ' : text[i];
  }
  out[size] = 0;
  return characters;
}

static int cell(char *out, const sawlog_batch *batch, int32_t column, int64_t row) {
  char text[64];
  const char *from = text;
  size_t n = 0;
  int64_t i;
  double f;
  switch (sawlog_batch_is_null(batch, column, row) ? 0 : sawlog_batch_column_type(batch, column)) {
  case 0:
    n = (size_t)snprintf(text, sizeof text, "null");
    break;
  case SAWLOG_T_BOOL:
    sawlog_batch_get_i64(batch, column, row, &i);
    n = (size_t)snprintf(text, sizeof text, i ? "true" : "false");
    break;
  case SAWLOG_T_INT:
  case SAWLOG_T_DURATION:
    sawlog_batch_get_i64(batch, column, row, &i);
    n = (size_t)snprintf(text, sizeof text, "%" PRId64, i);
    break;
  case SAWLOG_T_UINT:
    sawlog_batch_get_i64(batch, column, row, &i);
    n = (size_t)snprintf(text, sizeof text, "%" PRIu64, (uint64_t)i);
    break;
  case SAWLOG_T_FLOAT:
    sawlog_batch_get_f64(batch, column, row, &f);
    n = (size_t)snprintf(text, sizeof text, "%.3f", f);
    break;
  case SAWLOG_T_TIMESTAMP: {
    sawlog_batch_get_i64(batch, column, row, &i);
    int64_t ms = i / 1000000 - (i % 1000000 < 0), part = (ms % 1000 + 1000) % 1000;
    time_t seconds = (time_t)((ms - part) / 1000);
    struct tm t;
    n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &t));
    n += (size_t)snprintf(text + n, sizeof text - n, ".%03dZ", (int)part);
    break;
  }
  default:
    sawlog_batch_get_str(batch, column, row, &from, &n);
  }
  return fit(out, from, n);
}

/* The first rows: the columns that have a value there, as many as fit on a line. Each line grows by a cell a column. */
static void table(const sawlog_batch *batch, int64_t rows) {
  int32_t columns = sawlog_batch_columns(batch), n_more = 0, width = 0;
  if (rows > sawlog_batch_rows(batch)) rows = sawlog_batch_rows(batch);
  char (*cells)[CELL_SIZE] = calloc((size_t)rows + 1, sizeof *cells), (*lines)[LINE_SIZE] = calloc((size_t)rows + 1, sizeof *lines);
  int *lengths = calloc((size_t)rows + 1, sizeof *lengths), *more = calloc((size_t)columns + 1, sizeof *more);
  if (!cells || !lines || !lengths || !more) exit(1);
  for (int32_t c = 0; c < columns; c++) {
    size_t n;
    const char *name = sawlog_batch_column_name(batch, c, &n);
    int longest = lengths[0] = fit(cells[0], name, n), nulls = 0;
    for (int64_t r = 1; r <= rows; r++) {
      lengths[r] = cell(cells[r], batch, c, r - 1);
      if (lengths[r] > longest) longest = lengths[r];
      nulls += strcmp(cells[r], "null") == 0;
    }
    if (width + longest > WIDTH || nulls == rows) {
      more[n_more++] = c;
      continue;
    }
    for (int64_t r = 0; r <= rows; r++) {
      size_t end = strlen(lines[r]);
      snprintf(lines[r] + end, LINE_SIZE - end, "%s%*s", cells[r], longest + 2 - lengths[r], "");
    }
    width += longest + 2;
  }
  for (int64_t r = 0; r <= rows; r++) {
    size_t end = strlen(lines[r]);
    while (end && lines[r][end - 1] == ' ') end--;
    printf("%.*s\n", (int)end, lines[r]);
  }
  if (n_more) printf("more columns:");
  for (int i = 0; i < n_more; i++) printf(" %s", sawlog_batch_column_name(batch, more[i], NULL));
  if (n_more) printf("\n");
  free(cells);
  free(lines);
  free(lengths);
  free(more);
}

static void show_rejects(const sawlog_batch *batch, int64_t *left) {
  for (int64_t i = 0; i < sawlog_batch_reject_count(batch) && *left > 0; i++, --*left) {
    sawlog_reject reject = {.struct_size = sizeof reject};
    char text[CELL_SIZE];
    sawlog_batch_reject(batch, i, &reject);
    fit(text, reject.raw, reject.raw_len);
    printf("line %" PRId64 " is no record (%s): %s\n", reject.line, sawlog_fault_name(reject.fault), text);
  }
}

/* The format's name out of the JSON that describes the reader. */
static void show_format(sawlog_reader *reader, const char *path) {
  sawlog_error err = {.struct_size = sizeof err};
  sawlog_bytes info;
  must(sawlog_reader_info_json(reader, NULL, &info, &err), &err);
  const char *key = "\"format\":\"", *from = strstr(info.data, key);
  from = from ? from + strlen(key) : "";
  printf("%s: %.*s\n", path, (int)strcspn(from, "\""), from);
  sawlog_bytes_release(&info);
}

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "examples/data/access.log";
  int64_t rows = argc > 2 ? atoll(argv[2]) : 5, rejects = rows;
  sawlog_error err = {.struct_size = sizeof err};
  sawlog_read_stats stats = {.struct_size = sizeof stats};
  sawlog_reader *reader;
  sawlog_batch *batch;
  int first = 1;

  double begin = now();
  must(sawlog_open_path(NULL, path, strlen(path), NULL, 0, &reader, &err), &err);
  if (rows) show_format(reader, path);
  for (;;) {
    must(sawlog_reader_next(reader, NULL, &batch, &err), &err);
    if (!batch) break;
    if (rows && first) table(batch, rows);
    first = 0;
    show_rejects(batch, &rejects);
    sawlog_batch_free(batch);
  }
  double seconds = now() - begin;
  sawlog_reader_stats(reader, &stats);
  sawlog_reader_free(reader);
  double size = (double)stats.bytes_out / 1e6;
  printf("%-8s %9" PRId64 " rows %7" PRId64 " rejects %9.1f MB in %6.3f s", "C", stats.records, stats.rejects, size, seconds);
  if (size > 10) printf(" %8.0f MB/s", size / seconds); /* of less it would say how long the start takes */
  printf("\n");
  return 0;
}
