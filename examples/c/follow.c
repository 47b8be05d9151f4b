/* Follows a stream: tail -F access.log | follow
 * Each line is parsed as soon as it is there, however the pipe cuts it. */
#include <sawlog.h>
#include <stdio.h>
#include <unistd.h>

static int failed(const sawlog_error *err) {
  fprintf(stderr, "%s\n", err->message);
  return 1;
}

static void show(sawlog_batch *batch) {
  if (!batch) return; /* no complete line yet */
  int32_t status = sawlog_batch_find_column(batch, "status", 6), target = sawlog_batch_find_column(batch, "target", 6);
  for (int64_t row = 0; row < sawlog_batch_rows(batch); row++) {
    const char *text;
    size_t n;
    int64_t code;
    sawlog_batch_get_i64(batch, status, row, &code);
    sawlog_batch_get_str(batch, target, row, &text, &n);
    if (code >= 500) printf("%d %.*s\n", (int)code, (int)n, n ? text : "");
  }
  fflush(stdout);
  sawlog_batch_free(batch);
}

int main(void) {
  sawlog_error err = {.struct_size = sizeof err};
  sawlog_parser *parser;
  sawlog_stream *stream;
  sawlog_batch *batch;
  uint8_t buffer[1 << 16];
  ssize_t n;

  if (sawlog_parser_new("combined", 8, &parser, &err) != SAWLOG_OK || sawlog_stream_new(parser, NULL, 0, &stream, &err) != SAWLOG_OK) return failed(&err);
  while ((n = read(0, buffer, sizeof buffer)) > 0) {
    if (sawlog_stream_feed(stream, buffer, (size_t)n, NULL, &batch, &err) != SAWLOG_OK) return failed(&err);
    show(batch);
  }
  if (n < 0) {
    perror("standard input");
    return 1;
  }
  if (sawlog_stream_flush(stream, &batch, &err) != SAWLOG_OK) return failed(&err);
  show(batch); /* a last line without its line feed */
  sawlog_stream_free(stream);
  sawlog_parser_free(parser);
  return 0;
}
