/* Every function with NULL, freed, foreign and wrong handles; every struct with every size; errors that do not fit. */
#include "check.h"

#include <stdint.h>

struct ArrowSchema {
  void *words[9];
};
struct ArrowArray {
  void *words[10];
};
struct ArrowArrayStream {
  void *words[5];
};

static sawlog_parser *parser;
static sawlog_batch *batch;
static sawlog_stream *stream;
static char foreign[1024];

/* Each function that takes the handle, with one that is none. */
static void bad_parser(void *p) {
  sawlog_bytes bytes = {"x", 1, NULL};
  sawlog_batch *b = batch;
  sawlog_stream *s = stream;
  sawlog_reader *r = (sawlog_reader *)foreign;
  CHECK_INT(sawlog_parser_info_json(p, &bytes, &err), SAWLOG_E_HANDLE);
  CHECK(bytes.data == NULL && bytes.len == 0);
  CHECK_INT(err.code, SAWLOG_E_HANDLE);
  CHECK(strstr(err.message, "sawlog_parser"));
  CHECK_INT(sawlog_parser_explain(p, (const uint8_t *)"x", 1, &bytes, NULL), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_parse(p, (const uint8_t *)"x", 1, NULL, &b, NULL), SAWLOG_E_HANDLE);
  CHECK(b == NULL);
  CHECK_INT(sawlog_parse_record(p, (const uint8_t *)"x", 1, &b, NULL), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_stream_new(p, NULL, 0, &s, NULL), SAWLOG_E_HANDLE);
  CHECK(s == NULL);
  if (p) { /* NULL means: the definition is among the options */
    CHECK_INT(sawlog_open_path(p, "x", 1, NULL, 0, &r, NULL), SAWLOG_E_HANDLE);
    CHECK(r == NULL);
    CHECK_INT(sawlog_open_fd(p, 0, 0, NULL, 0, &r, NULL), SAWLOG_E_HANDLE);
    int64_t size = 7;
    CHECK_INT(sawlog_parse_packed(p, (const uint8_t *)"x", 1, NULL, 0, &size, NULL), SAWLOG_E_HANDLE);
    CHECK_INT(size, -1);
  }
  sawlog_parser_free(p);
}

static void bad_stream(void *s) {
  sawlog_batch *b = batch;
  CHECK_INT(sawlog_stream_feed(s, (const uint8_t *)"x", 1, NULL, &b, &err), SAWLOG_E_HANDLE);
  CHECK(b == NULL && strstr(err.message, "sawlog_stream"));
  CHECK_INT(sawlog_stream_flush(s, &b, NULL), SAWLOG_E_HANDLE);
  sawlog_stream_free(s);
}

static void bad_reader(void *r) {
  sawlog_batch *b = batch;
  sawlog_bytes bytes;
  sawlog_read_stats figures = {.struct_size = sizeof figures};
  struct ArrowArrayStream out;
  CHECK_INT(sawlog_reader_next(r, NULL, &b, &err), SAWLOG_E_HANDLE);
  CHECK(b == NULL && strstr(err.message, "sawlog_reader"));
  int64_t taken = 7;
  CHECK_INT(sawlog_reader_take(r, NULL, &b, 1, &taken, NULL), SAWLOG_E_HANDLE);
  CHECK(b == NULL && taken == 0);
  CHECK_INT(sawlog_reader_info_json(r, NULL, &bytes, NULL), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_reader_stats(r, &figures), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_reader_export_stream(r, 0, &out, NULL), SAWLOG_E_HANDLE);
  sawlog_reader_free(r);
}

static void bad_batch(void *b) {
  size_t n = 7;
  int64_t i = 7;
  double f = 7;
  const char *text = "x";
  sawlog_bytes bytes;
  sawlog_column column = {.struct_size = sizeof column};
  sawlog_reject reject = {.struct_size = sizeof reject};
  struct ArrowArray array;
  struct ArrowSchema schema;
  struct ArrowArrayStream out;
  sawlog_batch *list[1] = {b};
  const sawlog_batch *const_list[1] = {b};
  CHECK_INT(sawlog_batch_rows(b), 0);
  CHECK_INT(sawlog_batch_lines(b), 0);
  CHECK_INT(sawlog_batch_columns(b), 0);
  CHECK(sawlog_batch_column_name(b, 0, &n) == NULL && n == 0);
  CHECK_INT(sawlog_batch_column_type(b, 0), 0);
  CHECK_INT(sawlog_batch_find_column(b, "status", 6), -1);
  CHECK(sawlog_batch_schema_json(b, &n) == NULL);
  CHECK_INT(sawlog_batch_column(b, 0, &column), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_batch_layout(b, &i, 1), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_batch_is_null(b, 0, 0), -1);
  CHECK_INT(sawlog_batch_get_i64(b, 0, 0, &i), SAWLOG_E_HANDLE);
  CHECK_INT(i, 0);
  CHECK_INT(sawlog_batch_get_f64(b, 0, 0, &f), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_batch_get_str(b, 0, 0, &text, &n), SAWLOG_E_HANDLE);
  CHECK(text == NULL);
  CHECK_INT(sawlog_batch_reject_count(b), 0);
  CHECK_INT(sawlog_batch_reject(b, 0, &reject), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_batch_rejects(b, 0, NULL, 0), SAWLOG_E_HANDLE);
  CHECK(sawlog_batch_retain(b) == NULL);
  CHECK_INT(sawlog_batch_export_arrow(b, 0, &array, &schema, &err), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_batches_export_stream(list, 1, 0, &out, NULL), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_batches_to_ipc(const_list, 1, 0, &bytes, NULL), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_batch_to_json(b, 0, -1, 0, &bytes, NULL), SAWLOG_E_HANDLE);
  CHECK(sawlog_py_rows(b, 0, -1) == NULL);
  CHECK(sawlog_py_column(b, 0, 0, -1) == NULL);
  sawlog_batch_free(b);
}

/* A NULL where a result goes, and data that is NULL but not empty. */
static void null_arguments(void) {
  sawlog_bytes bytes;
  sawlog_batch *b;
  sawlog_parser *p = parser;
  sawlog_reader *r;
  sawlog_stream *s;
  CHECK_INT(sawlog_parser_new("combined", 8, NULL, &err), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_parser_new(NULL, 8, &p, NULL), SAWLOG_E_ARGUMENT);
  CHECK(p == NULL);
  CHECK_INT(sawlog_parser_new("combined", (size_t)-1, &p, &err), SAWLOG_E_ARGUMENT);
  CHECK(p == NULL);
  const uint8_t *data = (const uint8_t *)LINE;
  CHECK_INT(sawlog_parser_explain(parser, data, (size_t)-1, &bytes, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_parse(parser, data, (size_t)-1, NULL, &b, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_parse_record(parser, data, (size_t)-1, &b, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_stream_feed(stream, data, (size_t)-1, NULL, &b, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_open_path(parser, "x", (size_t)-1, NULL, 0, &r, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_open_path(parser, "x", 1, "{}", (size_t)-1, &r, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_detect(data, (size_t)-1, NULL, 0, &bytes, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_format_describe("x", (size_t)-1, &bytes, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_parser_info_json(parser, NULL, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_parser_explain(parser, NULL, 1, &bytes, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_parse(parser, NULL, 1, NULL, &b, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_parse(parser, NULL, 0, NULL, NULL, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_parse_record(parser, NULL, 1, &b, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_parse_record(parser, NULL, 0, NULL, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_stream_new(parser, NULL, 1, &s, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_stream_feed(stream, NULL, 1, NULL, &b, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_stream_flush(stream, NULL, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_open_path(parser, NULL, 1, NULL, 0, &r, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_open_path(parser, "x", 1, NULL, 0, NULL, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_open_fd(parser, -1, 0, NULL, 0, &r, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_detect(NULL, 1, NULL, 0, &bytes, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_detect_path(NULL, 1, NULL, 0, &bytes, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_formats_json(NULL, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_format_describe(NULL, 3, &bytes, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_configure(NULL, 3, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_get_stats(NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_column(batch, 0, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_get_i64(batch, 8, 0, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_get_str(batch, 0, 0, NULL, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batches_to_ipc(NULL, 1, 0, &bytes, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batches_export_stream(NULL, 0, 0, NULL, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_schema_export_arrow("[]", 2, 0, NULL, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_export_arrow(batch, 1u << 20, NULL, NULL, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_export_arrow(batch, SAWLOG_ARROW_US | SAWLOG_ARROW_MS, NULL, NULL, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_to_json(batch, 9, 1, 0, &bytes, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_to_json(batch, 0, 1, 4, &bytes, NULL), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_py_bind(NULL, NULL, 0), SAWLOG_E_ARGUMENT);
  CHECK(sawlog_py_line_function(NULL, 0) == NULL);
  CHECK(sawlog_py_row_type() == NULL);
  CHECK(sawlog_py_next_function(NULL) == NULL);
  sawlog_bytes_release(NULL);
  sawlog_bytes zero = {NULL, 0, NULL};
  sawlog_bytes_release(&zero);
  sawlog_py_capsule_free(NULL);
  sawlog_py_buffer_release(NULL);
  free(sawlog_py_alloc(256));
}

static void out_of_range(void) {
  int64_t i;
  CHECK(sawlog_batch_column_name(batch, -1, NULL) == NULL);
  CHECK(sawlog_batch_column_name(batch, 1000, NULL) == NULL);
  CHECK_INT(sawlog_batch_column_type(batch, 1000), 0);
  CHECK_INT(sawlog_batch_is_null(batch, 0, 5), -1);
  CHECK_INT(sawlog_batch_is_null(batch, 0, -1), -1);
  CHECK_INT(sawlog_batch_get_i64(batch, 8, 5, &i), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_get_i64(batch, 0, 0, &i), SAWLOG_E_ARGUMENT); /* a text */
  sawlog_reject reject = {.struct_size = sizeof reject};
  CHECK_INT(sawlog_batch_reject(batch, 0, &reject), SAWLOG_E_ARGUMENT);
}

static const int32_t never = 0;

static void count(void *times) {
  if (times) ++*(int *)times;
}

static void call_sizes(void) {
  struct {
    sawlog_call call;
    char tail[512];
  } big;
  sawlog_batch *b;
  static const struct {
    uint32_t size;
    int tail, want;
  } cases[] = {{0, 0, SAWLOG_E_ARGUMENT}, {3, 0, SAWLOG_E_ARGUMENT}, {4, 0, SAWLOG_OK}, {sizeof(sawlog_call), 1, SAWLOG_OK},
               {sizeof big, 0, SAWLOG_OK}, {sizeof big, 1, SAWLOG_E_ARGUMENT}, {1u << 30, 0, SAWLOG_E_ARGUMENT}, {UINT32_MAX, 0, SAWLOG_E_ARGUMENT}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    memset(&big, 0, sizeof big);
    big.call.struct_size = cases[i].size;
    big.tail[sizeof big.tail - 1] = (char)cases[i].tail;
    CHECK_INT(sawlog_parse(parser, (const uint8_t *)LINE, strlen(LINE), &big.call, &b, &err), cases[i].want);
    sawlog_batch_free(b);
  }
  for (uint32_t size = 4; size <= sizeof big.call; size++) { /* a field that is cut is none: half a pointer would be followed */
    int released = 0;
    big.call = (sawlog_call){.struct_size = size, .cancel = &never, .release = count, .release_ctx = &released};
    CHECK_OK(sawlog_parse(parser, (const uint8_t *)LINE, strlen(LINE), &big.call, &b, &err));
    sawlog_batch_free(b);
    CHECK_INT(released, size == sizeof big.call);
  }
  memset(&big, 0, sizeof big);
  big.call.struct_size = sizeof big.call;
  big.call.flags = 8;
  CHECK_INT(sawlog_parse(parser, (const uint8_t *)"x", 1, &big.call, &b, &err), SAWLOG_E_ARGUMENT);
}

/* The layout says of each column what sawlog_batch_column says. */
static void layout(void) {
  int64_t all[1000];
  int64_t need = sawlog_batch_layout(batch, NULL, 0), columns = sawlog_batch_columns(batch);
  memset(all, 0x55, sizeof all);
  CHECK_INT(sawlog_batch_layout(batch, all, (size_t)need - 1), need);
  CHECK_INT(all[0], 0x5555555555555555);
  CHECK_INT(sawlog_batch_layout(batch, all, 1000), need);
  CHECK_INT(all[need], 0x5555555555555555);
  CHECK_INT(all[0], 1);
  CHECK_INT(all[1], columns);
  CHECK_INT(need, 3 + 2 * all[2] + 12 * columns);
  for (int32_t i = 0; i < columns; i++) {
    const int64_t *c = all + 3 + 2 * all[2] + 12 * i;
    sawlog_column want = {.struct_size = sizeof want};
    CHECK_OK(sawlog_batch_column(batch, i, &want));
    CHECK(c[0] == want.type && c[1] == want.flags && c[2] == want.length && c[3] == want.null_count);
    CHECK(c[4] == (intptr_t)want.validity && c[5] == (intptr_t)want.data && c[6] == want.dictionary_length);
    CHECK(c[7] == (intptr_t)want.dictionary_offsets && c[8] == (intptr_t)want.dictionary_bytes && c[9] == (intptr_t)want.offsets);
    CHECK(c[10] == want.n_children && c[11] == want.first_child);
    for (int64_t k = 0; k < all[2]; k++) CHECK(all[3 + 2 * k] == (intptr_t)want.buffers[k] && all[4 + 2 * k] == want.buffer_sizes[k]);
  }
}

static void out_sizes(void) {
  struct {
    sawlog_column column;
    char tail[64];
  } big;
  memset(&big, 0x55, sizeof big);
  big.column.struct_size = 0;
  CHECK_INT(sawlog_batch_column(batch, 0, &big.column), SAWLOG_E_ARGUMENT);
  big.column.struct_size = 8; /* the type and no more */
  CHECK_OK(sawlog_batch_column(batch, 0, &big.column));
  CHECK_INT(big.column.type, sawlog_batch_column_type(batch, 0));
  CHECK_INT(big.column.flags, 0x55555555);
  big.column.struct_size = sizeof big;
  CHECK_OK(sawlog_batch_column(batch, 0, &big.column));
  CHECK_INT(big.column.length, 1);
  CHECK_INT(big.tail[0], 0x55); /* what the library does not know it leaves alone */
}

/* The last character is all there. */
static int ends_whole(const char *text) {
  size_t n = strlen(text), back = 0;
  while (back < n && ((unsigned char)text[n - 1 - back] & 0xC0) == 0x80) back++;
  if (back == n) return n == 0;
  unsigned char first = (unsigned char)text[n - 1 - back];
  return back == (first < 0x80 ? 0u : first < 0xE0 ? 1u : first < 0xF0 ? 2u : 3u);
}

static void cut_messages(void) {
  /* The message quotes the name, of two bytes a letter: whatever the room, it ends at a whole one. */
  char name[1500];
  for (size_t i = 0; i < sizeof name; i += 2) memcpy(name + i, "\xc3\xa4", 2);
  for (int shift = 0; shift < 2; shift++) {
    sawlog_error e = {.struct_size = sizeof e};
    sawlog_parser *p;
    char definition[1600];
    int n = snprintf(definition, sizeof definition, "{\"%sformat\": \"%.*s\"}", "", 1200 + shift * 2, name);
    CHECK(sawlog_parser_new(definition, (size_t)n, &p, &e) < 0);
    size_t length = strlen(e.message);
    CHECK(length < sizeof e.message && length > 400);
    CHECK(ends_whole(e.message));
  }
  for (uint32_t size = 0; size <= sizeof(sawlog_error); size++) {
    struct {
      sawlog_error e;
      char guard[8];
    } g;
    sawlog_parser *p;
    memset(&g, 0x33, sizeof g);
    g.e.struct_size = size;
    static const char definition[] = "{\"format\": \"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xc3\xa4\"}";
    CHECK_INT(sawlog_parser_new(definition, sizeof definition - 1, &p, &g.e), SAWLOG_E_FORMAT);
    for (size_t i = size < 4 ? 4 : size; i < sizeof g; i++) CHECK(((char *)&g)[i] == 0x33);
    if (size > offsetof(sawlog_error, message)) {
      CHECK(memchr(g.e.message, 0, size - offsetof(sawlog_error, message)));
      CHECK(ends_whole(g.e.message));
    }
  }
  sawlog_error nobody;
  sawlog_parser *p;
  memset(&nobody, 0x33, sizeof nobody);
  CHECK_INT(sawlog_parser_new("combinde", 8, &p, &nobody), SAWLOG_E_FORMAT);
  CHECK_INT(nobody.code, 0x33333333);
}

int main(void) {
  char *freed[4];
  parser = parser_of("combined");
  CHECK_OK(sawlog_parse_record(parser, (const uint8_t *)LINE, strlen(LINE), &batch, &err));
  CHECK_OK(sawlog_stream_new(parser, NULL, 0, &stream, &err));
  null_arguments();
  out_of_range();
  call_sizes();
  out_sizes();
  layout();
  cut_messages();

  void *foreigners[] = {NULL, (void *)8, (void *)UINTPTR_MAX, foreign, foreign + 1, (char *)parser + 1, (char *)parser + 64, (char *)parser + (1 << 20)};
  for (size_t i = 0; i < sizeof foreigners / sizeof *foreigners; i++) {
    bad_parser(foreigners[i]);
    bad_stream(foreigners[i]);
    bad_reader(foreigners[i]);
    bad_batch(foreigners[i]);
  }
  bad_parser(batch);
  bad_parser(stream);
  bad_stream(parser);
  bad_stream(batch);
  bad_reader(parser);
  bad_reader(stream);
  bad_batch(parser);
  bad_batch(stream);

  freed[0] = (char *)parser;
  freed[1] = (char *)batch;
  freed[2] = (char *)stream;
  sawlog_parser_free(parser);
  sawlog_batch_free(batch);
  sawlog_stream_free(stream);
  bad_parser(freed[0]);
  bad_batch(freed[1]);
  bad_stream(freed[2]);
  check_nothing_alive();
  return 0;
}
