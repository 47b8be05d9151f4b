/* Streams and readers: any cut gives the same, files and pipes, waiting, cancelling, one thread at a time, figures. */
#include "check.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

/* All batches as JSON lines, in one text that the caller frees. */
typedef struct text {
  char *data;
  size_t n;
  int64_t lines, rejects;
} text;

static void add(text *t, sawlog_batch *b) {
  sawlog_bytes bytes;
  if (!b) return;
  CHECK_OK(sawlog_batch_to_json(b, 0, -1, SAWLOG_JSON_LINES, &bytes, &err));
  t->data = realloc(t->data, t->n + bytes.len + 1);
  memcpy(t->data + t->n, bytes.data, bytes.len + 1);
  t->n += bytes.len;
  t->lines += sawlog_batch_lines(b);
  t->rejects += sawlog_batch_reject_count(b);
  sawlog_bytes_release(&bytes);
  sawlog_batch_free(b);
}

static void check_same(text *a, text *b) {
  CHECK_INT(a->n, b->n);
  CHECK(!memcmp(a->data, b->data, a->n));
  CHECK_INT(a->lines, b->lines);
  CHECK_INT(a->rejects, b->rejects);
  free(a->data);
}

static void feed_in_pieces(const sawlog_parser *p, const char *data, size_t n, size_t piece, text *out) {
  sawlog_stream *s;
  sawlog_batch *b;
  memset(out, 0, sizeof *out);
  CHECK_OK(sawlog_stream_new(p, NULL, 0, &s, &err));
  for (size_t i = 0; i < n; i += piece) {
    size_t m = n - i < piece ? n - i : piece;
    char *copy = malloc(m); /* the stream must not keep what it is fed */
    memcpy(copy, data + i, m);
    CHECK_OK(sawlog_stream_feed(s, (const uint8_t *)copy, m, NULL, &b, &err));
    memset(copy, 'X', m);
    free(copy);
    add(out, b);
  }
  CHECK_OK(sawlog_stream_flush(s, &b, &err));
  add(out, b);
  CHECK_OK(sawlog_stream_flush(s, &b, &err));
  CHECK(b == NULL);
  sawlog_stream_free(s);
}

static void read_all(sawlog_reader *r, text *out) {
  sawlog_batch *b;
  sawlog_read_stats f = {.struct_size = sizeof f};
  memset(out, 0, sizeof *out);
  do {
    CHECK_OK(sawlog_reader_next(r, NULL, &b, &err));
    CHECK_OK(sawlog_reader_stats(r, &f));
    CHECK_INT(f.lines, f.records + f.continuations + f.rejects);
    add(out, b);
  } while (b);
  CHECK_INT(f.lines, out->lines);
  CHECK_INT(f.rejects, out->rejects);
  CHECK_INT(f.rejects_by_fault[SAWLOG_F_NO_MATCH], out->rejects);
  CHECK(f.nanoseconds > 0);
  CHECK_INT(f.sources_done, 1);
  CHECK_OK(sawlog_reader_next(r, NULL, &b, &err)); /* the end stays the end */
  CHECK(b == NULL);
}

/* The same in handfuls. */
static void take_all(sawlog_reader *r, int64_t most, text *out) {
  sawlog_batch *list[8];
  int64_t taken, calls = 0, batches = 0;
  memset(out, 0, sizeof *out);
  do {
    CHECK_OK(sawlog_reader_take(r, NULL, list, most, &taken, &err));
    CHECK(taken >= 0 && taken <= most);
    for (int64_t i = 0; i < taken; i++) add(out, list[i]);
    for (int64_t i = taken; i < most; i++) CHECK(list[i] == NULL);
    calls += taken > 0;
    batches += taken;
  } while (taken);
  CHECK(most == 1 ? calls == batches : calls < batches); /* a file is ready all the time */
  CHECK_OK(sawlog_reader_take(r, NULL, list, most, &taken, &err));
  CHECK_INT(taken, 0);
}

static void cuts(const sawlog_parser *p, const char *path, const char *data, size_t n) {
  text whole = {0}, other;
  sawlog_batch *b;
  sawlog_reader *r;
  CHECK_OK(sawlog_parse(p, (const uint8_t *)data, n, NULL, &b, &err));
  add(&whole, b);
  static const size_t pieces[] = {1000, 65536, 1 << 20};
  for (int i = 0; i < 3; i++) {
    feed_in_pieces(p, data, n, pieces[i], &other);
    check_same(&other, &whole);
  }
  text few = {0};
  CHECK_OK(sawlog_parse(p, (const uint8_t *)data, 3000, NULL, &b, &err));
  add(&few, b);
  feed_in_pieces(p, data, 3000, 1, &other);
  check_same(&other, &few);
  free(few.data);
  static const char *const options[] = {"", "{\"threads\": 1}", "{\"threads\": 4, \"block_size\": 65536}"};
  for (int i = 0; i < 3; i++) {
    CHECK_OK(sawlog_open_path(p, path, strlen(path), options[i], strlen(options[i]), &r, &err));
    read_all(r, &other);
    sawlog_read_stats f = {.struct_size = sizeof f};
    CHECK_OK(sawlog_reader_stats(r, &f));
    CHECK_INT(f.bytes_in, (int64_t)n);
    CHECK_INT(f.bytes_out, (int64_t)n);
    CHECK_INT(f.bytes_total, (int64_t)n);
    sawlog_reader_free(r);
    check_same(&other, &whole);
  }
  static const char *const handfuls[] = {"{\"threads\": 1, \"block_size\": 65536}", "{\"threads\": 3, \"block_size\": 65536}"};
  for (int i = 0; i < 2; i++) {
    CHECK_OK(sawlog_open_path(p, path, strlen(path), handfuls[i], strlen(handfuls[i]), &r, &err));
    take_all(r, i ? 1 : 8, &other);
    sawlog_reader_free(r);
    check_same(&other, &whole);
  }
  char list[600];
  snprintf(list, sizeof list, "[\"%s\"]", path);
  CHECK_OK(sawlog_open_path(NULL, list, strlen(list), "{\"format\": \"combined\"}", 22, &r, &err));
  read_all(r, &other);
  sawlog_bytes info;
  CHECK_OK(sawlog_reader_info_json(r, NULL, &info, &err));
  CHECK(strstr(info.data, "\"format\":\"combined\"") && strstr(info.data, path));
  sawlog_bytes_release(&info);
  sawlog_reader_free(r);
  check_same(&other, &whole);
  CHECK_OK(sawlog_open_path(NULL, path, strlen(path), NULL, 0, &r, &err)); /* detected */
  CHECK_OK(sawlog_reader_info_json(r, NULL, &info, &err));
  CHECK(strstr(info.data, "\"detection\":{\"format\":\"combined\""));
  sawlog_bytes_release(&info);
  sawlog_reader_free(r);
  free(whole.data);
}

/* A pipe that brings nothing: a time limit, a flag from another thread, the busy answer, and the end. */
static int32_t cancel;
static void *cancel_soon(void *arg) {
  (void)arg;
  usleep(50000);
  __atomic_store_n(&cancel, 1, __ATOMIC_RELEASE);
  return NULL;
}

static void *busy_meanwhile(void *arg) {
  sawlog_batch *b;
  sawlog_read_stats f = {.struct_size = sizeof f};
  usleep(20000);
  CHECK_INT(sawlog_reader_next(arg, NULL, &b, NULL), SAWLOG_E_BUSY);
  CHECK_INT(sawlog_reader_stats(arg, &f), SAWLOG_OK);
  return NULL;
}

/* What is there is given at once: nobody waits for a second batch of a pipe. */
static void handful_of_a_pipe(const sawlog_parser *p) {
  int ends[2];
  sawlog_reader *r;
  sawlog_batch *list[8];
  int64_t taken;
  CHECK(pipe(ends) == 0);
  CHECK_OK(sawlog_open_fd(p, ends[0], 1, NULL, 0, &r, &err));
  sawlog_call call = {.struct_size = sizeof call, .wait_ms = 20};
  CHECK_INT(sawlog_reader_take(r, &call, list, 8, &taken, &err), SAWLOG_AGAIN);
  CHECK(taken == 0 && list[0] == NULL);
  CHECK(write(ends[1], LINE "\n", sizeof LINE) == (ssize_t)sizeof LINE);
  double t0 = seconds();
  CHECK_OK(sawlog_reader_take(r, NULL, list, 8, &taken, &err));
  CHECK(seconds() - t0 < 5);
  CHECK_INT(taken, 1);
  CHECK_INT(sawlog_batch_rows(list[0]), 1);
  sawlog_batch_free(list[0]);
  call.cancel = &cancel;
  cancel = 1;
  CHECK_INT(sawlog_reader_take(r, &call, list, 8, &taken, &err), SAWLOG_E_CANCELLED);
  cancel = 0;
  close(ends[1]);
  CHECK_OK(sawlog_reader_take(r, NULL, list, 8, &taken, &err));
  CHECK_INT(taken, 0);
  sawlog_reader_free(r);
  CHECK_INT(sawlog_open_path(p, "/no/such/file", 13, NULL, 0, &r, &err), SAWLOG_E_IO);
  CHECK_OK(sawlog_open_path(p, "/proc/self/mem", 14, NULL, 0, &r, &err)); /* nothing can be read at its beginning */
  CHECK_INT(sawlog_reader_take(r, NULL, list, 8, &taken, &err), SAWLOG_E_IO);
  CHECK_INT(sawlog_reader_take(r, NULL, list, 0, &taken, &err), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_reader_take(r, NULL, list, 1 << 20, &taken, &err), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_reader_take(r, NULL, NULL, 1, &taken, &err), SAWLOG_E_ARGUMENT);
  sawlog_reader_free(r);
}

static void pipes(const sawlog_parser *p) {
  int ends[2];
  sawlog_reader *r;
  sawlog_batch *b;
  pthread_t t, u;
  CHECK(pipe(ends) == 0);
  CHECK_OK(sawlog_open_fd(p, ends[0], 1, NULL, 0, &r, &err));
  CHECK(fcntl(ends[0], F_GETFD) == -1); /* moved */
  sawlog_call call = {.struct_size = sizeof call, .wait_ms = 30};
  double t0 = seconds();
  CHECK_INT(sawlog_reader_next(r, &call, &b, &err), SAWLOG_AGAIN);
  CHECK(b == NULL && seconds() - t0 >= 0.03 && seconds() - t0 < 5);
  call.wait_ms = 0;
  call.cancel = &cancel;
  pthread_create(&t, NULL, cancel_soon, NULL);
  pthread_create(&u, NULL, busy_meanwhile, r);
  t0 = seconds();
  CHECK_INT(sawlog_reader_next(r, &call, &b, &err), SAWLOG_E_CANCELLED);
  CHECK(seconds() - t0 < 5);
  pthread_join(t, NULL);
  pthread_join(u, NULL);
  cancel = 0;
  CHECK(write(ends[1], LINE "\n", sizeof LINE) == (ssize_t)sizeof LINE);
  CHECK_OK(sawlog_reader_next(r, &call, &b, &err)); /* what is there is given, though the pipe is open */
  CHECK_INT(sawlog_batch_rows(b), 1);
  sawlog_batch_free(b);
  CHECK(write(ends[1], LINE_POST, sizeof LINE_POST - 1) == (ssize_t)sizeof LINE_POST - 1);
  close(ends[1]);
  CHECK_OK(sawlog_reader_next(r, NULL, &b, &err));
  CHECK_INT(sawlog_batch_rows(b), 1);
  sawlog_batch_free(b);
  CHECK_OK(sawlog_reader_next(r, NULL, &b, &err));
  CHECK(b == NULL);
  sawlog_reader_free(r);
  handful_of_a_pipe(p);
}

/* Freed while nothing comes; the caller's own descriptor stays. */
static void left_open(const sawlog_parser *p) {
  int ends[2];
  sawlog_reader *r;
  sawlog_batch *b;
  CHECK(pipe(ends) == 0);
  CHECK_OK(sawlog_open_fd(p, ends[0], 0, NULL, 0, &r, &err));
  sawlog_call call = {.struct_size = sizeof call, .wait_ms = 10};
  CHECK_INT(sawlog_reader_next(r, &call, &b, &err), SAWLOG_AGAIN);
  double t0 = seconds();
  sawlog_reader_free(r);
  CHECK(seconds() - t0 < 5);
  CHECK(fcntl(ends[0], F_GETFD) >= 0);
  static const char name[] = "{\"source_name\": \"gate.log\"}";
  sawlog_bytes info;
  CHECK_OK(sawlog_open_fd(p, ends[0], 0, name, sizeof name - 1, &r, &err));
  CHECK(write(ends[1], LINE "\n", sizeof LINE) == (ssize_t)sizeof LINE);
  CHECK_OK(sawlog_reader_info_json(r, NULL, &info, &err));
  char text[4096];
  snprintf(text, sizeof text, "%.*s", (int)info.len, info.data);
  CHECK(strstr(text, "[\"gate.log\"]"));
  sawlog_bytes_release(&info);
  sawlog_reader_free(r);
  close(ends[0]);
  close(ends[1]);
}

static void refused(const sawlog_parser *p) {
  sawlog_reader *r;
  static const struct {
    const char *path, *options;
    int code, detail;
  } cases[] = {{"/no/such/file.log", "", SAWLOG_E_IO, 2}, {"/", "", SAWLOG_E_IO, 21 /* EISDIR */}, {"x", "{\"thread\": 1}", SAWLOG_E_OPTION, 0},
               {"x", "{\"threads\": -1}", SAWLOG_E_OPTION, 0}, {"/dev/null", "{\"codec\": \"zip\"}", SAWLOG_E_OPTION, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sawlog_batch *b;
    int rc = sawlog_open_path(p, cases[i].path, strlen(cases[i].path), cases[i].options, strlen(cases[i].options), &r, &err);
    if (rc == SAWLOG_OK) { /* told when it is read */
      rc = sawlog_reader_next(r, NULL, &b, &err);
      sawlog_reader_free(r);
    }
    if (i == 2 || i == 3) rc = rc == SAWLOG_E_IO ? SAWLOG_E_OPTION : rc; /* which of two mistakes is told first is open */
    CHECK_INT(rc, cases[i].code);
    if (cases[i].detail) CHECK_INT(err.detail, cases[i].detail);
  }
  CHECK_INT(sawlog_open_fd(p, 9999, 1, NULL, 0, &r, &err), SAWLOG_E_IO);
  CHECK_INT(err.detail, 9);
}

/* After the end comes the end, after an error the same error, and a feed that was cancelled has taken nothing. */
static void afterwards(const sawlog_parser *p, const char *path, const char *data, size_t n) {
  sawlog_reader *r;
  sawlog_batch *b;
  sawlog_stream *s;
  static const char limit[] = "{\"limits\": {\"bytes\": 1000}}";
  CHECK_OK(sawlog_open_path(p, path, strlen(path), NULL, 0, &r, &err));
  while (sawlog_reader_next(r, NULL, &b, &err) == SAWLOG_OK && b) sawlog_batch_free(b);
  for (int i = 0; i < 2; i++) {
    CHECK_OK(sawlog_reader_next(r, NULL, &b, &err));
    CHECK(!b);
  }
  sawlog_reader_free(r);

  CHECK_OK(sawlog_open_path(p, path, strlen(path), limit, sizeof limit - 1, &r, &err));
  int32_t rc;
  while ((rc = sawlog_reader_next(r, NULL, &b, &err)) == SAWLOG_OK && b) sawlog_batch_free(b);
  CHECK_INT(rc, SAWLOG_E_LIMIT);
  CHECK_INT(err.offset, 1000);
  CHECK_INT(sawlog_reader_next(r, NULL, &b, &err), SAWLOG_E_LIMIT);
  CHECK(!b);
  sawlog_reader_free(r);

  int32_t now = 1;
  sawlog_call call = {.struct_size = sizeof call, .cancel = &now};
  CHECK_OK(sawlog_stream_new(p, NULL, 0, &s, &err));
  CHECK_INT(sawlog_stream_feed(s, (const uint8_t *)data, n, &call, &b, &err), SAWLOG_E_CANCELLED);
  CHECK_OK(sawlog_stream_flush(s, &b, &err));
  CHECK(!b);
  now = 0;
  CHECK_OK(sawlog_stream_feed(s, (const uint8_t *)data, n, &call, &b, &err));
  CHECK(sawlog_batch_lines(b) > 0);
  sawlog_stream_free(s);
  sawlog_batch_free(b);
}

/* Parser, reader and batch are freed in any order. */
static void any_order(const char *path) {
  sawlog_parser *p = parser_of("combined");
  sawlog_reader *r;
  sawlog_batch *b;
  const char *text;
  size_t n;
  CHECK_OK(sawlog_open_path(p, path, strlen(path), NULL, 0, &r, &err));
  sawlog_parser_free(p);
  CHECK_OK(sawlog_reader_next(r, NULL, &b, &err));
  sawlog_reader_free(r);
  CHECK_OK(sawlog_batch_get_str(b, 0, 0, &text, &n));
  CHECK(n > 0);
  sawlog_batch_free(b);
}

int main(int argc, char **argv) {
  char path[512];
  size_t n;
  char *data = lines(8000, &n);
  snprintf(path, sizeof path, "%s/sawlog-reader-test-%d.log", argc > 1 ? argv[1] : ".", (int)getpid());
  FILE *f = fopen(path, "w");
  CHECK(f && fwrite(data, 1, n, f) == n && fclose(f) == 0);
  sawlog_parser *p = parser_of("combined");
  cuts(p, path, data, n);
  pipes(p);
  left_open(p);
  refused(p);
  afterwards(p, path, data, n);
  any_order(path);
  sawlog_parser_free(p);
  free(data);
  unlink(path);
  sawlog_release_memory();
  check_nothing_alive();
  return 0;
}
