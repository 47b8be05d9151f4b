/* Parsers and streams: checks, and who owns the input. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_MOST = 16 << 10 };

static uint64_t pack(uint32_t generation, uint32_t number) { return (uint64_t)generation << 32 | number; }

int32_t sawlog_parser_new(const char *definition, size_t n, sawlog_parser **out, sawlog_error *err) {
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  *out = NULL;
  if (SAW_NOT(definition, n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "definition is NULL or too long");
  const saw_go *go = saw_runtime(err);
  if (!go) return SAWLOG_E_FORKED;
  sawlog_error full;
  uint32_t number;
  int32_t rc = SAW_GO(go->parser_new((char *)definition, n, &number, &full));
  if (rc) return saw_done(err, rc, &full);
  sawlog_parser *p = saw_slot_new(SAW_PARSER);
  char *copy = malloc(n + 1);
  if (!p || !copy) {
    SAW_GO(go->parser_free(number));
    if (p) saw_slot_free(p);
    free(copy);
    return saw_fail(err, SAWLOG_E_MEMORY, "out of memory");
  }
  if (n) memcpy(copy, definition, n);
  copy[n] = 0;
  p->definition = copy;
  p->definition_n = n;
  p->room = 1024;
  __atomic_store_n(&p->go, pack(saw_generation(), number), __ATOMIC_RELEASE);
  *out = p;
  return SAWLOG_OK;
}

void sawlog_parser_free(sawlog_parser *p) {
  if (!saw_is(p, SAW_PARSER)) return;
  uint64_t at = __atomic_load_n(&p->go, __ATOMIC_ACQUIRE);
  const saw_go *go = saw_runtime_now();
  if (go && at >> 32 == saw_generation()) SAW_GO(go->parser_free((uint32_t)at));
  if (p->lines) saw_spare_close(p->lines);
  saw_schema_release(p->lines);
  free(p->definition);
  saw_slot_free(p);
}

/* After fork(): several threads may want the same parser first, one makes it. */
static int32_t make_again(const saw_go *go, sawlog_parser *p, uint32_t *number, sawlog_error *err) {
  uint64_t was = __atomic_load_n(&p->go, __ATOMIC_ACQUIRE);
  sawlog_error full;
  int32_t rc = SAW_GO(go->parser_new(p->definition, p->definition_n, number, &full));
  if (rc) return saw_done(err, rc, &full);
  if (was >> 32 != saw_generation() && __atomic_compare_exchange_n(&p->go, &was, pack(saw_generation(), *number), 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return SAWLOG_OK;
  SAW_GO(go->parser_free(*number));
  *number = (uint32_t)__atomic_load_n(&p->go, __ATOMIC_ACQUIRE);
  return SAWLOG_OK;
}

int32_t saw_parser_go(const saw_go *go, const sawlog_parser *p, uint32_t *number, sawlog_error *err) {
  uint64_t at = __atomic_load_n(&p->go, __ATOMIC_ACQUIRE);
  *number = (uint32_t)at;
  if (__builtin_expect(at >> 32 == saw_generation(), 1)) return SAWLOG_OK;
  return make_again(go, (sawlog_parser *)p, number, err);
}

/* The beginning of every function that uses a parser. */
#define START(parser, err)                                    \
  if (!saw_is(parser, SAW_PARSER)) return SAW_HANDLE(err, "parser"); \
  const saw_go *go = saw_runtime(err);                        \
  if (!go) return SAWLOG_E_FORKED;                            \
  sawlog_error full;                                          \
  uint32_t number;                                            \
  SAW_TRY(saw_parser_go(go, parser, &number, err))

int32_t sawlog_parser_info_json(const sawlog_parser *p, sawlog_bytes *out, sawlog_error *err) {
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  memset(out, 0, sizeof *out);
  START(p, err);
  return saw_done(err, SAW_GO(go->parser_info(number, out, &full)), &full);
}

int32_t sawlog_parser_explain(const sawlog_parser *p, const uint8_t *line, size_t n, sawlog_bytes *out, sawlog_error *err) {
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  memset(out, 0, sizeof *out);
  if (SAW_NOT(line, n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "line is NULL or too long");
  START(p, err);
  return saw_done(err, SAW_GO(go->parser_explain(number, (uint8_t *)line, n, out, &full)), &full);
}

/* The first batch of one row shows the schema, which a parser with such batches has for ever. */
static void lines_are_known(sawlog_parser *p, saw_schema *schema) {
  saw_schema *none = NULL;
  saw_schema_retain(schema);
  if (__atomic_compare_exchange_n(&p->lines, &none, schema, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) saw_spare_open(schema);
  else saw_schema_release(schema);
}

/* Memory for a batch of a few lines is taken before the call: C's allocator called from Go costs as much as half a line. *out is NULL for
 * no memory (Go asks again, and says so). */
static void room_for(const sawlog_parser *p, sawlog_batch **out) {
  saw_schema *lines = __atomic_load_n(&p->lines, __ATOMIC_ACQUIRE);
  if (lines && (*out = saw_spare_take(lines))) return;
  *out = saw_batch_new((size_t)__atomic_load_n(&p->room, __ATOMIC_RELAXED));
  if (*out && lines) (*out)->schema = saw_schema_retain(lines);
}

static void room_taken(const sawlog_parser *from, sawlog_batch *given, sawlog_batch **out, int32_t rc) {
  sawlog_parser *p = (sawlog_parser *)from;
  if (rc) *out = NULL;
  if (given && given != *out) saw_batch_unused(given);
  if (!*out) return;
  int64_t room = __atomic_load_n(&p->room, __ATOMIC_RELAXED), need = (*out)->used;
  if (need > ROOM_MOST) return;
  int64_t next = need > room ? need + need / 4 : room - (room - need) / 16;
  if (next != room) __atomic_store_n(&p->room, next, __ATOMIC_RELAXED);
  if ((*out)->laid && !__atomic_load_n(&p->lines, __ATOMIC_RELAXED)) lines_are_known(p, (*out)->schema);
}

static int32_t parse(const sawlog_parser *p, const uint8_t *data, size_t n, sawlog_call *call, sawlog_batch **out, sawlog_error *err) {
  START(p, err);
  if (n <= SAW_SMALL) room_for(p, out);
  sawlog_batch *given = *out;
  int32_t rc = SAW_GO(go->parse(number, (uint8_t *)data, n, call, out, &full));
  room_taken(p, given, out, rc);
  return saw_done(err, rc, &full);
}

/* A copy of data for the batch to own. */
static int32_t parse_copy(const sawlog_parser *p, const uint8_t *data, size_t n, sawlog_call *call, sawlog_batch **out, sawlog_error *err) {
  size_t room;
  uint8_t *copy = saw_memory(n + 64, &room);
  if (!copy) return saw_fail(err, SAWLOG_E_MEMORY, "out of memory: %zu bytes", n);
  memcpy(copy, data, n);
  int32_t rc = parse(p, copy, n, call, out, err);
  if (rc) {
    saw_memory_free(copy);
    return rc;
  }
  (*out)->release = saw_memory_free;
  (*out)->release_ctx = copy;
  return SAWLOG_OK;
}

int32_t sawlog_parse(const sawlog_parser *p, const uint8_t *data, size_t n, const sawlog_call *from, sawlog_batch **out, sawlog_error *err) {
  sawlog_call call;
  int bad = saw_call(from, &call);
  int copied = n <= SAW_SMALL;
  int32_t rc;
  if (out) *out = NULL;
  if (bad) rc = saw_fail(err, SAWLOG_E_ARGUMENT, "the sawlog_call is malformed: struct_size, flags, wait_ms, or bytes behind what is known");
  else if (!out || SAW_NOT(data, n)) rc = saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL, or data is NULL or too long");
  else if (call.flags & SAWLOG_COPY && !copied) rc = parse_copy(p, data, n, &call, out, err), copied = 1;
  else rc = parse(p, data, n, &call, out, err);
  if (!call.release) return rc;
  if (rc || copied) {
    call.release(call.release_ctx);
  } else {
    (*out)->release = call.release;
    (*out)->release_ctx = call.release_ctx;
  }
  return rc;
}

int32_t sawlog_parse_record(const sawlog_parser *p, const uint8_t *data, size_t n, sawlog_batch **out, sawlog_error *err) {
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  *out = NULL;
  if (SAW_NOT(data, n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "data is NULL or too long");
  START(p, err);
  room_for(p, out);
  sawlog_batch *given = *out;
  int32_t rc = SAW_GO(go->parse_record(number, (uint8_t *)data, n, out, &full));
  room_taken(p, given, out, rc);
  return saw_done(err, rc, &full);
}

/* ---- Streams ---- */

int32_t sawlog_stream_new(const sawlog_parser *p, const char *opts, size_t n, sawlog_stream **out, sawlog_error *err) {
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  *out = NULL;
  if (SAW_NOT(opts, n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "opts is NULL or too long");
  START(p, err);
  uint32_t made;
  int32_t rc = SAW_GO(go->stream_new(number, (char *)opts, n, &made, &full));
  if (rc) return saw_done(err, rc, &full);
  sawlog_stream *s = saw_slot_new(SAW_STREAM);
  if (!s) {
    SAW_GO(go->stream_free(made));
    return saw_fail(err, SAWLOG_E_MEMORY, "out of memory");
  }
  s->generation = saw_generation();
  s->go = made;
  *out = s;
  return SAWLOG_OK;
}

/* What busy is. A stream that is freed while another thread is in it is given back when that one leaves: programs whose waiting was given up
 * (a timeout, a task that was cancelled) free what still works. */
enum { STREAM_IDLE, STREAM_BUSY, STREAM_FREED };

static void stream_end(sawlog_stream *s) {
  const saw_go *go = saw_runtime_now();
  if (go && s->generation == saw_generation()) SAW_GO(go->stream_free(s->go));
  saw_slot_free(s);
}

static int32_t stream_enter(sawlog_stream *s, const saw_go **go, sawlog_error *err) {
  int32_t idle = STREAM_IDLE;
  if (!saw_is(s, SAW_STREAM)) return SAW_HANDLE(err, "stream");
  *go = saw_runtime_now();
  if (!*go || s->generation != saw_generation()) return saw_fail(err, SAWLOG_E_FORKED, "the stream was opened before fork()");
  if (!__atomic_compare_exchange_n(&s->busy, &idle, STREAM_BUSY, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
    return saw_fail(err, SAWLOG_E_BUSY, "the stream is in use by another thread");
  return SAWLOG_OK;
}

static void stream_leave(sawlog_stream *s) {
  int32_t busy = STREAM_BUSY;
  if (!__atomic_compare_exchange_n(&s->busy, &busy, STREAM_IDLE, 0, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE)) stream_end(s);
}

int32_t sawlog_stream_feed(sawlog_stream *s, const uint8_t *data, size_t n, const sawlog_call *from, sawlog_batch **out, sawlog_error *err) {
  const saw_go *go;
  sawlog_call call;
  sawlog_error full;
  if (out) *out = NULL;
  if (saw_call(from, &call) || call.release) return saw_fail(err, SAWLOG_E_ARGUMENT, "the sawlog_call is malformed, or moves an input that is copied");
  if (!out || SAW_NOT(data, n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL, or data is NULL or too long");
  SAW_TRY(stream_enter(s, &go, err));
  int32_t rc = SAW_GO(go->stream_feed(s->go, (uint8_t *)data, n, &call, out, &full));
  stream_leave(s);
  return saw_done(err, rc, &full);
}

int32_t sawlog_stream_flush(sawlog_stream *s, sawlog_batch **out, sawlog_error *err) {
  const saw_go *go;
  sawlog_error full;
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  *out = NULL;
  SAW_TRY(stream_enter(s, &go, err));
  int32_t rc = SAW_GO(go->stream_flush(s->go, out, &full));
  stream_leave(s);
  return saw_done(err, rc, &full);
}

void sawlog_stream_free(sawlog_stream *s) {
  if (!saw_is(s, SAW_STREAM)) return;
  /* after fork() the thread that was in it is not here */
  if (s->generation != saw_generation() || __atomic_exchange_n(&s->busy, STREAM_FREED, __ATOMIC_ACQ_REL) == STREAM_IDLE) stream_end(s);
}
