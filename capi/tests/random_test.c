/* Functions of the header in random order with random arguments, for some seconds: handles that live, that are freed, of another kind, or no
   handles; texts and structs that end where a page ends; lengths that cannot be; structs of every size. Whatever comes, the status is one that
   the header knows, an error says what is wrong, a success leaves it alone, and in the end nothing is left.
   random FOLDER SECONDS SEED */
#define _GNU_SOURCE
#include "arrow_check.h"
#include "chance.h"

#include <fcntl.h>

/* ---- What there is: handles, and some that were ---- */

enum kind { PARSER, STREAM, READER, BATCH, TEMPLATES };
enum { MOST = 300 };

typedef struct entry {
  void *handle;
  enum kind kind;
  int live;
} entry;

static entry pool[MOST];
static int in_pool;

static void free_handle(void *handle, enum kind kind) {
  switch (kind) {
    case PARSER: sawlog_parser_free(handle); return;
    case STREAM: sawlog_stream_free(handle); return;
    case READER: sawlog_reader_free(handle); return;
    case BATCH: sawlog_batch_free(handle); return;
    case TEMPLATES: sawlog_templates_free(handle); return;
  }
}

static void take_out(int i) {
  entry e = pool[i];
  pool[i] = pool[--in_pool];
  if (e.live) free_handle(e.handle, e.kind);
}

static void keep(void *handle, enum kind kind) {
  if (!handle) return;
  for (int i = in_pool - 1; i >= 0; i--) { /* a freed handle that has been given out again cannot be told: it is not tried any more */
    if (pool[i].handle != handle) continue;
    CHECK(!pool[i].live);
    take_out(i);
  }
  if (in_pool == MOST) take_out(below(MOST));
  pool[in_pool++] = (entry){handle, kind, 1};
}

static entry *find(const void *handle, enum kind kind) {
  for (int i = 0; i < in_pool; i++) {
    if (pool[i].handle == handle && pool[i].kind == kind && pool[i].live) return &pool[i];
  }
  return NULL;
}

/* A handle, mostly a live one of this kind. */
static void *some(enum kind kind) {
  static char foreign[4096];
  switch (below(16)) {
    case 0: return NULL;
    case 1: return foreign + below(4000);
    case 2: return (void *)(uintptr_t)chance();
    case 3: return in_pool ? (char *)pool[below(in_pool)].handle + 1 + below(255) : NULL;
    case 4: return in_pool ? pool[below(in_pool)].handle : NULL;
  }
  for (int tries = 0; tries < 40 && in_pool; tries++) {
    entry *e = &pool[below(in_pool)];
    if (e->kind == kind && (e->live || one_in(10))) return e->handle;
  }
  return NULL;
}

/* made is what a function put where a handle was expected. */
static void judge_new(int rc, const sawlog_error *e, int must_fail, void *made, enum kind kind) {
  judge(rc, e, must_fail);
  if (rc < 0) CHECK(made == NULL);
  keep(made, kind);
}

/* ---- The functions ---- */

static void parsers(void) {
  void *p = some(PARSER), *out = &error;
  int wrong = !find(p, PARSER);
  sawlog_error *e = somewhere();
  char room[600];
  int64_t size;
  text t = one_in(2) ? any_log(0) : TEXT(0, lines_of);
  const uint8_t *data = (const uint8_t *)t.p;
  const sawlog_call *call = any_call(1);
  int rc;
  switch (below(8)) {
    case 0:
    case 1:
      t = TEXT(0, definitions);
      rc = sawlog_parser_new(t.p, t.n, (sawlog_parser **)&out, e);
      judge_new(rc, e, t.bad, out, PARSER);
      return;
    case 2: judge_bytes(sawlog_parser_info_json(p, &bytes, e), e, wrong); return;
    case 3: judge_bytes(sawlog_parser_explain(p, data, t.n, &bytes, e), e, wrong || t.bad); return;
    case 4: judge(sawlog_parse_packed(p, data, t.n, one_in(10) ? NULL : room, (size_t)below((int)sizeof room), &size, e), e, wrong || t.bad); return;
    case 5:
      rc = sawlog_parse_record(p, data, t.n, (sawlog_batch **)&out, e);
      judge_new(rc, e, wrong || t.bad, out, BATCH);
      return;
  }
  released = 0;
  rc = sawlog_parse(p, data, t.n, call, (sawlog_batch **)&out, e);
  judge(rc, e, wrong || t.bad);
  CHECK(rc == SAWLOG_OK || out == NULL);
  sawlog_batch_free(out); /* it may borrow what the next function overwrites */
  CHECK_INT(released, moves(call));
}

static void streams(void) {
  void *s = some(STREAM), *p = some(PARSER), *out = &error;
  int wrong = !find(s, STREAM);
  sawlog_error *e = somewhere();
  text t = any_log(0), o = TEXT(1, options);
  int rc;
  switch (below(5)) {
    case 0:
      rc = sawlog_stream_new(p, o.p, o.n, (sawlog_stream **)&out, e);
      judge_new(rc, e, o.bad || !find(p, PARSER), out, STREAM);
      return;
    case 1:
      rc = sawlog_stream_flush(s, (sawlog_batch **)&out, e);
      judge_new(rc, e, wrong, out, BATCH);
      return;
  }
  rc = sawlog_stream_feed(s, (const uint8_t *)t.p, t.n, any_call(one_in(20)), (sawlog_batch **)&out, e);
  judge_new(rc, e, wrong || t.bad, out, BATCH);
}

static void open_one(void) {
  void *p = one_in(3) ? some(PARSER) : NULL, *out = &error;
  sawlog_error *e = somewhere();
  text t = TEXT(0, paths), o = TEXT(1, options);
  int bad = o.bad || (p && !find(p, PARSER)), rc;
  if (one_in(2)) {
    rc = sawlog_open_path(p, t.p, t.n, o.p, o.n, (sawlog_reader **)&out, e);
    judge_new(rc, e, bad || t.bad, out, READER);
    return;
  }
  int fd = one_in(8) ? 99999 : open(ANY(paths), O_RDONLY | O_CLOEXEC);
  rc = sawlog_open_fd(p, fd, 1, o.p, o.n, (sawlog_reader **)&out, e);
  judge_new(rc, e, bad || fd < 0 || fd == 99999, out, READER);
  if (rc && fd >= 0 && fd != 99999) close(fd);
}

static void use_stream(struct ArrowArrayStream *s) {
  for (int left = below(5); left > 0; left--) {
    struct ArrowArray a = {.release = NULL};
    struct ArrowSchema schema = {.release = NULL};
    int rc = one_in(3) ? s->get_schema(s, &schema) : s->get_next(s, &a);
    if (rc) CHECK(s->get_last_error(s) && s->get_last_error(s)[0]);
    if (rc) CHECK(!a.release && !schema.release);
    if (a.release) a.release(&a);
    if (schema.release) schema.release(&schema);
  }
  s->release(s);
  CHECK(s->release == NULL);
}

static void readers(void) {
  void *r = some(READER), *out = &error;
  sawlog_batch *list[8];
  int64_t taken = 7, most = one_in(20) ? -below(2) : 1 + below(8);
  struct ArrowArrayStream stream;
  entry *known = find(r, READER);
  sawlog_error *e = somewhere();
  const sawlog_call *call = any_call(one_in(20));
  int rc;
  switch (below(8)) {
    case 0:
    case 1: open_one(); return;
    case 2:
      rc = sawlog_reader_take(r, call, list, most, &taken, e);
      judge(rc, e, !known || most < 1);
      for (int i = 0; i < taken; i++) keep(list[i], BATCH);
      return;
    case 3: judge_bytes(sawlog_reader_info_json(r, call, &bytes, e), e, !known); return;
    case 4: check_status(sawlog_reader_stats(r, to_fill(sizeof(sawlog_read_stats)))); return;
    case 5:
      rc = sawlog_reader_export_stream(r, one_in(3) ? (uint32_t)chance() : 0, &stream, e);
      judge(rc, e, !known);
      CHECK(rc == SAWLOG_OK || stream.release == NULL);
      if (rc) return;
      CHECK_INT(sawlog_reader_next(r, NULL, (sawlog_batch **)&out, NULL), SAWLOG_E_BUSY);
      use_stream(&stream);
      known->live = 0;
      return;
  }
  rc = sawlog_reader_next(r, call, (sawlog_batch **)&out, e);
  judge_new(rc, e, !known, out, BATCH);
}

static void look(const sawlog_batch *b) {
  int32_t column = one_in(5) ? (int32_t)chance() : below(sawlog_batch_columns(b) + 3) - 1;
  int64_t row = one_in(5) ? (int64_t)chance() : below((int)sawlog_batch_rows(b) + 2) - 1, i;
  int is = sawlog_batch_is_null(b, column, row);
  const char *t;
  double f;
  size_t n = (size_t)below(400);
  int fits = (sawlog_batch_get_i64(b, column, row, &i) == SAWLOG_OK) + (sawlog_batch_get_f64(b, column, row, &f) == SAWLOG_OK);
  if (sawlog_batch_get_str(b, column, row, &t, &n) == SAWLOG_OK) {
    fits++;
    for (size_t k = 0; k < n; k++) f += t[k];
  }
  CHECK(is >= 0 || fits == 0);
  sawlog_batch_column_name(b, column, &n);
  sawlog_batch_find_column(b, "status", 6);
  sawlog_batch_schema_json(b, one_in(2) ? &n : NULL);
  n = (size_t)below(400);
  sawlog_batch_layout(b, edge(2, n * 8), n);
  sawlog_batch_pack_row(b, row, edge(2, n), n);
  sawlog_batch_rejects(b, one_in(5) ? row : 0, edge(2, 56 * (n % 9)), (int64_t)(n % 9));
  check_status(sawlog_batch_column(b, column, to_fill(sizeof(sawlog_column))));
  check_status(sawlog_batch_reject(b, row, to_fill(sizeof(sawlog_reject))));
}

static void batches(void) {
  sawlog_batch *b = some(BATCH), *list[3] = {b, some(BATCH), b};
  int wrong = !find(b, BATCH), n = below(4), all = (n < 1 || !wrong) && (n < 2 || find(list[1], BATCH));
  sawlog_error *e = somewhere();
  uint32_t flags = one_in(3) ? (uint32_t)chance() : (uint32_t)below(32);
  struct ArrowArrayStream stream;
  int rc;
  switch (below(7)) {
    case 0:
      CHECK((sawlog_batch_retain(b) == NULL) == wrong);
      if (!wrong) sawlog_batch_free(b);
      break;
    case 1: if (!wrong && one_in(4)) check_all_flags(b); break;
    case 2: judge_bytes(sawlog_batch_to_json(b, one_in(4) ? (int64_t)chance() : 0, below(9), flags % 6, &bytes, e), e, wrong); return;
    case 3: judge_bytes(sawlog_batches_to_ipc((const sawlog_batch *const *)list, n, flags, &bytes, e), e, !all); return;
    case 4:
      rc = sawlog_batches_export_stream(list, n, flags, &stream, e);
      judge(rc, e, !all);
      if (rc == SAWLOG_OK) use_stream(&stream);
      return;
  }
  look(b);
}

static void templates(void) {
  void *t = some(TEMPLATES), *other = some(TEMPLATES), *out = &error;
  int wrong = !find(t, TEMPLATES);
  sawlog_error *e = somewhere();
  text log = any_log(0), o = TEXT(1, options);
  int64_t ids[64];
  size_t seen, room = (size_t)below(64);
  sawlog_batch *b = some(BATCH);
  int rc;
  for (int i = 0; i < 64; i++) ids[i] = one_in(2) ? below(9) : (int64_t)chance();
  switch (below(8)) {
    case 0:
      rc = sawlog_templates_new(o.p, o.n, (sawlog_templates **)&out, e);
      judge_new(rc, e, o.bad, out, TEMPLATES);
      return;
    case 1: judge(sawlog_templates_add(t, (const uint8_t *)log.p, log.n, ids, e), e, wrong || log.bad); return;
    case 2: judge(sawlog_templates_add_lines(t, (const uint8_t *)log.p, log.n, edge(2, room * 8), room, &seen, e), e, wrong || log.bad); return;
    case 3: judge(sawlog_templates_add_column(t, b, below(9) - 1, NULL, e), e, wrong || !find(b, BATCH)); return;
    case 4: judge_bytes(sawlog_templates_match_json(t, (const uint8_t *)log.p, log.n, &bytes, e), e, wrong || log.bad); return;
    case 5: judge(sawlog_templates_resolve(t, ids, room, e), e, wrong); return;
    case 6: judge(sawlog_templates_merge(t, other, e), e, wrong || !find(other, TEMPLATES)); return;
  }
  judge_bytes(sawlog_templates_list_json(t, &bytes, e), e, wrong);
}

static void texts(void) {
  sawlog_error *e = somewhere();
  text t = any_log(0), o = TEXT(1, options), d = TEXT(2, definitions);
  switch (below(12)) {
    case 0: judge_bytes(sawlog_detect((const uint8_t *)t.p, t.n, o.p, o.n, &bytes, e), e, t.bad || o.bad); return;
    case 1: t = TEXT(0, paths); judge_bytes(sawlog_detect_path(t.p, t.n, o.p, o.n, &bytes, e), e, t.bad || o.bad); return;
    case 2: judge_bytes(sawlog_format_describe(d.p, d.n, &bytes, e), e, d.bad); return;
    case 3: judge(sawlog_configure(o.p, o.n, e), e, o.bad); return;
    case 4: check_status(sawlog_get_stats(to_fill(sizeof(sawlog_stats)))); return;
  }
}

static void free_one(void) {
  enum kind kind = (enum kind)below(5);
  void *h = some(kind);
  entry *known = find(h, kind);
  free_handle(h, kind);
  if (known) known->live = 0;
}

static void (*const families[])(void) = {parsers, parsers, streams, readers, readers, batches, batches, templates, texts, free_one};

int main(int argc, char **argv) {
  char path[512];
  size_t n;
  char *data = lines(300, &n);
  double length = argc > 2 ? atof(argv[2]) : 3, end = seconds() + length;
  state = (argc > 3 ? strtoull(argv[3], NULL, 0) : 1) * 0x9E3779B97F4A7C15u | 1;
  snprintf(path, sizeof path, "%s/sawlog-random-test.log", argc > 1 ? argv[1] : ".");
  FILE *f = fopen(path, "w");
  CHECK(f && fwrite(data, 1, n, f) == n && fclose(f) == 0);
  paths[0] = path;
  while (seconds() < end) {
    for (int i = 0; i < 1000; i++) {
      ANY(families)();
    }
    if (one_in(20)) sawlog_release_memory();
  }
  while (in_pool > 0) take_out(0);
  printf("%ld answers, %ld of them failures\n", answers, failures);
  CHECK(failures > answers / 20 && failures < answers / 10 * 9);
  remove(path);
  free(data);
  check_nothing_alive();
  return 0;
}
