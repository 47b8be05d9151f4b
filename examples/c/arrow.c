/* Hands a batch to Arrow by the C data interface, without copying a value, and adds up a column there.
 * A real consumer (nanoarrow, Arrow C++, DuckDB) takes the two structs as they are. */
#include <sawlog.h>
#include <stdio.h>
#include <string.h>

/* https://arrow.apache.org/docs/format/CDataInterface.html */
struct ArrowSchema {
  const char *format, *name, *metadata;
  int64_t flags, n_children;
  struct ArrowSchema **children, *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};
struct ArrowArray {
  int64_t length, null_count, offset, n_buffers, n_children;
  const void **buffers;
  struct ArrowArray **children, *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "examples/data/access.log";
  sawlog_error err = {.struct_size = sizeof err};
  sawlog_reader *reader;
  sawlog_batch *batch;
  struct ArrowArray array;
  struct ArrowSchema schema;

  if (sawlog_open_path(NULL, path, strlen(path), NULL, 0, &reader, &err) != SAWLOG_OK || sawlog_reader_next(reader, NULL, &batch, &err) != SAWLOG_OK) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  if (!batch) { /* the end at once */
    printf("%s is empty\n", path);
    sawlog_reader_free(reader);
    return 0;
  }
  if (sawlog_batch_export_arrow(batch, SAWLOG_ARROW_VIEW, &array, &schema, &err) != SAWLOG_OK) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  sawlog_batch_free(batch); /* the array keeps what it needs */
  sawlog_reader_free(reader);

  for (int64_t i = 0; i < schema.n_children; i++) {
    printf("%-12s %-6s %3lld nulls\n", schema.children[i]->name, schema.children[i]->format, (long long)array.children[i]->null_count);
    if (strcmp(schema.children[i]->name, "bytes") == 0 && strcmp(schema.children[i]->format, "l") == 0) { /* 64-bit integers */
      const int64_t *values = array.children[i]->buffers[1]; /* a null holds 0 */
      int64_t sum = 0;
      for (int64_t row = 0; row < array.length; row++) sum += values[row];
      printf("%-12s sum %lld\n", "", (long long)sum);
    }
  }
  array.release(&array);
  schema.release(&schema);
  return 0;
}
