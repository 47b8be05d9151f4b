/* Parsers and batches: values, rejects, who owns the input, and how mistakes in definitions are told. */
#include "check.h"

static int released;
static void release(void *ctx) {
  CHECK(ctx == &released);
  released++;
}

static void check_text(const sawlog_batch *b, const char *column, int64_t row, const char *want) {
  const char *text;
  size_t n;
  int32_t c = sawlog_batch_find_column(b, column, strlen(column));
  CHECK(c >= 0);
  CHECK_INT(sawlog_batch_get_str(b, c, row, &text, &n), SAWLOG_OK);
  CHECK_INT(sawlog_batch_is_null(b, c, row), want == NULL);
  CHECK((text == NULL) == (want == NULL));
  if (want) CHECK(n == strlen(want) && !memcmp(text, want, n));
}

static int64_t number(const sawlog_batch *b, const char *column, int64_t row) {
  int64_t v = -1;
  CHECK_INT(sawlog_batch_get_i64(b, sawlog_batch_find_column(b, column, strlen(column)), row, &v), SAWLOG_OK);
  return v;
}

/* Three lines: two records and a reject. */
static void check_three(const sawlog_batch *b) {
  CHECK_INT(sawlog_batch_rows(b), 2);
  CHECK_INT(sawlog_batch_lines(b), 3);
  CHECK_INT(sawlog_batch_reject_count(b), 1);
  check_text(b, "client", 0, "83.149.9.216");
  check_text(b, "user", 0, NULL);
  check_text(b, "user", 1, "joe");
  check_text(b, "method", 1, "POST");
  check_text(b, "target", 0, "/presentations/logstash/images/kibana-search.png");
  CHECK_INT(number(b, "status", 0), 200);
  CHECK_INT(number(b, "status", 1), 404);
  CHECK_INT(number(b, "bytes", 1), 0);
  CHECK_INT(number(b, "time", 0), 1431857103000000000);
  CHECK_INT(number(b, "time", 1), 1431849904000000000);
  double f;
  CHECK_INT(sawlog_batch_get_f64(b, sawlog_batch_find_column(b, "status", 6), 0, &f), SAWLOG_OK);
  CHECK(f == 200);
  sawlog_reject r = {.struct_size = sizeof r};
  CHECK_INT(sawlog_batch_reject(b, 0, &r), SAWLOG_OK);
  CHECK_INT(r.line, 2);
  CHECK_INT(r.offset, (int64_t)strlen(LINE) + 1);
  CHECK_INT(r.length, 7);
  CHECK_INT(r.fault, SAWLOG_F_NO_MATCH);
  CHECK(r.raw_len == 7 && !memcmp(r.raw, "garbage", 7));
  CHECK(!strcmp(sawlog_fault_name(r.fault), "no_match"));
}

/* The same bytes by every way to hand them over, with room before and behind, small and large. */
static void ownership(const sawlog_parser *p) {
  static const char three[] = LINE "\ngarbage\n" LINE_POST;
  sawlog_batch *b;
  for (size_t padding = 0; padding <= 1 << 20; padding += 1 << 20) {
    for (int mode = 0; mode < 4; mode++) {
      /* Large: a comment of one huge line behind the three. */
      size_t n = sizeof three - 1 + (padding ? padding + 1 : 0);
      char *data = malloc(n);
      memcpy(data, three, sizeof three - 1);
      if (padding) {
        memset(data + sizeof three - 1, 'x', padding + 1);
        data[sizeof three - 1] = '\n';
      }
      sawlog_call call = {.struct_size = sizeof call};
      int want = released;
      if (mode & 1) call.flags = SAWLOG_COPY;
      if (mode & 2) call.release = release, call.release_ctx = &released, want++;
      CHECK_OK(sawlog_parse(p, (const uint8_t *)data, n, &call, &b, &err));
      if (mode & 1 || !padding) {
        CHECK_INT(released, want); /* copied: given back at once */
        memset(data, 0, n);
      } else {
        CHECK_INT(released, want - (mode >> 1));
      }
      if (!padding) {
        check_three(b);
      } else {
        CHECK_INT(sawlog_batch_rows(b), 2);
        CHECK_INT(sawlog_batch_reject_count(b), 2);
        check_text(b, "referer", 0, "http://semicomplete.com/presentations/");
      }
      CHECK(sawlog_batch_retain(b) == b);
      sawlog_batch_free(b);
      check_text(b, "user", 1, "joe");
      sawlog_batch_free(b);
      CHECK_INT(released, want);
      free(data);
    }
  }
  /* A call that fails has taken the input over all the same. */
  sawlog_call call = {.struct_size = sizeof call, .release = release, .release_ctx = &released};
  int before = released;
  CHECK_INT(sawlog_parse(NULL, (const uint8_t *)three, 3, &call, &b, NULL), SAWLOG_E_HANDLE);
  call.wait_ms = -1;
  CHECK_INT(sawlog_parse(p, (const uint8_t *)three, 3, &call, &b, NULL), SAWLOG_E_ARGUMENT);
  call.wait_ms = 0;
  int32_t cancel = 1;
  call.cancel = &cancel;
  size_t n;
  char *many = lines(60000, &n);
  CHECK_INT(sawlog_parse(p, (const uint8_t *)many, n, &call, &b, &err), SAWLOG_E_CANCELLED);
  CHECK(b == NULL);
  CHECK_INT(released, before + 3);
  free(many);
}

static void records(const sawlog_parser *p) {
  static const char *const endings[] = {"", "\n", "\r\n"};
  sawlog_batch *b;
  char line[512];
  for (int i = 0; i < 3; i++) {
    int n = snprintf(line, sizeof line, "%s%s", LINE, endings[i]);
    CHECK_OK(sawlog_parse_record(p, (const uint8_t *)line, (size_t)n, &b, &err));
    CHECK_INT(sawlog_batch_rows(b), 1);
    check_text(b, "user_agent", 0, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1)");
    sawlog_batch_free(b);
  }
  CHECK_OK(sawlog_parse_record(p, (const uint8_t *)"nothing", 7, &b, &err));
  CHECK_INT(sawlog_batch_rows(b), 0);
  CHECK_INT(sawlog_batch_reject_count(b), 1);
  sawlog_batch_free(b);
  CHECK_OK(sawlog_parse(p, NULL, 0, NULL, &b, &err));
  CHECK_INT(sawlog_batch_rows(b), 0);
  CHECK(sawlog_batch_columns(b) > 10);
  sawlog_batch_free(b);
  sawlog_bytes bytes;
  CHECK_OK(sawlog_parser_explain(p, (const uint8_t *)"nothing", 7, &bytes, &err));
  CHECK(strstr(bytes.data, "\"ok\":false"));
  sawlog_bytes_release(&bytes);
  CHECK(bytes.data == NULL && bytes.len == 0);
}

static void json_rows(void) {
  static const char input[] = "{\"a\":{\"b\":1.5,\"c\":\"long enough to be a view\"},\"u\":18446744073709551615,\"t\":true}\n{\"a\":{\"b\":2},\"new\":[1]}\n";
  sawlog_parser *p = parser_of("{\"json\": {}}");
  sawlog_batch *b;
  sawlog_bytes bytes;
  CHECK_OK(sawlog_parse(p, (const uint8_t *)input, sizeof input - 1, NULL, &b, &err));
  CHECK_OK(sawlog_batch_to_json(b, 0, -1, SAWLOG_JSON_LINES | SAWLOG_JSON_DROP_NULLS, &bytes, &err));
  CHECK(strstr(bytes.data, "{\"a\":{\"b\":1.5,\"c\":\"long enough to be a view\"},\"u\":18446744073709551615,\"t\":true}\n"));
  sawlog_bytes_release(&bytes);
  CHECK_OK(sawlog_batch_to_json(b, 1, 1, 0, &bytes, &err));
  CHECK(bytes.data[0] == '[' && bytes.data[bytes.len - 1] == ']' && strstr(bytes.data, "\"b\":2"));
  sawlog_bytes_release(&bytes);
  size_t n;
  const char *schema = sawlog_batch_schema_json(b, &n);
  CHECK(strlen(schema) == n && strstr(schema, "\"path\":[\"a\",\"b\"]"));
  sawlog_batch_free(b);
  sawlog_parser_free(p);
}

/* How long rows were lately is no reason to ask for that much for each of a million short ones. */
static void json_of_long_and_short_rows(void) {
  enum { LONG = 1000000, SHORT = 1000000 };
  sawlog_parser *p = parser_of("{\"json\": {}}");
  sawlog_batch *b;
  sawlog_bytes bytes;
  char *text = malloc(LONG + 9);
  CHECK(text);
  memcpy(text, "{\"a\":\"", 6);
  memset(text + 6, 'x', LONG);
  memcpy(text + 6 + LONG, "\"}\n", 3);
  CHECK_OK(sawlog_parse(p, (const uint8_t *)text, 6 + LONG + 3, NULL, &b, &err));
  CHECK_INT(sawlog_batch_rows(b), 1);
  CHECK_OK(sawlog_batch_to_json(b, 0, -1, SAWLOG_JSON_LINES, &bytes, &err));
  sawlog_bytes_release(&bytes);
  sawlog_batch_free(b);
  free(text);
  CHECK(text = malloc(SHORT * 3));
  for (int i = 0; i < SHORT; i++) memcpy(text + 3 * i, "{}\n", 3);
  CHECK_OK(sawlog_parse(p, (const uint8_t *)text, SHORT * 3, NULL, &b, &err));
  CHECK_INT(sawlog_batch_rows(b), SHORT);
  CHECK_OK(sawlog_batch_to_json(b, 0, -1, SAWLOG_JSON_LINES, &bytes, &err));
  CHECK_INT(bytes.len, SHORT * 3);
  sawlog_bytes_release(&bytes);
  sawlog_batch_free(b);
  free(text);
  sawlog_parser_free(p);
}

static int64_t packed_value(const char *row, int32_t column) {
  int64_t v;
  memcpy(&v, row + 16 * column + 8, 8);
  return v;
}

static void check_packed(const sawlog_batch *b, const char *row, const char *column, const char *want) {
  int32_t c = sawlog_batch_find_column(b, column, strlen(column)), head[2];
  memcpy(head, row + 16 * c, 8);
  CHECK_INT(head[0], want == NULL);
  CHECK_INT(head[1], want ? strlen(want) : 0);
  if (want) CHECK(!memcmp(row + packed_value(row, c), want, strlen(want)));
  else CHECK_INT(packed_value(row, c), 0);
}

/* All rejects at once are what they are one by one. */
static void reject_lists(void) {
  static const char text[] = "no\n" LINE "\nno record either\n\n";
  sawlog_parser *p = parser_of("combined");
  sawlog_batch *b;
  int64_t list[7 * 8];
  CHECK_OK(sawlog_parse(p, (const uint8_t *)text, sizeof text - 1, NULL, &b, &err));
  CHECK_INT(sawlog_batch_rejects(b, 0, list, 8), 3);
  for (int64_t i = 0; i < 3; i++) {
    sawlog_reject one = {.struct_size = sizeof one};
    const int64_t *l = list + 7 * i;
    CHECK_OK(sawlog_batch_reject(b, i, &one));
    CHECK(l[0] == one.source && l[1] == one.line && l[2] == one.offset && l[3] == one.length && l[4] == one.fault);
    CHECK(l[5] == (intptr_t)one.raw && l[6] == (int64_t)one.raw_len);
  }
  CHECK_INT(sawlog_batch_rejects(b, 2, list, 8), 1);
  CHECK_INT(list[1], 4);
  CHECK_INT(sawlog_batch_rejects(b, 3, list, 8), 0);
  CHECK_INT(sawlog_batch_rejects(b, 0, list, 1), 1);
  CHECK_INT(sawlog_batch_rejects(b, 0, NULL, 0), 0);
  CHECK_INT(sawlog_batch_rejects(b, -1, list, 8), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_rejects(b, 0, NULL, 8), SAWLOG_E_ARGUMENT);
  sawlog_batch_free(b);
  sawlog_parser_free(p);
}

/* A row as one piece, into room that is too small at first. */
static void packed_rows(void) {
  static const char *const structured = "{\"x@1\":{\"k\":\"v\",\"quoted\":\"a \\\"b\\\" ]\"},\"y\":{}}";
  sawlog_parser *p = parser_of("{\"syslog\": {}}");
  sawlog_batch *b;
  CHECK_OK(sawlog_parse(p, (const uint8_t *)LINE_SYSLOG "\n<34>1 - - - - - -", sizeof LINE_SYSLOG + 17, NULL, &b, &err));
  CHECK_INT(sawlog_batch_rows(b), 2);
  int64_t size = sawlog_batch_pack_row(b, 0, NULL, 0);
  CHECK_INT(size, 16 * sawlog_batch_columns(b) + (int64_t)strlen("hapmhi") + (int64_t)strlen(structured));
  for (size_t cap = 0; cap <= (size_t)size + 9; cap++) {
    char *row = malloc(cap + 1);
    memset(row, 0x55, cap + 1);
    CHECK_INT(sawlog_batch_pack_row(b, 0, row, cap), size);
    CHECK(row[cap] == 0x55);
    if (cap >= (size_t)size) {
      check_packed(b, row, "app", "a");
      check_packed(b, row, "message", "hi");
      check_packed(b, row, "structured_data", structured);
      CHECK_INT(packed_value(row, sawlog_batch_find_column(b, "severity", 8)), 5);
      CHECK_INT(packed_value(row, sawlog_batch_find_column(b, "time", 4)), 1061702055000000000);
    }
    free(row);
  }
  char row[512];
  CHECK_INT(sawlog_batch_pack_row(b, 1, row, sizeof row), 16 * sawlog_batch_columns(b));
  check_packed(b, row, "app", NULL);
  check_packed(b, row, "structured_data", NULL);
  CHECK_INT(sawlog_batch_pack_row(b, 2, row, sizeof row), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_pack_row(b, -1, row, sizeof row), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_pack_row(b, 0, NULL, 1), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_pack_row((sawlog_batch *)p, 0, row, sizeof row), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_batch_pack_row(NULL, 0, row, sizeof row), SAWLOG_E_HANDLE);
  char again[512];
  int64_t one;
  CHECK_INT(sawlog_batch_pack_row(b, 0, row, sizeof row), size);
  CHECK_OK(sawlog_parse_packed(p, (const uint8_t *)LINE_SYSLOG "\n", sizeof LINE_SYSLOG, again, sizeof again, &one, &err)); /* the same in one call */
  CHECK_INT(one, size);
  CHECK(!memcmp(row, again, (size_t)size));
  CHECK_OK(sawlog_parse_packed(p, (const uint8_t *)LINE_SYSLOG, sizeof LINE_SYSLOG - 1, NULL, 0, &one, &err));
  CHECK_INT(one, size);
  CHECK_OK(sawlog_parse_packed(p, (const uint8_t *)"", 0, again, sizeof again, &one, &err));
  CHECK_INT(one, -1);
  CHECK_INT(sawlog_parse_packed(p, NULL, 1, again, sizeof again, &one, &err), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_parse_packed(p, (const uint8_t *)"", 0, NULL, 1, &one, &err), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_parse_packed(p, (const uint8_t *)"", 0, again, sizeof again, NULL, &err), SAWLOG_E_ARGUMENT);
  sawlog_batch_free(b);
  sawlog_parser_free(p);
}

/* Elements are columns of their own, with numbers behind those of the batch's columns. */
static void nested_columns(void) {
  sawlog_parser *p = parser_of("{\"syslog\": {}}");
  sawlog_batch *b;
  sawlog_column map = {.struct_size = sizeof map}, inner = map, short_one;
  const char *text;
  size_t n;
  CHECK_OK(sawlog_parse(p, (const uint8_t *)"<34>1 - - - - - -\n" LINE_SYSLOG, sizeof LINE_SYSLOG + 17, NULL, &b, &err));
  int32_t c = sawlog_batch_find_column(b, "structured_data", 15);
  CHECK_INT(sawlog_batch_column_type(b, c), SAWLOG_T_MAP);
  CHECK_OK(sawlog_batch_column(b, c, &map));
  CHECK_INT(map.n_children, 2);
  CHECK_INT(map.first_child, sawlog_batch_columns(b));
  CHECK_INT(map.length, 2);
  CHECK(map.offsets[0] == 0 && map.offsets[1] == 0 && map.offsets[2] == 2);
  CHECK_OK(sawlog_batch_column(b, map.first_child + 1, &inner));
  CHECK_INT(inner.type, SAWLOG_T_MAP);
  CHECK_INT(inner.length, 2);
  CHECK(inner.offsets[0] == 0 && inner.offsets[1] == 2 && inner.offsets[2] == 2);
  CHECK_OK(sawlog_batch_get_str(b, map.first_child, 1, &text, &n));
  CHECK(n == 1 && *text == 'y');
  CHECK_OK(sawlog_batch_get_str(b, inner.first_child + 1, 1, &text, &n));
  CHECK(n == 7 && !memcmp(text, "a \"b\" ]", 7));
  CHECK_INT(sawlog_batch_get_str(b, inner.first_child + 1, 2, &text, &n), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_column(b, inner.first_child + 2, &inner), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_batch_find_column(b, "key", 3), -1);
  CHECK(strstr(sawlog_batch_schema_json(b, NULL), "\"map<string,map<string,string>>\""));
  /* A program that was compiled when the struct ended before. */
  memset(&short_one, 0x55, sizeof short_one);
  short_one.struct_size = offsetof(sawlog_column, offsets);
  CHECK_OK(sawlog_batch_column(b, c, &short_one));
  CHECK(short_one.length == 2 && short_one.n_children == 0x55555555);
  sawlog_batch_free(b);
  sawlog_parser_free(p);
}

/* Definition -> code, line, column. A position is in the pattern for SAWLOG_E_DEFINITION, else in the definition. */
static void definitions(void) {
  static const struct {
    const char *definition;
    int code, line, column;
    const char *message, *hint;
  } cases[] = {
      {"combind", SAWLOG_E_FORMAT, 0, 0, "combind", "combined"},
      {"{\"format\": \"comon\"}", SAWLOG_E_FORMAT, 0, 0, "comon", "common"},
      {"{\"formt\": \"common\"}", SAWLOG_E_OPTION, 1, 2, "formt", "format"},
      {"{\"format\": \"common\",\n  \"zon\": \"UTC\"}", SAWLOG_E_OPTION, 2, 3, "zon", "zone"},
      {"{\"format\": \"common\", \"zone\": \"Mars/Base\"}", SAWLOG_E_OPTION, 0, 0, "Mars/Base", ""},
      {"{\"format\": 3}", SAWLOG_E_OPTION, 1, 12, "format", ""},
      {"{\"format\": \"common\"", SAWLOG_E_OPTION, 1, 0, "", ""},
      {"[1]", SAWLOG_E_OPTION, 0, 0, "JSON object", ""},
      {"{\"format\": \"common\", \"nginx\": \"$x\"}", SAWLOG_E_OPTION, 0, 0, "nginx", ""},
      {"{\"format\": \"common\", \"threads\": 2}", SAWLOG_E_OPTION, 0, 0, "threads", ""},
      {"{\"nginx\": \"$remote_addr$status\"}", SAWLOG_E_DEFINITION, 1, 13, "", ""},
      {"{\"nginx\": \"\"}", SAWLOG_E_OPTION, 1, 11, "nginx", ""},
      {"{\"apache\": \"%h %Q\"}", SAWLOG_E_DEFINITION, 1, 4, "", ""},
      {"{\"apache\": \"%h %{Referer\"}", SAWLOG_E_DEFINITION, 1, 5, "", ""},
      {"{\"format\": \"common\", \"fields\": {\"status\": \"integer\"}}", SAWLOG_E_OPTION, 0, 0, "integer", "int"},
      {"{\"format\": \"common\", \"columns\": [\"nope\"]}", SAWLOG_E_OPTION, 0, 0, "nope", ""},
      {"{\"format\": \"common\", \"limits\": {\"line\": \"x\"}}", SAWLOG_E_OPTION, 1, 0, "line", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sawlog_parser *p = (sawlog_parser *)&p;
    memset(&err, 0x7f, sizeof err);
    err.struct_size = sizeof err;
    int rc = sawlog_parser_new(cases[i].definition, strlen(cases[i].definition), &p, &err);
    CHECK_INT(rc, cases[i].code);
    CHECK_INT(err.code, rc);
    CHECK(p == NULL);
    CHECK_INT(err.detail, 0);
    if (cases[i].line) CHECK_INT(err.line, cases[i].line);
    if (cases[i].column) CHECK_INT(err.column, cases[i].column);
    CHECK(strstr(err.message, cases[i].message));
    CHECK(strstr(err.hint, cases[i].hint));
  }
}

/* What is found in a log may have not what the definition asks for: each call says so. */
static void missing(void) {
  sawlog_parser *p = parser_of("{\"columns\": [\"shoe\"]}");
  sawlog_batch *b = NULL;
  CHECK_INT(sawlog_parse(p, (const uint8_t *)LINE, sizeof LINE - 1, NULL, &b, &err), SAWLOG_E_OPTION);
  CHECK(!b && strstr(err.message, "\"shoe\""));
  memset(err.message, 0, sizeof err.message);
  CHECK_INT(sawlog_parse_record(p, (const uint8_t *)LINE, sizeof LINE - 1, &b, &err), SAWLOG_E_OPTION);
  CHECK(!b && strstr(err.message, "\"shoe\""));
  sawlog_parser_free(p);
}

static void library(void) {
  sawlog_bytes bytes;
  CHECK_INT(sawlog_abi_version(), SAWLOG_ABI_VERSION);
  char version[64];
  snprintf(version, sizeof version, "{\"version\":\"%s\",\"go\":\"go1.", sawlog_version());
  CHECK(!strncmp(sawlog_build_info(), version, strlen(version)));
  CHECK(sawlog_build_info() == sawlog_build_info());
  CHECK(!strcmp(sawlog_status_name(SAWLOG_E_FORKED), "SAWLOG_E_FORKED") && !strcmp(sawlog_status_name(77), "unknown"));
  CHECK(!strcmp(sawlog_fault_name(9), "bad_frame") && !strcmp(sawlog_fault_name(-1), "unknown") && !strcmp(sawlog_fault_name(10), "unknown"));
  CHECK_OK(sawlog_formats_json(&bytes, &err));
  CHECK(bytes.data[0] == '[' && strstr(bytes.data, "\"name\":\"combined\""));
  sawlog_bytes_release(&bytes);
  CHECK_OK(sawlog_format_describe("combined", 8, &bytes, &err));
  CHECK(strstr(bytes.data, "\"status\":\"int\""));
  sawlog_bytes_release(&bytes);
  CHECK_INT(sawlog_format_describe("combind", 7, &bytes, &err), SAWLOG_E_FORMAT);
  CHECK_OK(sawlog_detect((const uint8_t *)LINE "\n", sizeof LINE, NULL, 0, &bytes, &err));
  CHECK(strstr(bytes.data, "combined"));
  sawlog_bytes_release(&bytes);
  CHECK_INT(sawlog_detect_path("/no/such/file", 13, NULL, 0, &bytes, &err), SAWLOG_E_IO);
  CHECK_INT(err.detail, 2);
  static const char *const good[] = {"", "{}", "{\"gc_percent\": 100, \"max_threads\": 2, \"after_fork\": \"reload\"}", "{\"memory_limit\": 4000000000}", "{\"memory_limit\": 0}"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) CHECK_OK(sawlog_configure(good[i], strlen(good[i]), &err));
  static const char *const bad[] = {"{", "[]", "{\"gc\": 1}", "{\"gc_percent\": \"1\"}", "{\"max_threads\": 0}", "{\"after_fork\": \"hope\"}", "{\"max_threads\": null}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK_INT(sawlog_configure(bad[i], strlen(bad[i]), &err), SAWLOG_E_OPTION);
  CHECK_INT(sawlog_configure("{\n \"gc\": 1}", 11, &err), SAWLOG_E_OPTION);
  CHECK_INT(err.line, 2);
  CHECK_INT(err.column, 2);
}

int main(void) {
  library();
  sawlog_parser *p = parser_of("combined");
  ownership(p);
  records(p);
  sawlog_parser_free(p);
  json_rows();
  json_of_long_and_short_rows();
  reject_lists();
  packed_rows();
  nested_columns();
  definitions();
  missing();
  sawlog_release_memory();
  check_nothing_alive();
  return 0;
}
