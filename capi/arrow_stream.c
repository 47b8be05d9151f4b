/* Arrow C streams: over batches that are there, and over a reader that makes them. */
#include "arrow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct stream_state {
  saw_schema *schema; /* of all batches; NULL: not known yet */
  uint32_t flags;
  int64_t n, at;
  sawlog_batch **batches;
  sawlog_reader *reader;
  sawlog_error error;
} stream_state;

static int as_errno(int32_t status) {
  switch (status) {
    case SAWLOG_OK:
      return 0;
    case SAWLOG_E_MEMORY:
      return ENOMEM;
    case SAWLOG_E_ARGUMENT:
    case SAWLOG_E_HANDLE:
    case SAWLOG_E_LIMIT:
      return EINVAL;
    case SAWLOG_E_CANCELLED:
      return ECANCELED;
  }
  return EIO;
}

static const char *last_error(struct ArrowArrayStream *s) {
  stream_state *state = s->private_data;
  return state->error.message[0] ? state->error.message : NULL;
}

static void release_stream(struct ArrowArrayStream *s) {
  stream_state *state = s->private_data;
  for (int64_t i = 0; i < state->n; i++) sawlog_batch_free(state->batches[i]);
  if (state->reader) {
    state->reader->moved = 0;
    sawlog_reader_free(state->reader);
  }
  saw_schema_release(state->schema);
  free(state->batches);
  free(state);
  s->release = NULL;
}

static int32_t learn_schema(stream_state *state) {
  if (state->schema) return SAWLOG_OK;
  if (state->reader) return saw_reader_schema(state->reader, &state->schema, &state->error);
  return (state->schema = saw_schema_parse("[]", 2)) ? SAWLOG_OK : SAWLOG_E_MEMORY;
}

static int get_schema(struct ArrowArrayStream *s, struct ArrowSchema *out) {
  stream_state *state = s->private_data;
  memset(out, 0, sizeof *out);
  int32_t rc = learn_schema(state);
  return rc ? as_errno(rc) : saw_schema_export(state->schema, state->flags, out);
}

static int emit(stream_state *state, sawlog_batch *b, struct ArrowArray *out) {
  return as_errno(saw_array_export(b, state->flags, out, &state->error));
}

static int next_batch(struct ArrowArrayStream *s, struct ArrowArray *out) {
  stream_state *state = s->private_data;
  memset(out, 0, sizeof *out);
  return state->at < state->n ? emit(state, state->batches[state->at++], out) : 0;
}

static int next_read(struct ArrowArrayStream *s, struct ArrowArray *out) {
  stream_state *state = s->private_data;
  sawlog_batch *b = NULL;
  sawlog_call call = {0};
  memset(out, 0, sizeof *out);
  int32_t rc = learn_schema(state);
  if (rc == SAWLOG_OK) rc = saw_reader_next(state->reader, &call, &b, &state->error);
  if (rc || !b) return as_errno(rc);
  if (saw_schema_same(state->schema, b->schema)) rc = emit(state, b, out);
  else rc = as_errno(saw_fail(&state->error, SAWLOG_E_INTERNAL, "the schema changed within the stream"));
  sawlog_batch_free(b);
  return rc;
}

static stream_state *start(struct ArrowArrayStream *out, uint32_t flags, int (*next)(struct ArrowArrayStream *, struct ArrowArray *)) {
  stream_state *state = calloc(1, sizeof *state);
  if (!state) return NULL;
  state->flags = flags;
  state->error.struct_size = sizeof state->error;
  *out = (struct ArrowArrayStream){get_schema, next, last_error, release_stream, state};
  return state;
}

int32_t sawlog_batches_export_stream(sawlog_batch *const *batches, int64_t n, uint32_t flags, struct ArrowArrayStream *out, sawlog_error *err) {
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  memset(out, 0, sizeof *out);
  if (n < 0 || (n && !batches)) return saw_fail(err, SAWLOG_E_ARGUMENT, "batches is NULL or n is negative");
  if (!saw_flags_ok(flags)) return saw_fail(err, SAWLOG_E_ARGUMENT, "flags %#x are not flags of an Arrow export", flags);
  for (int64_t i = 0; i < n; i++) {
    if (!saw_is(batches[i], SAW_BATCH)) return SAW_HANDLE(err, "batch");
    if (!saw_schema_same(batches[0]->schema, batches[i]->schema)) return saw_fail(err, SAWLOG_E_ARGUMENT, "the batches have different schemas");
  }
  struct ArrowArrayStream made;
  stream_state *state = start(&made, flags, next_batch);
  if (state && n) state->batches = calloc((size_t)n, sizeof *state->batches);
  if (!state || (n && !state->batches)) {
    if (state) made.release(&made);
    return saw_fail(err, SAWLOG_E_MEMORY, "out of memory");
  }
  for (; state->n < n; state->n++) state->batches[state->n] = sawlog_batch_retain(batches[state->n]);
  if (n) state->schema = saw_schema_retain(batches[0]->schema);
  *out = made;
  return SAWLOG_OK;
}

int32_t sawlog_reader_export_stream(sawlog_reader *reader, uint32_t flags, struct ArrowArrayStream *out, sawlog_error *err) {
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  memset(out, 0, sizeof *out);
  if (!saw_is(reader, SAW_READER)) return SAW_HANDLE(err, "reader");
  if (!saw_flags_ok(flags)) return saw_fail(err, SAWLOG_E_ARGUMENT, "flags %#x are not flags of an Arrow export", flags);
  if (reader->generation != saw_generation()) return saw_fail(err, SAWLOG_E_FORKED, "the reader was opened before fork()");
  if (__atomic_exchange_n(&reader->moved, 1, __ATOMIC_ACQ_REL)) return saw_fail(err, SAWLOG_E_BUSY, "the reader has been moved into an Arrow stream");
  stream_state *state = start(out, flags, next_read);
  if (!state) {
    reader->moved = 0;
    return saw_fail(err, SAWLOG_E_MEMORY, "out of memory");
  }
  state->reader = reader;
  return SAWLOG_OK;
}
