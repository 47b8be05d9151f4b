/* Shows the lines that are no records, and why: rejects FILE */
#include <sawlog.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "examples/data/access.log";
  sawlog_error err = {.struct_size = sizeof err};
  sawlog_parser *parser;
  sawlog_reader *reader;
  sawlog_batch *batch;

  if (sawlog_parser_new("combined", 8, &parser, &err) != SAWLOG_OK || sawlog_open_path(parser, path, strlen(path), NULL, 0, &reader, &err) != SAWLOG_OK) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  while (sawlog_reader_next(reader, NULL, &batch, &err) == SAWLOG_OK && batch) {
    for (int64_t i = 0; i < sawlog_batch_reject_count(batch); i++) {
      sawlog_reject reject = {.struct_size = sizeof reject};
      sawlog_error unexplained = {.struct_size = sizeof unexplained};
      sawlog_bytes why;
      sawlog_batch_reject(batch, i, &reject);
      printf("line %lld, byte %lld, %s: %.*s\n", (long long)reject.line, (long long)reject.offset, sawlog_fault_name(reject.fault), (int)reject.raw_len, reject.raw);
      /* the explanation is rebuilt only now: JSON with element, column, expected and seen */
      if (sawlog_parser_explain(parser, (const uint8_t *)reject.raw, reject.raw_len, &why, &unexplained) == SAWLOG_OK) {
        printf("  %.*s\n", (int)why.len, why.data);
        sawlog_bytes_release(&why);
      }
    }
    sawlog_batch_free(batch);
  }
  sawlog_reader_free(reader);
  sawlog_parser_free(parser);
  if (err.code != SAWLOG_OK) { /* a truncated file, for example: what could be read has been shown */
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  return 0;
}
