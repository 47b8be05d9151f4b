/* Eight threads with the same parsers, streams, readers, batches, templates, and one flag to cancel by, which one of them sets and takes back:
   each call does what it is for, or says busy, cancelled or again, and all goes on.
   race FOLDER SECONDS */
#define _GNU_SOURCE
#include "arrow_check.h"

#include <pthread.h>

static sawlog_parser *parsers[3];
static sawlog_batch *batches[3];
static sawlog_stream *stream;
static sawlog_reader *readers[2]; /* of a file, and of a pipe that gives a little from time to time */
static sawlog_templates *templates[2];
static char path[512], *data;
static size_t data_n;
static volatile int stop;
static int32_t cancel;
static long did[4];

typedef struct self {
  unsigned seed;
  sawlog_error error;
  sawlog_call call;
} self;

static int below(self *me, int n) { return rand_r(&me->seed) % n; }

static int read_some(self *me) {
  sawlog_batch *some[4] = {NULL};
  sawlog_read_stats figures = {.struct_size = sizeof figures};
  sawlog_bytes text;
  sawlog_reader *r = readers[below(me, 2)];
  int64_t taken = 1;
  int rc;
  switch (below(me, 4)) {
    case 0:
      rc = sawlog_reader_info_json(r, &me->call, &text, &me->error);
      sawlog_bytes_release(&text);
      return rc;
    case 1:
      CHECK(sawlog_reader_stats(r, &figures) == SAWLOG_OK);
      CHECK(figures.lines == figures.records + figures.continuations + figures.rejects + figures.filtered);
      return SAWLOG_OK;
    case 2: rc = sawlog_reader_take(r, &me->call, some, 4, &taken, &me->error); break;
    default: rc = sawlog_reader_next(r, &me->call, some, &me->error);
  }
  for (int64_t i = 0; i < taken; i++) sawlog_batch_free(some[i]);
  return rc;
}

static int read_own(self *me) {
  sawlog_reader *r;
  sawlog_batch *b = NULL;
  struct ArrowArrayStream arrow;
  struct ArrowArray array;
  int rc = sawlog_open_path(parsers[below(me, 3)], path, strlen(path), NULL, 0, &r, &me->error);
  if (rc) return rc;
  if (below(me, 2)) {
    rc = sawlog_reader_next(r, &me->call, &b, &me->error);
    sawlog_batch_free(b);
    sawlog_reader_free(r);
    return rc;
  }
  CHECK(sawlog_reader_export_stream(r, 0, &arrow, NULL) == SAWLOG_OK);
  CHECK(arrow.get_next(&arrow, &array) == 0);
  if (array.release) array.release(&array);
  arrow.release(&arrow);
  return SAWLOG_OK;
}

static int parse(self *me) {
  sawlog_batch *b = NULL;
  const sawlog_parser *p = parsers[below(me, 3)];
  int rc;
  me->call.wait_ms = 0;
  switch (below(me, 3)) {
    case 0: rc = sawlog_parse(p, (const uint8_t *)data, data_n / (size_t)(1 + below(me, 50)), &me->call, &b, &me->error); break;
    case 1:
      rc = sawlog_parse_record(p, (const uint8_t *)LINE, sizeof LINE - 1, &b, &me->error);
      CHECK(rc || sawlog_batch_rows(b) + sawlog_batch_reject_count(b) == 1);
      break;
    default: rc = below(me, 3) ? sawlog_stream_feed(stream, (const uint8_t *)data, (size_t)below(me, 20000), &me->call, &b, &me->error) : sawlog_stream_flush(stream, &b, &me->error);
  }
  sawlog_batch_free(b);
  return rc;
}

static int look(self *me) {
  sawlog_batch *b = batches[below(me, 3)];
  struct ArrowArray array;
  struct ArrowSchema schema;
  sawlog_bytes text;
  int rc;
  switch (below(me, 3)) {
    case 0:
      rc = sawlog_batch_export_arrow(b, (uint32_t)below(me, 4), &array, &schema, &me->error);
      if (rc == SAWLOG_OK) array.release(&array), schema.release(&schema);
      return rc;
    case 1:
      rc = sawlog_batch_to_json(b, 0, 5, 0, &text, &me->error);
      sawlog_bytes_release(&text);
      return rc;
  }
  sawlog_batch_free(sawlog_batch_retain(b));
  return SAWLOG_OK;
}

static int learn(self *me) {
  int one = below(me, 2);
  sawlog_bytes text;
  switch (below(me, 3)) {
    case 0: return sawlog_templates_add_lines(templates[one], (const uint8_t *)data, 5000, NULL, 0, NULL, &me->error);
    case 1: return sawlog_templates_merge(templates[one], templates[1 - one], &me->error);
  }
  int rc = sawlog_templates_list_json(templates[one], &text, &me->error);
  sawlog_bytes_release(&text);
  return rc;
}

static int flip(self *me) {
  __atomic_store_n(&cancel, below(me, 3) == 0, __ATOMIC_RELAXED);
  if (below(me, 200) == 0) sawlog_release_memory();
  return SAWLOG_OK;
}

static void *work(void *arg) {
  static int (*const all[])(self *) = {read_some, read_some, read_own, parse, parse, look, learn, flip};
  self me = {.seed = (unsigned)(size_t)arg, .error = {.struct_size = sizeof(sawlog_error)}};
  while (!stop) {
    me.call = (sawlog_call){.struct_size = sizeof me.call, .cancel = below(&me, 3) ? &cancel : NULL, .wait_ms = 1 + below(&me, 3)};
    int rc = all[below(&me, sizeof all / sizeof *all)](&me), kind = rc == SAWLOG_OK ? 0 : rc == SAWLOG_AGAIN ? 1 : rc == SAWLOG_E_CANCELLED ? 2 : 3;
    if (kind == 3 && rc != SAWLOG_E_BUSY) fprintf(stderr, "%s: %s\n", sawlog_status_name(rc), me.error.message);
    CHECK(kind < 3 || rc == SAWLOG_E_BUSY);
    __atomic_add_fetch(&did[kind], 1, __ATOMIC_RELAXED);
  }
  return NULL;
}

int main(int argc, char **argv) {
  static const char *const definitions[] = {"combined", "auto", "{\"grok\": \"%{COMBINEDAPACHELOG}\"}"};
  pthread_t threads[8];
  int ends[2];
  data = lines(3000, &data_n);
  snprintf(path, sizeof path, "%s/sawlog-race-test.log", argc > 1 ? argv[1] : ".");
  FILE *f = fopen(path, "w");
  for (int i = 0; f && i < 10; i++) CHECK(fwrite(data, 1, data_n, f) == data_n);
  CHECK(f && fclose(f) == 0 && pipe(ends) == 0);
  for (int i = 0; i < 3; i++) {
    parsers[i] = parser_of(definitions[i]);
    CHECK_OK(sawlog_parse(parsers[i], (const uint8_t *)data, data_n, NULL, &batches[i], &err));
  }
  CHECK_OK(sawlog_stream_new(parsers[0], NULL, 0, &stream, &err));
  for (int i = 0; i < 2; i++) CHECK_OK(sawlog_templates_new(NULL, 0, &templates[i], &err));
  CHECK_OK(sawlog_open_path(NULL, path, strlen(path), NULL, 0, &readers[0], &err));
  CHECK_OK(sawlog_open_fd(parsers[0], ends[0], 1, NULL, 0, &readers[1], &err));
  for (size_t i = 0; i < 8; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)(i + 1)) == 0);
  for (double end = seconds() + (argc > 2 ? atof(argv[2]) : 2); seconds() < end; usleep(10000)) CHECK(write(ends[1], data, 3000) == 3000);
  stop = 1;
  close(ends[1]);
  for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < 2; i++) sawlog_reader_free(readers[i]), sawlog_templates_free(templates[i]);
  for (int i = 0; i < 3; i++) sawlog_parser_free(parsers[i]), sawlog_batch_free(batches[i]);
  sawlog_stream_free(stream);
  printf("%ld done, %ld again, %ld cancelled, %ld busy\n", did[0], did[1], did[2], did[3]);
  CHECK(did[0] > 100 && did[2] > 0);
  remove(path);
  free(data);
  check_nothing_alive();
  return 0;
}
