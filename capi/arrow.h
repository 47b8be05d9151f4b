/* The Arrow C data and stream interfaces (https://arrow.apache.org/docs/format/CDataInterface.html), and how a column becomes one of them. */
#ifndef SAWLOG_ARROW_H
#define SAWLOG_ARROW_H

#include "internal.h"
#include "system.h"

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_NULLABLE 2

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};
#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};
#endif

/* How one column is written under some flags. */
typedef enum saw_shape {
  SAW_WORDS,      /* 64-bit words or a bitmap, as they lie */
  SAW_DIVIDED,    /* times in a coarser unit */
  SAW_VIEWS,      /* string_view */
  SAW_OFFSETS,    /* utf8 or binary, 32-bit offsets */
  SAW_LARGE,      /* 64-bit offsets */
  SAW_INDICES,    /* dictionary<int32, utf8> */
  SAW_LIST,
  SAW_MAP,        /* a list of struct<key, value> */
} saw_shape;

saw_shape saw_shape_of(const saw_field *field, uint32_t flags);
int saw_flags_ok(uint32_t flags);
const char *saw_format(const saw_field *field, uint32_t flags); /* Arrow's format string; of the values for a dictionary */

int saw_schema_export(saw_schema *schema, uint32_t flags, struct ArrowSchema *out); /* 0 or ENOMEM */
int32_t saw_array_export(sawlog_batch *batch, uint32_t flags, struct ArrowArray *out, sawlog_error *err);

/* Buffers made for a column whose texts do not lie as they are asked for (arrow_text.c), all of them saw_aligned. */
typedef struct saw_made {
  void *data;     /* offsets, views or indices */
  void *texts;
  int64_t texts_n;
  void *offsets; /* of the dictionary */
  int64_t dictionary_n;
} saw_made;

int32_t saw_make_times(const saw_column *c, int64_t divisor, saw_made *made);
int32_t saw_make_offsets(const sawlog_batch *b, const saw_field *f, const saw_column *c, int large, saw_made *made);
int32_t saw_make_views(const sawlog_batch *b, const saw_column *c, saw_made *made);
int32_t saw_make_dictionary(const sawlog_batch *b, const saw_column *c, saw_made *made);
void saw_made_free(saw_made *made);

#endif
