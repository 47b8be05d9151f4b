/* Counts the statuses of an access log: count FILE */
#include <sawlog.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "examples/data/access.log";
  sawlog_error err = {.struct_size = sizeof err};
  sawlog_reader *reader;
  sawlog_batch *batch;
  long counts[1000] = {0};

  /* no parser and no options: the format is detected, compressed files are read as they are */
  if (sawlog_open_path(NULL, path, strlen(path), NULL, 0, &reader, &err) != SAWLOG_OK) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  while (sawlog_reader_next(reader, NULL, &batch, &err) == SAWLOG_OK && batch) {
    int32_t status = sawlog_batch_find_column(batch, "status", 6);
    if (status < 0) {
      fprintf(stderr, "%s: its records have no status\n", path);
      return 1;
    }
    for (int64_t row = 0; row < sawlog_batch_rows(batch); row++) {
      int64_t value;
      if (sawlog_batch_get_i64(batch, status, row, &value) == SAWLOG_OK && value > 0 && value < 1000) counts[value]++;
    }
    sawlog_batch_free(batch);
  }
  sawlog_reader_free(reader);
  if (err.code != SAWLOG_OK) { /* a truncated file, for example: what could be read has been counted */
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  for (int i = 0; i < 1000; i++)
    if (counts[i]) printf("%d %6ld\n", i, counts[i]);
  return 0;
}
