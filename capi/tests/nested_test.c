/* Lists and maps of every kind, those included that no format gives (so this is for a build with the tag sawlog_faults). */
#include "arrow_check.h"

int32_t sawlog_test_nested(int32_t rows, int32_t whole, sawlog_batch **out, sawlog_error *err);

/* Row by row: what pack_row says is what to_json says. */
static void packed(const sawlog_batch *b) {
  char *buffer = malloc(1 << 16), *text = malloc(1 << 16);
  for (int64_t row = 0; row < sawlog_batch_rows(b); row++) {
    sawlog_bytes json;
    size_t n = 0;
    int64_t size = sawlog_batch_pack_row(b, row, buffer, 1 << 16);
    CHECK(size >= 16 * sawlog_batch_columns(b) && size < 1 << 16);
    for (int32_t c = 0; c < sawlog_batch_columns(b); c++) {
      int32_t head[2];
      int64_t value;
      memcpy(head, buffer + 16 * c, 8);
      memcpy(&value, buffer + 16 * c + 8, 8);
      CHECK_INT(head[0], sawlog_batch_is_null(b, c, row));
      n += (size_t)sprintf(text + n, "%s\"%s\":", c ? "," : "{", sawlog_batch_column_name(b, c, NULL));
      if (head[0]) n += (size_t)sprintf(text + n, "null");
      else if (c == 0) n += (size_t)sprintf(text + n, "%lld", (long long)value);
      else memcpy(text + n, buffer + value, (size_t)head[1]), n += (size_t)head[1];
    }
    text[n++] = '}';
    CHECK_OK(sawlog_batch_to_json(b, row, 1, 0, &json, &err));
    if (json.len != n + 2 || memcmp(json.data + 1, text, n)) {
      fprintf(stderr, "packed %.*s\njson   %.*s\n", (int)n, text, (int)json.len, json.data);
      abort();
    }
    sawlog_bytes_release(&json);
  }
  free(buffer);
  free(text);
}

static void streams(sawlog_batch *b) {
  struct ArrowArrayStream st;
  struct ArrowSchema s;
  struct ArrowArray a;
  sawlog_bytes bytes;
  sawlog_batch *list[2] = {b, b};
  CHECK_OK(sawlog_batches_export_stream(list, 2, SAWLOG_ARROW_DICTIONARY, &st, &err));
  CHECK(st.get_schema(&st, &s) == 0 && st.get_next(&st, &a) == 0 && a.release);
  st.release(&st);
  check_struct(&a, &s, sawlog_batch_rows(b));
  s.release(&s);
  a.release(&a);
  for (uint32_t flags = 0; flags < 4; flags++) {
    CHECK_OK(sawlog_batches_to_ipc((const sawlog_batch *const *)list, 2, flags, &bytes, &err));
    CHECK(bytes.len % 8 == 0);
    sawlog_bytes_release(&bytes);
  }
}

int main(void) {
  static const int32_t sizes[] = {0, 1, 5, 63, 64, 65, 700};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    for (int32_t whole = 0; whole < 2; whole++) {
      sawlog_batch *b;
      CHECK_OK(sawlog_test_nested(sizes[i], whole, &b, &err));
      CHECK_INT(sawlog_batch_rows(b), sizes[i]);
      check_all_flags(b);
      packed(b);
      streams(b);
      sawlog_batch_free(b);
    }
  }
  sawlog_release_memory();
  check_nothing_alive();
  return 0;
}
