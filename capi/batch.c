/* Batches: C memory from end to end, so all of this works on any thread, in a forked child and while the host shuts down. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

sawlog_batch *saw_batch_new(size_t body) {
  sawlog_batch *b = saw_slot_new(SAW_BATCH);
  if (!b) return NULL;
  if (!(b->body = malloc(body ? body : 1))) {
    saw_slot_free(b);
    return NULL;
  }
  b->body_n = (int64_t)body;
  b->refs = 1;
  return b;
}

void saw_batch_unused(sawlog_batch *b) {
  free(b->body);
  saw_schema_release(b->schema);
  saw_slot_free(b);
}

static int live(const sawlog_batch *b) { return saw_is(b, SAW_BATCH); }

/* The column of a batch that is live. */
static const saw_column *column_at(const sawlog_batch *b, int32_t column, const saw_field **field) {
  if (column < 0 || column >= b->schema->all) return NULL;
  *field = &b->schema->fields[column];
  return &b->columns[column];
}

static const saw_column *column_of(const sawlog_batch *b, int32_t column, const saw_field **field) {
  return live(b) ? column_at(b, column, field) : NULL;
}

static int bit(const uint8_t *bits, int64_t i) { return bits[i >> 3] >> (i & 7) & 1; }

int64_t sawlog_batch_rows(const sawlog_batch *b) { return live(b) ? b->rows : 0; }
int64_t sawlog_batch_lines(const sawlog_batch *b) { return live(b) ? b->lines : 0; }
int32_t sawlog_batch_columns(const sawlog_batch *b) { return live(b) ? b->schema->n : 0; }
int64_t sawlog_batch_reject_count(const sawlog_batch *b) { return live(b) ? b->n_rejects : 0; }

const char *sawlog_batch_column_name(const sawlog_batch *b, int32_t column, size_t *n) {
  const saw_field *field;
  if (n) *n = 0;
  if (!column_of(b, column, &field)) return NULL;
  if (n) *n = (size_t)field->name_n;
  return field->name;
}

int32_t sawlog_batch_column_type(const sawlog_batch *b, int32_t column) {
  const saw_field *field;
  return column_of(b, column, &field) ? field->type : 0;
}

int32_t sawlog_batch_find_column(const sawlog_batch *b, const char *name, size_t n) {
  if (!live(b) || (!name && n)) return -1;
  for (int32_t i = 0; i < b->schema->n; i++) {
    const saw_field *f = &b->schema->fields[i];
    if ((size_t)f->name_n == n && (n == 0 || !memcmp(f->name, name, n))) return i;
  }
  return -1;
}

const char *sawlog_batch_schema_json(const sawlog_batch *b, size_t *n) {
  if (n) *n = 0;
  if (!live(b)) return NULL;
  if (n) *n = (size_t)b->schema->json_n;
  return b->schema->json;
}

int32_t sawlog_batch_column(const sawlog_batch *b, int32_t column, sawlog_column *out) {
  const saw_field *field;
  if (!live(b)) return SAWLOG_E_HANDLE;
  const saw_column *c = column_at(b, column, &field);
  if (!c || !out) return SAWLOG_E_ARGUMENT;
  int nested = field->n_children > 0;
  sawlog_column full = {sizeof full, field->type, field->flags, b->n_buffers, c->length, c->nulls, c->valid, c->data, b->buffers, b->buffer_sizes,
                        c->dictionary_n, nested ? NULL : c->offsets, c->texts, nested ? c->offsets : NULL, field->n_children, field->child};
  return saw_out(out, &full, sizeof full);
}

int64_t sawlog_batch_layout(const sawlog_batch *b, int64_t *out, size_t n) {
  enum { HEAD = 3, EACH = 12 };
  if (!live(b)) return SAWLOG_E_HANDLE;
  int64_t need = HEAD + 2 * (int64_t)b->n_buffers + EACH * (int64_t)b->schema->all;
  if (need > (int64_t)n || !out) return need;
  int64_t *to = out + HEAD;
  out[0] = b->rows;
  out[1] = b->schema->all;
  out[2] = b->n_buffers;
  for (int32_t i = 0; i < b->n_buffers; i++) {
    *to++ = (intptr_t)b->buffers[i];
    *to++ = b->buffer_sizes[i];
  }
  for (int32_t i = 0; i < b->schema->all; i++, to += EACH) {
    const saw_field *f = &b->schema->fields[i];
    const saw_column *c = &b->columns[i];
    int nested = f->n_children > 0;
    const int64_t all[EACH] = {f->type, f->flags, c->length, c->nulls, (intptr_t)c->valid, (intptr_t)c->data, c->dictionary_n,
                               nested ? 0 : (intptr_t)c->offsets, (intptr_t)c->texts, nested ? (intptr_t)c->offsets : 0, f->n_children, f->child};
    memcpy(to, all, sizeof all);
  }
  return need;
}

int32_t sawlog_batch_is_null(const sawlog_batch *b, int32_t column, int64_t row) {
  const saw_field *field;
  const saw_column *c = column_of(b, column, &field);
  return !c || row < 0 || row >= c->length ? -1 : saw_is_null(c, row);
}

/* What the three getters check. *c is NULL for a null. */
static int32_t cell(const sawlog_batch *b, int32_t column, int64_t row, const void *out, const saw_column **c, const saw_field **field) {
  if (!live(b)) return SAWLOG_E_HANDLE;
  *c = column_at(b, column, field);
  if (!*c || row < 0 || row >= (*c)->length || !out) return SAWLOG_E_ARGUMENT;
  if (saw_is_null(*c, row)) *c = NULL;
  return SAWLOG_OK;
}

int32_t sawlog_batch_get_i64(const sawlog_batch *b, int32_t column, int64_t row, int64_t *out) {
  const saw_column *c;
  const saw_field *field;
  if (out) *out = 0;
  SAW_TRY(cell(b, column, row, out, &c, &field));
  switch (field->type) {
    case SAWLOG_T_BOOL:
      if (c) *out = bit(c->data, row);
      return SAWLOG_OK;
    case SAWLOG_T_INT:
    case SAWLOG_T_UINT:
    case SAWLOG_T_TIMESTAMP:
    case SAWLOG_T_DURATION:
      if (c) *out = ((const int64_t *)c->data)[row];
      return SAWLOG_OK;
  }
  return SAWLOG_E_ARGUMENT;
}

int32_t sawlog_batch_get_f64(const sawlog_batch *b, int32_t column, int64_t row, double *out) {
  const saw_column *c;
  const saw_field *field;
  if (out) *out = 0;
  SAW_TRY(cell(b, column, row, out, &c, &field));
  switch (field->type) {
    case SAWLOG_T_FLOAT:
      if (c) *out = ((const double *)c->data)[row];
      return SAWLOG_OK;
    case SAWLOG_T_INT:
      if (c) *out = (double)((const int64_t *)c->data)[row];
      return SAWLOG_OK;
    case SAWLOG_T_UINT:
      if (c) *out = (double)((const uint64_t *)c->data)[row];
      return SAWLOG_OK;
  }
  return SAWLOG_E_ARGUMENT;
}

const char *saw_text(const sawlog_batch *b, const saw_column *c, int dictionary, int64_t row, size_t *n) {
  if (dictionary) {
    int32_t at = ((const int32_t *)c->data)[row];
    *n = (size_t)(c->offsets[at + 1] - c->offsets[at]);
    return (const char *)c->texts + c->offsets[at];
  }
  const saw_view *v = (const saw_view *)c->data + row;
  *n = (size_t)v->length;
  return v->length <= 12 ? v->in : (const char *)b->buffers[v->ref.buffer] + v->ref.offset;
}

int32_t sawlog_batch_get_str(const sawlog_batch *b, int32_t column, int64_t row, const char **text, size_t *n) {
  const saw_column *c;
  const saw_field *field;
  if (text) *text = NULL;
  if (n) *n = 0;
  SAW_TRY(cell(b, column, row, text && n ? text : NULL, &c, &field));
  if (!saw_is_text(field->type)) return SAWLOG_E_ARGUMENT;
  if (c) *text = saw_text(b, c, field->flags & SAWLOG_COLUMN_DICTIONARY, row, n);
  return SAWLOG_OK;
}

static sawlog_reject reject_at(const sawlog_batch *b, int64_t i) {
  const saw_line *l = &b->rejects[i];
  const char *buffer = (const char *)b->buffers[l->buffer];
  return (sawlog_reject){sizeof(sawlog_reject), l->fault, b->source, 0, b->first_line + l->before, b->offset + l->offset, l->length,
                         buffer ? buffer + l->start : NULL, l->kept};
}

int64_t sawlog_batch_rejects(const sawlog_batch *b, int64_t first, int64_t *out, int64_t n) {
  enum { EACH = 7 };
  if (!live(b)) return SAWLOG_E_HANDLE;
  if (first < 0 || n < 0 || (!out && n)) return SAWLOG_E_ARGUMENT;
  int64_t i = 0;
  for (; i < n && first + i < b->n_rejects; i++) {
    const sawlog_reject r = reject_at(b, first + i);
    const int64_t all[EACH] = {r.source, r.line, r.offset, r.length, r.fault, (intptr_t)r.raw, (int64_t)r.raw_len};
    memcpy(out + EACH * i, all, sizeof all);
  }
  return i;
}

int32_t sawlog_batch_reject(const sawlog_batch *b, int64_t i, sawlog_reject *out) {
  if (!live(b)) return SAWLOG_E_HANDLE;
  if (i < 0 || i >= b->n_rejects || !out) return SAWLOG_E_ARGUMENT;
  const sawlog_reject full = reject_at(b, i);
  return saw_out(out, &full, sizeof full);
}

sawlog_batch *sawlog_batch_retain(sawlog_batch *b) {
  if (!live(b)) return NULL;
  __atomic_add_fetch(&b->refs, 1, __ATOMIC_RELAXED);
  return b;
}

void sawlog_batch_free(sawlog_batch *b) {
  if (!live(b)) return;
  /* whoever has the only reference need not lock the others out */
  if (__atomic_load_n(&b->refs, __ATOMIC_ACQUIRE) > 1 && __atomic_sub_fetch(&b->refs, 1, __ATOMIC_ACQ_REL) > 0) return;
  void (*release)(void *) = b->release;
  void *ctx = b->release_ctx;
  for (int64_t i = 0; i < b->n_owned; i++) saw_memory_free(b->owned[i]);
  if (!saw_spare_keep(b)) saw_batch_unused(b);
  if (release) release(ctx);
}
