/* Readers: checks, one thread at a time, and the figures that anybody may look at meanwhile. */
#include "internal.h"

#include <string.h>

enum { TAKE_MOST = 4096 };

static const char busy_text[] = "the reader is in use by another thread";

/* The Go number of the parser, 0 for none. */
static int32_t parser_number(const saw_go *go, const sawlog_parser *p, uint32_t *number, sawlog_error *err) {
  *number = 0;
  if (!p) return SAWLOG_OK;
  if (!saw_is(p, SAW_PARSER)) return SAW_HANDLE(err, "parser");
  return saw_parser_go(go, p, number, err);
}

static sawlog_reader *reader_new(sawlog_error *err) {
  sawlog_reader *r = saw_slot_new(SAW_READER);
  if (!r) saw_fail(err, SAWLOG_E_MEMORY, "out of memory");
  else r->generation = saw_generation();
  return r;
}

static int32_t opened(sawlog_reader *r, int32_t rc, sawlog_reader **out, const sawlog_error *full, sawlog_error *err) {
  if (rc) {
    saw_slot_free(r);
    return saw_done(err, rc, full);
  }
  saw_memory_reader(r->progress.stats.bytes_total);
  *out = r;
  return SAWLOG_OK;
}

int32_t sawlog_open_path(const sawlog_parser *p, const char *path, size_t n, const char *opts, size_t opts_n, sawlog_reader **out, sawlog_error *err) {
  sawlog_error full;
  uint32_t number;
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  *out = NULL;
  if (SAW_NOT(path, n) || SAW_NOT(opts, opts_n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "path or opts is NULL or too long");
  const saw_go *go = saw_runtime(err);
  if (!go) return SAWLOG_E_FORKED;
  SAW_TRY(parser_number(go, p, &number, err));
  SAW_TRY(saw_may_open(go, err));
  sawlog_reader *r = reader_new(err);
  if (!r) return SAWLOG_E_MEMORY;
  return opened(r, SAW_GO(go->open_path(number, (char *)path, n, (char *)opts, opts_n, &r->progress, &r->go, &full)), out, &full, err);
}

int32_t sawlog_open_fd(const sawlog_parser *p, int32_t fd, int32_t close_fd, const char *opts, size_t opts_n, sawlog_reader **out, sawlog_error *err) {
  sawlog_error full;
  uint32_t number;
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  *out = NULL;
  if (fd < 0 || SAW_NOT(opts, opts_n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "fd is negative, or opts is NULL or too long");
  const saw_go *go = saw_runtime(err);
  if (!go) return SAWLOG_E_FORKED;
  SAW_TRY(parser_number(go, p, &number, err));
  SAW_TRY(saw_may_open(go, err));
  sawlog_reader *r = reader_new(err);
  if (!r) return SAWLOG_E_MEMORY;
  return opened(r, SAW_GO(go->open_fd(number, fd, close_fd, (char *)opts, opts_n, &r->progress, &r->go, &full)), out, &full, err);
}

static int32_t enter(sawlog_reader *r, const saw_go **go, sawlog_error *err) {
  *go = saw_runtime_now();
  if (!*go || r->generation != saw_generation()) return saw_fail(err, SAWLOG_E_FORKED, "the reader was opened before fork()");
  if (__atomic_exchange_n(&r->busy, 1, __ATOMIC_ACQUIRE)) return saw_fail(err, SAWLOG_E_BUSY, busy_text);
  return SAWLOG_OK;
}

static int32_t leave(sawlog_reader *r, int32_t rc, const sawlog_error *full, sawlog_error *err) {
  __atomic_store_n(&r->busy, 0, __ATOMIC_RELEASE);
  return saw_done(err, rc, full);
}

int32_t saw_reader_next(sawlog_reader *r, sawlog_call *call, sawlog_batch **out, sawlog_error *err) {
  const saw_go *go;
  sawlog_error full;
  SAW_TRY(enter(r, &go, err));
  return leave(r, SAW_GO(go->reader_next(r->go, call, out, &full)), &full, err);
}

int32_t saw_reader_schema(sawlog_reader *r, saw_schema **out, sawlog_error *err) {
  const saw_go *go;
  sawlog_error full;
  SAW_TRY(enter(r, &go, err));
  return leave(r, SAW_GO(go->reader_schema(r->go, out, &full)), &full, err);
}

/* What next and info check. */
static int32_t start(const sawlog_reader *r, const sawlog_call *from, sawlog_call *call, sawlog_error *err) {
  if (!saw_is(r, SAW_READER)) return SAW_HANDLE(err, "reader");
  if (saw_call(from, call) || call->release) return saw_fail(err, SAWLOG_E_ARGUMENT, "the sawlog_call is malformed, or moves an input where there is none");
  if (__atomic_load_n(&r->moved, __ATOMIC_ACQUIRE)) return saw_fail(err, SAWLOG_E_BUSY, "the reader has been moved into an Arrow stream");
  return SAWLOG_OK;
}

int32_t sawlog_reader_next(sawlog_reader *r, const sawlog_call *from, sawlog_batch **out, sawlog_error *err) {
  sawlog_call call;
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  *out = NULL;
  SAW_TRY(start(r, from, &call, err));
  return saw_reader_next(r, &call, out, err);
}

int32_t sawlog_reader_take(sawlog_reader *r, const sawlog_call *from, sawlog_batch **out, int64_t most, int64_t *taken, sawlog_error *err) {
  const saw_go *go;
  sawlog_call call;
  sawlog_error full;
  if (taken) *taken = 0;
  if (!out || !taken || most < 1 || most > TAKE_MOST) return saw_fail(err, SAWLOG_E_ARGUMENT, "out or taken is NULL, or most is not 1 to %d", TAKE_MOST);
  memset(out, 0, (size_t)most * sizeof *out);
  SAW_TRY(start(r, from, &call, err));
  SAW_TRY(enter(r, &go, err));
  int32_t rc = SAW_GO(go->reader_take(r->go, &call, out, most, taken, &full));
  if (rc) { /* no memory for one of them: those before it are not given either */
    for (int64_t i = 0; i < *taken; i++) sawlog_batch_free(out[i]);
    memset(out, 0, (size_t)most * sizeof *out);
    *taken = 0;
  }
  return leave(r, rc, &full, err);
}

int32_t sawlog_reader_info_json(sawlog_reader *r, const sawlog_call *from, sawlog_bytes *out, sawlog_error *err) {
  const saw_go *go;
  sawlog_call call;
  sawlog_error full;
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  memset(out, 0, sizeof *out);
  SAW_TRY(start(r, from, &call, err));
  SAW_TRY(enter(r, &go, err));
  return leave(r, SAW_GO(go->reader_info(r->go, &call, out, &full)), &full, err);
}

int32_t sawlog_reader_stats(const sawlog_reader *r, sawlog_read_stats *out) {
  if (!saw_is(r, SAW_READER)) return SAWLOG_E_HANDLE;
  if (!out) return SAWLOG_E_ARGUMENT;
  sawlog_read_stats s;
  uint64_t turn;
  do { /* a copy that was not written to meanwhile */
    turn = __atomic_load_n(&r->progress.turn, __ATOMIC_ACQUIRE);
    memcpy(&s, &r->progress.stats, sizeof s);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
  } while (r->generation == saw_generation() && (turn & 1 || __atomic_load_n(&r->progress.turn, __ATOMIC_RELAXED) != turn));
  return saw_out(out, &s, sizeof s);
}

void sawlog_reader_free(sawlog_reader *r) {
  if (!saw_is(r, SAW_READER) || __atomic_load_n(&r->moved, __ATOMIC_ACQUIRE)) return;
  const saw_go *go = saw_runtime_now();
  if (r->generation == saw_generation()) {
    if (go) SAW_GO(go->reader_free(r->go));
    saw_memory_reader_gone();
  }
  saw_slot_free(r);
}
