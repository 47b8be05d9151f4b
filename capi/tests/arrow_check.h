/*
 * A validator for Arrow exports: every offset, view, index and text is looked at, in lists and maps too, compared with what the
 * accessors say, and children are moved out and released in the wrong order.
 */
#ifndef ARROW_CHECK_H
#define ARROW_CHECK_H

#include "check.h"

#define ARROW_C_DATA_INTERFACE
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
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

static int bit(const void *bits, int64_t i) { return ((const uint8_t *)bits)[i / 8] >> (i % 8) & 1; }

static void check_utf8(const uint8_t *p, int64_t n) {
  for (int64_t i = 0; i < n;) {
    int more = p[i] < 0x80 ? 0 : p[i] >= 0xC2 && p[i] < 0xE0 ? 1 : p[i] >= 0xE0 && p[i] < 0xF0 ? 2 : p[i] >= 0xF0 && p[i] < 0xF5 ? 3 : -1;
    CHECK(more >= 0 && i + more < n);
    for (int k = 1; k <= more; k++) CHECK((p[i + k] & 0xC0) == 0x80);
    i += more + 1;
  }
}

/* The value of a text array as bytes; NULL for null. */
typedef struct span {
  const uint8_t *p;
  int64_t n;
} span;

static span text_at(const struct ArrowArray *a, const char *format, int64_t i) {
  span none = {NULL, 0}, s = none;
  if (a->buffers[0] && !bit(a->buffers[0], i)) return none;
  if (format[0] == 'v') {
    const int32_t *v = (const int32_t *)a->buffers[1] + 4 * i;
    s.n = v[0];
    CHECK(s.n >= 0);
    if (s.n <= 12) {
      s.p = (const uint8_t *)(v + 1);
      for (int64_t k = s.n; k < 12; k++) CHECK(s.p[k] == 0);
      return s;
    }
    int64_t data = a->n_buffers - 3;
    CHECK(v[2] >= 0 && v[2] < data && v[3] >= 0);
    CHECK(v[3] + s.n <= ((const int64_t *)a->buffers[2 + data])[v[2]]);
    s.p = (const uint8_t *)a->buffers[2 + v[2]] + v[3];
    CHECK(!memcmp(s.p, v + 1, 4));
    return s;
  }
  int large = format[0] == 'U' || format[0] == 'Z';
  int64_t from = large ? ((const int64_t *)a->buffers[1])[i] : ((const int32_t *)a->buffers[1])[i];
  int64_t to = large ? ((const int64_t *)a->buffers[1])[i + 1] : ((const int32_t *)a->buffers[1])[i + 1];
  CHECK(from >= 0 && to >= from);
  s.p = (const uint8_t *)a->buffers[2] + from;
  s.n = to - from;
  return s;
}

static void check_texts(const struct ArrowArray *a, const char *format) {
  CHECK(a->n_buffers >= 3);
  for (int64_t i = 0; i < a->length; i++) {
    span s = text_at(a, format, i);
    if (s.p && format[strlen(format) - 1] != 'z' && format[0] != 'Z') check_utf8(s.p, s.n);
  }
}

static void check_array(const struct ArrowArray *a, const struct ArrowSchema *s, int64_t length);

/* The children of a list or map: the offsets go upwards and end within them; keys and entries are never null. */
static void check_nested(const struct ArrowArray *a, const struct ArrowSchema *s) {
  const int32_t *offsets = a->buffers[1];
  const struct ArrowArray *inner = a->children[0];
  const struct ArrowSchema *inside = s->children[0];
  CHECK_INT(a->n_buffers, 2);
  CHECK_INT(a->n_children, 1);
  CHECK_INT(s->n_children, 1);
  CHECK_INT(offsets[0], 0);
  for (int64_t i = 0; i < a->length; i++) {
    CHECK(offsets[i] <= offsets[i + 1]);
    if (a->buffers[0] && !bit(a->buffers[0], i)) CHECK(offsets[i] == offsets[i + 1]);
  }
  CHECK(offsets[a->length] <= inner->length);
  if (s->format[1] == 'l') {
    CHECK(!strcmp(inside->name, "item") && inside->flags == 2);
    check_array(inner, inside, inner->length);
    return;
  }
  CHECK(!strcmp(s->format, "+m") && !strcmp(inside->format, "+s") && !strcmp(inside->name, "entries"));
  CHECK(inside->flags == 0 && inside->n_children == 2 && inner->n_children == 2);
  CHECK(inner->release && inside->release && inner->n_buffers == 1 && inner->null_count == 0 && inner->buffers[0] == NULL);
  CHECK(!strcmp(inside->children[0]->name, "key") && inside->children[0]->flags == 0 && inner->children[0]->null_count == 0);
  CHECK(!strcmp(inside->children[1]->name, "value") && inside->children[1]->flags == 2);
  for (int i = 0; i < 2; i++) check_array(inner->children[i], inside->children[i], inner->length);
}

static void check_array(const struct ArrowArray *a, const struct ArrowSchema *s, int64_t length) {
  CHECK(a->release && s->release);
  CHECK_INT(a->length, length);
  CHECK_INT(a->offset, 0);
  CHECK(((uintptr_t)a->buffers[1] & 7) == 0 && a->buffers[1]);
  CHECK((a->dictionary == NULL) == (s->dictionary == NULL));
  int64_t nulls = 0;
  for (int64_t i = 0; a->buffers[0] && i < length; i++) nulls += !bit(a->buffers[0], i);
  CHECK_INT(a->null_count, nulls);
  if (s->format[0] == '+') {
    check_nested(a, s);
    return;
  }
  CHECK_INT(a->n_children, 0);
  if (a->dictionary) {
    CHECK(!strcmp(s->format, "i"));
    check_texts(a->dictionary, s->dictionary->format);
    for (int64_t i = 0; i < length; i++) {
      int32_t k = ((const int32_t *)a->buffers[1])[i];
      if (!a->buffers[0] || bit(a->buffers[0], i)) CHECK(k >= 0 && k < a->dictionary->length);
    }
  } else if (strchr("uUzZv", s->format[0])) {
    check_texts(a, s->format);
  } else {
    CHECK_INT(a->n_buffers, 2);
    CHECK(strchr("blLgt", s->format[0]));
  }
}

static void check_struct(const struct ArrowArray *a, const struct ArrowSchema *s, int64_t length) {
  CHECK(!strcmp(s->format, "+s"));
  CHECK_INT(a->length, length);
  CHECK_INT(a->n_children, s->n_children);
  CHECK_INT(a->n_buffers, 1);
  for (int64_t i = 0; i < a->n_children; i++) {
    CHECK(s->children[i]->flags == 2);
    check_array(a->children[i], s->children[i], length);
  }
}

/* The exported values of the column numbered c, and those inside it, are those of the accessors. */
static void check_column(const sawlog_batch *b, int32_t c, const struct ArrowArray *col, const struct ArrowSchema *s) {
  sawlog_column memory = {.struct_size = sizeof memory};
  CHECK(!strcmp(s->name, sawlog_batch_column_name(b, c, NULL)));
  CHECK_OK(sawlog_batch_column(b, c, &memory));
  CHECK_INT(memory.length, col->length);
  CHECK_INT(memory.null_count, col->null_count);
  CHECK_INT(memory.n_children, s->format[0] != '+' ? 0 : s->format[1] == 'l' ? 1 : 2);
  if (memory.n_children) {
    int map = memory.n_children == 2;
    const struct ArrowArray *inner = map ? col->children[0] : col;
    const struct ArrowSchema *inside = map ? s->children[0] : s;
    const char *text;
    size_t n;
    CHECK(memory.data == NULL && memory.dictionary_offsets == NULL);
    CHECK(!memcmp(memory.offsets, col->buffers[1], (size_t)(col->length + 1) * 4));
    CHECK_INT(sawlog_batch_get_str(b, c, 0, &text, &n), SAWLOG_E_ARGUMENT);
    for (int i = 0; i < memory.n_children; i++) check_column(b, memory.first_child + i, inner->children[i], inside->children[i]);
  } else {
    CHECK(memory.offsets == NULL && memory.first_child == 0);
  }
  CHECK_INT(sawlog_batch_is_null(b, c, col->length), -1);
  for (int64_t r = 0; r < col->length; r++) {
    const char *text;
    size_t n;
    int64_t v;
    CHECK_INT(sawlog_batch_is_null(b, c, r), col->buffers[0] && !bit(col->buffers[0], r));
    if (sawlog_batch_get_str(b, c, r, &text, &n) == SAWLOG_OK) {
      span want = {(const uint8_t *)text, (int64_t)n}, got;
      if (col->dictionary && (!col->buffers[0] || bit(col->buffers[0], r))) got = text_at(col->dictionary, s->dictionary->format, ((const int32_t *)col->buffers[1])[r]);
      else if (col->dictionary) got = (span){NULL, 0};
      else got = text_at(col, s->format, r);
      CHECK((got.p == NULL) == (want.p == NULL) && got.n == want.n && (!n || !memcmp(got.p, text, n)));
    } else if (sawlog_batch_get_i64(b, c, r, &v) == SAWLOG_OK && sawlog_batch_column_type(b, c) != SAWLOG_T_BOOL) {
      const char *f = s->format;
      int64_t divisor = f[0] == 't' && f[2] == 'u' ? 1000 : f[0] == 't' && f[2] == 'm' ? 1000000 : 1;
      int64_t floored = v / divisor - (v % divisor < 0);
      CHECK_INT(((const int64_t *)col->buffers[1])[r], floored);
    }
  }
}

static void check_values(const sawlog_batch *b, const struct ArrowArray *a, const struct ArrowSchema *s) {
  for (int32_t c = 0; c < sawlog_batch_columns(b); c++) check_column(b, c, a->children[c], s->children[c]);
}

static void check_same(const struct ArrowSchema *a, const struct ArrowSchema *b) {
  CHECK(!strcmp(a->format, b->format) && !strcmp(a->name, b->name) && a->flags == b->flags && a->n_children == b->n_children);
  for (int64_t i = 0; i < a->n_children; i++) check_same(a->children[i], b->children[i]);
}

/* The leaf of all there is inside a, moved out of it: it outlives what is around it. */
static struct ArrowArray leaf_of(struct ArrowArray *a, const struct ArrowSchema **s) {
  while (a->n_children) {
    a = a->children[a->n_children - 1];
    *s = (*s)->children[(*s)->n_children - 1];
  }
  struct ArrowArray leaf = *a;
  a->release = NULL;
  return leaf;
}

/* Exports b and looks at all of it, once more when parts have been moved out and released in the wrong order. */
static void check_flags(sawlog_batch *b, uint32_t flags) {
  struct ArrowArray a, moved;
  struct ArrowSchema s, again;
  CHECK_OK(sawlog_batch_export_arrow(b, flags, &a, &s, &err));
  check_struct(&a, &s, sawlog_batch_rows(b));
  check_values(b, &a, &s);
  size_t n;
  const char *json = sawlog_batch_schema_json(b, &n);
  CHECK_OK(sawlog_schema_export_arrow(json, n, flags, &again, &err));
  check_same(&s, &again);
  again.release(&again);
  for (int64_t i = 0; i < a.n_children; i++) {
    if (a.children[i]->n_children == 0) continue;
    const struct ArrowSchema *inside = s.children[i];
    moved = leaf_of(a.children[i], &inside);
    a.children[i]->release(a.children[i]);
    a.children[i]->release = NULL;
    check_array(&moved, inside, moved.length);
    moved.release(&moved);
  }
  /* A child moved out outlives its parent; so does its dictionary. */
  int64_t c = 4;
  if (a.n_children > c && a.children[c]->release) {
    moved = *a.children[c];
    a.children[c]->release = NULL;
    a.release(&a);
    check_array(&moved, s.children[c], sawlog_batch_rows(b));
    if (moved.dictionary) {
      struct ArrowArray dictionary = *moved.dictionary;
      moved.dictionary->release = NULL;
      moved.release(&moved);
      check_texts(&dictionary, s.children[c]->dictionary->format);
      dictionary.release(&dictionary);
    } else {
      moved.release(&moved);
    }
  } else {
    a.release(&a);
  }
  CHECK(a.release == NULL);
  s.release(&s);
}

static inline void check_all_flags(sawlog_batch *b) {
  for (uint32_t flags = 0; flags < 32; flags++) {
    if ((flags & 3) == 3 && flags & 4) continue;
    if ((flags & 24) == 24) continue;
    check_flags(b, flags);
  }
}

#endif
