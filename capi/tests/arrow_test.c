/* The Arrow exports of batches, streams and readers, by the validator of arrow_check.h; at the end nothing is left. */
#include "arrow_check.h"

static const char *const inputs[][2] = {
    {"combined", LINE "\n" LINE_POST "\n" LINE_POST "\ngarbage\n"},
    {"combined", ""},
    {"{\"format\": \"combined\", \"utf8\": \"bytes\"}", LINE "\n1.1.1.1 - \xff [17/May/2015:10:05:04 +0200] \"A /x HTTP/1.0\" 404 - \"\xff\" \"-\"\n"},
    {"combined", LINE "\n1.1.1.1 - a\xff [17/May/2015:10:05:04 +0200] \"A /x HTTP/1.0\" 404 - \"a long one with \xff inside\" \"-\"\n"},
    {"{\"json\": {}, \"fields\": {\"t\": \"timestamp\"}}", "{\"a\":1,\"b\":true,\"f\":1.5,\"s\":\"x\",\"t\":\"1960-01-01T00:00:00.000000001Z\",\"u\":18446744073709551615,\"o\":{\"p\":\"\"}}\n"
                       "{\"a\":null,\"b\":false,\"late\":[1],\"s\":\"longer than twelve bytes \\u00e4\"}\n"},
    {"{\"syslog\": {}}", LINE_SYSLOG "\n<34>1 - - - - - -\nno syslog\n<165>1 2003-08-24T05:14:15Z h a p m [y][z@1 text=\"one of more than twelve bytes\" n=\"\"] hi\n"},
    {"{\"syslog\": {}}", "<34>1 - - - - - -\n"},
    {"{\"syslog\": {}, \"utf8\": \"bytes\"}", LINE_SYSLOG "\n<1>1 - - - - - [y a=\"\xff\"]\n"},
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

static void ipc(const sawlog_parser *p, const char *line) {
  sawlog_bytes bytes;
  sawlog_batch *b;
  CHECK_OK(sawlog_parse(p, (const uint8_t *)line, strlen(line), NULL, &b, &err));
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

/* Type names, right and wrong, and how deep they may go. */
static void types(void) {
  static const char *const good[] = {"list<int>", "map<string,ip>", "list<list<bytes>>", "map<string,map<string,list<timestamp>>>", "list\\u003cint>"};
  static const char *const bad[] = {"text", "list", "list<", "list<>", "list<int", "list<int>>", "map<int,int>", "map<string,>", "list<list>", "struct"};
  char json[1024], deep[512];
  struct ArrowSchema s;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    snprintf(json, sizeof json, "[{\"name\":\"x\",\"type\":\"%s\"},{\"name\":\"y\",\"type\":\"%s\"}]", good[i], good[0]);
    CHECK_OK(sawlog_schema_export_arrow(json, strlen(json), 0, &s, &err));
    CHECK(s.children[0]->format[0] == '+' && !strcmp(s.children[1]->children[0]->format, "l"));
    s.release(&s);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    snprintf(json, sizeof json, "[{\"name\":\"x\",\"type\":\"%s\"}]", bad[i]);
    CHECK_INT(sawlog_schema_export_arrow(json, strlen(json), 0, &s, &err), SAWLOG_E_DEFINITION);
  }
  for (int depth = 63; depth <= 64; depth++) {
    size_t n = 0;
    for (int i = 0; i < depth; i++) n += (size_t)snprintf(deep + n, sizeof deep - n, "list<");
    n += (size_t)snprintf(deep + n, sizeof deep - n, "int");
    for (int i = 0; i < depth; i++) deep[n++] = '>';
    deep[n] = 0;
    snprintf(json, sizeof json, "[{\"name\":\"x\",\"type\":\"%s\"}]", deep);
    CHECK_INT(sawlog_schema_export_arrow(json, strlen(json), 0, &s, &err), depth == 63 ? SAWLOG_OK : SAWLOG_E_DEFINITION);
    if (s.release) s.release(&s);
  }
}

int main(int argc, char **argv) {
  char path[512];
  snprintf(path, sizeof path, "%s/sawlog-arrow-test.log", argc > 1 ? argv[1] : ".");
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
    sawlog_parser *p = parser_of(inputs[i][0]);
    sawlog_batch *b;
    CHECK_OK(sawlog_parse(p, (const uint8_t *)inputs[i][1], strlen(inputs[i][1]), NULL, &b, &err));
    check_all_flags(b);
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
  ipc(p, LINE);
  sawlog_parser *q = parser_of("{\"syslog\": {}}");
  ipc(q, LINE_SYSLOG);
  sawlog_parser_free(q);
  static const char *const bad[] = {"", "{}", "[", "[1]", "[{\"name\":\"x\"}]", "{\"schema\": null}", "[{\"name\":\"x\",\"type\":\"int\"}", "\"\\",
                                    "[{\"name\":\"x\",\"type\":\"list<int>\",\"dictionary\":true}]"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct ArrowSchema s;
    CHECK_INT(sawlog_schema_export_arrow(bad[i], strlen(bad[i]), 0, &s, &err), SAWLOG_E_DEFINITION);
    CHECK(s.release == NULL);
  }
  types();
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
