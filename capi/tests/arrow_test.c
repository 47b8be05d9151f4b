/*
 * The Arrow exports, read back by a validator of their own: every offset, view, index and text is looked at, children are moved out and
 * released in the wrong order, and at the end nothing is left.
 */
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

static void check_array(const struct ArrowArray *a, const struct ArrowSchema *s, int64_t length) {
  CHECK(a->release && s->release);
  CHECK_INT(a->length, length);
  CHECK_INT(a->offset, 0);
  CHECK_INT(a->n_children, 0);
  CHECK(s->flags == 2);
  CHECK(((uintptr_t)a->buffers[1] & 7) == 0 && a->buffers[1]);
  CHECK((a->dictionary == NULL) == (s->dictionary == NULL));
  int64_t nulls = 0;
  for (int64_t i = 0; a->buffers[0] && i < length; i++) nulls += !bit(a->buffers[0], i);
  CHECK_INT(a->null_count, nulls);
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
  for (int64_t i = 0; i < a->n_children; i++) check_array(a->children[i], s->children[i], length);
}

/* The exported values are those of the accessors. */
static void check_values(const sawlog_batch *b, const struct ArrowArray *a, const struct ArrowSchema *s) {
  for (int32_t c = 0; c < sawlog_batch_columns(b); c++) {
    const struct ArrowArray *col = a->children[c];
    CHECK(!strcmp(s->children[c]->name, sawlog_batch_column_name(b, c, NULL)));
    for (int64_t r = 0; r < a->length; r++) {
      const char *text;
      size_t n;
      int64_t v;
      CHECK_INT(sawlog_batch_is_null(b, c, r), col->buffers[0] && !bit(col->buffers[0], r));
      if (sawlog_batch_get_str(b, c, r, &text, &n) == SAWLOG_OK) {
        span want = {(const uint8_t *)text, (int64_t)n}, got;
        if (col->dictionary && (!col->buffers[0] || bit(col->buffers[0], r))) got = text_at(col->dictionary, s->children[c]->dictionary->format, ((const int32_t *)col->buffers[1])[r]);
        else if (col->dictionary) got = (span){NULL, 0};
        else got = text_at(col, s->children[c]->format, r);
        CHECK((got.p == NULL) == (want.p == NULL) && got.n == want.n && (!n || !memcmp(got.p, text, n)));
      } else if (sawlog_batch_get_i64(b, c, r, &v) == SAWLOG_OK && sawlog_batch_column_type(b, c) != SAWLOG_T_BOOL) {
        const char *f = s->children[c]->format;
        int64_t divisor = f[0] == 't' && f[2] == 'u' ? 1000 : f[0] == 't' && f[2] == 'm' ? 1000000 : 1;
        int64_t floored = v / divisor - (v % divisor < 0);
        CHECK_INT(((const int64_t *)col->buffers[1])[r], floored);
      }
    }
  }
}

static void check_flags(sawlog_batch *b, uint32_t flags) {
  struct ArrowArray a, moved;
  struct ArrowSchema s, again;
  CHECK_OK(sawlog_batch_export_arrow(b, flags, &a, &s, &err));
  check_struct(&a, &s, sawlog_batch_rows(b));
  check_values(b, &a, &s);
  size_t n;
  const char *json = sawlog_batch_schema_json(b, &n);
  CHECK_OK(sawlog_schema_export_arrow(json, n, flags, &again, &err));
  for (int64_t i = 0; i < s.n_children; i++) CHECK(!strcmp(s.children[i]->format, again.children[i]->format) && !strcmp(s.children[i]->name, again.children[i]->name));
  again.release(&again);
  /* A child moved out outlives its parent; so does its dictionary. */
  int64_t c = 4;
  if (a.n_children > c) {
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

static const char *const inputs[][2] = {
    {"combined", LINE "\n" LINE_POST "\n" LINE_POST "\ngarbage\n"},
    {"combined", ""},
    {"{\"format\": \"combined\", \"utf8\": \"bytes\"}", LINE "\n1.1.1.1 - \xff [17/May/2015:10:05:04 +0200] \"A /x HTTP/1.0\" 404 - \"\xff\" \"-\"\n"},
    {"combined", LINE "\n1.1.1.1 - a\xff [17/May/2015:10:05:04 +0200] \"A /x HTTP/1.0\" 404 - \"a long one with \xff inside\" \"-\"\n"},
    {"{\"json\": {}, \"fields\": {\"t\": \"timestamp\"}}", "{\"a\":1,\"b\":true,\"f\":1.5,\"s\":\"x\",\"t\":\"1960-01-01T00:00:00.000000001Z\",\"u\":18446744073709551615,\"o\":{\"p\":\"\"}}\n"
                       "{\"a\":null,\"b\":false,\"late\":[1],\"s\":\"longer than twelve bytes \\u00e4\"}\n"},
};

static void streams(const sawlog_parser *p) {
  struct ArrowArrayStream st;
  struct ArrowSchema s;
  struct ArrowArray a;
  size_t n;
  char *data = lines(5000, &n);
  sawlog_batch *list[2], *other;
  CHECK_OK(sawlog_parse(p, (const uint8_t *)data, n, NULL, &list[0], &err));
  CHECK_OK(sawlog_parse(p, (const uint8_t *)LINE, sizeof LINE - 1, NULL, &list[1], &err));
  CHECK_OK(sawlog_batches_export_stream(list, 2, SAWLOG_ARROW_UTF8, &st, &err));
  int64_t rows[2] = {sawlog_batch_rows(list[0]), sawlog_batch_rows(list[1])};
  sawlog_batch_free(list[0]);
  sawlog_batch_free(list[1]);
  CHECK(st.get_schema(&st, &s) == 0);
  for (int i = 0; i < 3; i++) {
    CHECK(st.get_next(&st, &a) == 0);
    CHECK((a.release == NULL) == (i == 2));
    if (i < 2) {
      check_struct(&a, &s, rows[i]);
      a.release(&a);
    }
  }
  CHECK(st.get_last_error(&st) == NULL);
  st.release(&st);
  CHECK(st.release == NULL);
  s.release(&s);
  free(data);

  sawlog_parser *q = parser_of("{\"json\": {}}");
  CHECK_OK(sawlog_parse(q, (const uint8_t *)"{\"a\":1}", 7, NULL, &list[0], &err));
  CHECK_OK(sawlog_parse(q, (const uint8_t *)"{\"b\":1}", 7, NULL, &list[1], &err));
  CHECK_INT(sawlog_batches_export_stream(list, 2, 0, &st, &err), SAWLOG_E_ARGUMENT);
  CHECK(st.release == NULL);
  sawlog_batch_free(list[0]);
  sawlog_batch_free(list[1]);
  sawlog_parser_free(q);

  CHECK_OK(sawlog_batches_export_stream(NULL, 0, 0, &st, &err));
  CHECK(st.get_schema(&st, &s) == 0 && s.n_children == 0);
  CHECK(st.get_next(&st, &a) == 0 && a.release == NULL);
  s.release(&s);
  st.release(&st);
  (void)other;
}

static void reader_stream(const sawlog_parser *p, const char *path) {
  struct ArrowArrayStream st;
  struct ArrowSchema s;
  struct ArrowArray a;
  sawlog_reader *r;
  sawlog_batch *b;
  sawlog_read_stats f = {.struct_size = sizeof f};
  int64_t rows = 0;
  size_t n;
  char *data = lines(20000, &n);
  FILE *file = fopen(path, "w");
  CHECK(file && fwrite(data, 1, n, file) == n && fclose(file) == 0);
  CHECK_OK(sawlog_open_path(p, path, strlen(path), NULL, 0, &r, &err));
  CHECK_OK(sawlog_reader_export_stream(r, 0, &st, &err));
  CHECK_INT(sawlog_reader_next(r, NULL, &b, NULL), SAWLOG_E_BUSY);
  sawlog_reader_free(r); /* the stream's now: without effect */
  CHECK(st.get_schema(&st, &s) == 0);
  while (st.get_next(&st, &a) == 0 && a.release) {
    check_struct(&a, &s, a.length);
    rows += a.length;
    a.release(&a);
  }
  CHECK_INT(rows, 20000 - 20);
  CHECK_OK(sawlog_reader_stats(r, &f));
  CHECK_INT(f.records, rows);
  st.release(&st);
  s.release(&s);
  CHECK_INT(sawlog_reader_stats(r, &f), SAWLOG_E_HANDLE);
  /* A stream that is let go half way, and one whose input cannot be read. */
  CHECK_OK(sawlog_open_path(p, path, strlen(path), NULL, 0, &r, &err));
  CHECK_OK(sawlog_reader_export_stream(r, 0, &st, &err));
  CHECK(st.get_next(&st, &a) == 0 && a.release);
  st.release(&st);
  CHECK(a.length > 0);
  a.release(&a);
  remove(path);
  free(data);
}

static void ipc(const sawlog_parser *p) {
  sawlog_bytes bytes;
  sawlog_batch *b;
  CHECK_OK(sawlog_parse(p, (const uint8_t *)LINE, sizeof LINE - 1, NULL, &b, &err));
  const sawlog_batch *list[2] = {b, b};
  CHECK_OK(sawlog_batches_to_ipc(list, 2, SAWLOG_ARROW_UTF8, &bytes, &err));
  /* Walk the messages: each says how long its metadata is, and starts at a multiple of 8. */
  CHECK(bytes.len % 8 == 0 && bytes.len > 500);
  uint32_t head[2];
  memcpy(head, bytes.data, 8);
  CHECK(head[0] == 0xFFFFFFFFu && head[1] % 8 == 0 && head[1] < bytes.len);
  memcpy(head, bytes.data + bytes.len - 8, 8);
  CHECK(head[0] == 0xFFFFFFFFu && head[1] == 0);
  sawlog_bytes_release(&bytes);
  sawlog_batch_free(b);
}

int main(int argc, char **argv) {
  char path[512];
  snprintf(path, sizeof path, "%s/sawlog-arrow-test.log", argc > 1 ? argv[1] : ".");
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    sawlog_parser *p = parser_of(inputs[i][0]);
    sawlog_batch *b;
    CHECK_OK(sawlog_parse(p, (const uint8_t *)inputs[i][1], strlen(inputs[i][1]), NULL, &b, &err));
    for (uint32_t flags = 0; flags < 32; flags++) {
      if ((flags & 3) == 3 && flags & 4) continue;
      if ((flags & 24) == 24) continue;
      check_flags(b, flags);
    }
    sawlog_batch_free(b);
    sawlog_parser_free(p);
  }
  sawlog_parser *p = parser_of("{\"json\": {}, \"fields\": {\"t\": \"timestamp\"}}");
  sawlog_batch *old; /* before 1970, in a coarser unit: downwards */
  CHECK_OK(sawlog_parse(p, (const uint8_t *)"{\"t\":\"1969-12-31T23:59:59.999999999Z\"}", 38, NULL, &old, &err));
  struct ArrowArray a;
  CHECK_OK(sawlog_batch_export_arrow(old, SAWLOG_ARROW_MS, &a, NULL, &err));
  CHECK_INT(*(const int64_t *)a.children[0]->buffers[1], -1);
  a.release(&a);
  sawlog_batch_free(old);
  sawlog_parser_free(p);
  p = parser_of("combined");
  streams(p);
  reader_stream(p, path);
  ipc(p);
  static const char *const bad[] = {"", "{}", "[", "[1]", "[{\"name\":\"x\"}]", "[{\"name\":\"x\",\"type\":\"text\"}]", "{\"schema\": null}", "[{\"name\":\"x\",\"type\":\"int\"}", "\"\\"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct ArrowSchema s;
    CHECK_INT(sawlog_schema_export_arrow(bad[i], strlen(bad[i]), 0, &s, &err), SAWLOG_E_DEFINITION);
    CHECK(s.release == NULL);
  }
  sawlog_bytes info;
  struct ArrowSchema s;
  CHECK_OK(sawlog_parser_info_json(p, &info, &err)); /* the whole answer is fine too */
  CHECK_OK(sawlog_schema_export_arrow(info.data, info.len, 0, &s, &err));
  CHECK(s.n_children > 10);
  s.release(&s);
  sawlog_bytes_release(&info);
  sawlog_parser_free(p);
  sawlog_release_memory();
  check_nothing_alive();
  return 0;
}
