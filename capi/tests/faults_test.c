/* For a build with the tag sawlog_faults: a panic in an exported function or in a goroutine is an error of the call, and the host lives on. */
#include "check.h"

static void with_fault(const char *point) { CHECK(setenv("SAWLOG_FAULT", point, 1) == 0); }

int main(int argc, char **argv) {
  char path[512];
  size_t n;
  char *data = lines(30000, &n);
  sawlog_batch *b;
  sawlog_reader *r;
  sawlog_stream *s;
  sawlog_parser *p = parser_of("combined"), *q;
  snprintf(path, sizeof path, "%s/sawlog-faults-test.log", argc > 1 ? argv[1] : ".");
  FILE *f = fopen(path, "w");
  CHECK(f && fwrite(data, 1, n, f) == n && fclose(f) == 0);
  for (int round = 0; round < 3; round++) {
    with_fault("export");
    CHECK_INT(sawlog_parser_new("combined", 8, &q, &err), SAWLOG_E_INTERNAL);
    CHECK(q == NULL && strstr(err.message, "injected at export") && strstr(err.message, "sawgo_parser_new"));
    with_fault("record");
    CHECK_INT(sawlog_parse_record(p, (const uint8_t *)LINE, sizeof LINE - 1, &b, &err), SAWLOG_E_INTERNAL);
    with_fault("alloc"); /* reached in the call's own goroutine here, in the pipeline's below */
    CHECK_INT(sawlog_parse(p, (const uint8_t *)data, n, NULL, &b, &err), SAWLOG_E_INTERNAL);
    CHECK(b == NULL && strstr(err.message, "injected at alloc"));
    CHECK_OK(sawlog_stream_new(p, NULL, 0, &s, &err));
    CHECK_INT(sawlog_stream_feed(s, (const uint8_t *)LINE "\n", sizeof LINE, NULL, &b, &err), SAWLOG_E_INTERNAL);
    sawlog_stream_free(s);
    for (int threads = 1; threads <= 4; threads += 3) {
      char options[64];
      int m = snprintf(options, sizeof options, "{\"threads\": %d, \"block_size\": 65536}", threads);
      int rc = sawlog_open_path(p, path, strlen(path), options, (size_t)m, &r, &err);
      if (rc == SAWLOG_OK) {
        rc = sawlog_reader_next(r, NULL, &b, &err);
        sawlog_reader_free(r);
      }
      CHECK_INT(rc, SAWLOG_E_INTERNAL);
    }
    /* And all is as before. */
    with_fault("nothing");
    CHECK_OK(sawlog_parse(p, (const uint8_t *)data, n, NULL, &b, &err));
    CHECK_INT(sawlog_batch_rows(b), 29970);
    sawlog_batch_free(b);
    CHECK_OK(sawlog_open_path(p, path, strlen(path), NULL, 0, &r, &err));
    int64_t rows = 0;
    do {
      CHECK_OK(sawlog_reader_next(r, NULL, &b, &err));
      rows += sawlog_batch_rows(b);
      sawlog_batch_free(b);
    } while (b);
    CHECK_INT(rows, 29970);
    sawlog_reader_free(r);
  }
  sawlog_parser_free(p);
  remove(path);
  free(data);
  check_nothing_alive();
  return 0;
}
