/* Templates: checks, and the texts of columns. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static int32_t made(const saw_go *go, int32_t rc, uint32_t number, const sawlog_error *full, sawlog_templates **out, sawlog_error *err) {
  if (rc) return saw_done(err, rc, full);
  sawlog_templates *t = saw_slot_new(SAW_TEMPLATES);
  if (!t) {
    SAW_GO(go->templates_free(number));
    return saw_fail(err, SAWLOG_E_MEMORY, "out of memory");
  }
  t->generation = saw_generation();
  t->go = number;
  *out = t;
  return SAWLOG_OK;
}

int32_t sawlog_templates_new(const char *options, size_t n, sawlog_templates **out, sawlog_error *err) {
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  *out = NULL;
  if (SAW_NOT(options, n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "options is NULL or too long");
  const saw_go *go = saw_runtime(err);
  if (!go) return SAWLOG_E_FORKED;
  sawlog_error full;
  uint32_t number;
  int32_t rc = SAW_GO(go->templates_new((char *)options, n, &number, &full));
  return made(go, rc, number, &full, out, err);
}

int32_t sawlog_templates_load(const uint8_t *saved, size_t n, sawlog_templates **out, sawlog_error *err) {
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  *out = NULL;
  if (SAW_NOT(saved, n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "saved is NULL or too long");
  const saw_go *go = saw_runtime(err);
  if (!go) return SAWLOG_E_FORKED;
  sawlog_error full;
  uint32_t number;
  int32_t rc = SAW_GO(go->templates_load((uint8_t *)saved, n, &number, &full));
  return made(go, rc, number, &full, out, err);
}

static int32_t enter(const sawlog_templates *t, const saw_go **go, sawlog_error *err) {
  if (!saw_is(t, SAW_TEMPLATES)) return SAW_HANDLE(err, "templates");
  *go = saw_runtime_now();
  if (!*go || t->generation != saw_generation()) return saw_fail(err, SAWLOG_E_FORKED, "the templates were made before fork()");
  return SAWLOG_OK;
}

int32_t sawlog_templates_add(sawlog_templates *t, const uint8_t *message, size_t n, int64_t *id, sawlog_error *err) {
  const saw_go *go;
  sawlog_error full;
  int64_t given = 0;
  if (id) *id = 0;
  if (SAW_NOT(message, n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "message is NULL or too long");
  SAW_TRY(enter(t, &go, err));
  saw_span text = {message ? (const char *)message : "", n};
  int32_t rc = SAW_GO(go->templates_add(t->go, &text, 1, &given, &full));
  if (id) *id = given;
  return saw_done(err, rc, &full);
}

int32_t sawlog_templates_add_lines(sawlog_templates *t, const uint8_t *data, size_t n, int64_t *ids, size_t room, size_t *lines, sawlog_error *err) {
  const saw_go *go;
  sawlog_error full;
  size_t seen = 0;
  if (lines) *lines = 0;
  if (SAW_NOT(data, n) || (!ids && room)) return saw_fail(err, SAWLOG_E_ARGUMENT, "data is NULL or too long, or ids is NULL");
  SAW_TRY(enter(t, &go, err));
  int32_t rc = SAW_GO(go->templates_add_lines(t->go, (uint8_t *)data, n, ids, room, &seen, &full));
  if (lines) *lines = seen;
  return saw_done(err, rc, &full);
}

int32_t sawlog_templates_add_column(sawlog_templates *t, const sawlog_batch *b, int32_t column, int64_t *ids, sawlog_error *err) {
  const saw_go *go;
  sawlog_error full;
  if (!saw_is(b, SAW_BATCH)) return SAW_HANDLE(err, "batch");
  if (column < 0 || column >= b->schema->all) return saw_fail(err, SAWLOG_E_ARGUMENT, "column %d of a batch of %d", column, b->schema->n);
  const saw_field *field = &b->schema->fields[column];
  if (field->type != SAWLOG_T_STRING && field->type != SAWLOG_T_BYTES) return saw_fail(err, SAWLOG_E_ARGUMENT, "templates are of texts, and %s is a column of another type", field->name);
  SAW_TRY(enter(t, &go, err));
  const saw_column *c = &b->columns[column];
  saw_span *texts = malloc((size_t)c->length * sizeof *texts + 1);
  int64_t *given = ids ? ids : malloc((size_t)c->length * sizeof *given + 1);
  int32_t rc = SAWLOG_E_MEMORY;
  if (texts && given) {
    for (int64_t row = 0; row < c->length; row++) {
      texts[row] = (saw_span){NULL, 0};
      if (!saw_is_null(c, row)) texts[row].at = saw_text(b, c, field->flags & SAWLOG_COLUMN_DICTIONARY, row, &texts[row].n);
    }
    rc = saw_done(err, SAW_GO(go->templates_add(t->go, texts, (size_t)c->length, given, &full)), &full);
  } else {
    saw_fail(err, SAWLOG_E_MEMORY, "out of memory");
  }
  free(texts);
  if (!ids) free(given);
  return rc;
}

int32_t sawlog_templates_list_json(const sawlog_templates *t, sawlog_bytes *out, sawlog_error *err) {
  const saw_go *go;
  sawlog_error full;
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  memset(out, 0, sizeof *out);
  SAW_TRY(enter(t, &go, err));
  return saw_done(err, SAW_GO(go->templates_list(t->go, out, &full)), &full);
}

int32_t sawlog_templates_match_json(const sawlog_templates *t, const uint8_t *message, size_t n, sawlog_bytes *out, sawlog_error *err) {
  const saw_go *go;
  sawlog_error full;
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  memset(out, 0, sizeof *out);
  if (SAW_NOT(message, n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "message is NULL or too long");
  SAW_TRY(enter(t, &go, err));
  return saw_done(err, SAW_GO(go->templates_match(t->go, (uint8_t *)message, n, out, &full)), &full);
}

int32_t sawlog_templates_resolve(const sawlog_templates *t, int64_t *ids, size_t n, sawlog_error *err) {
  const saw_go *go;
  sawlog_error full;
  if (!ids && n) return saw_fail(err, SAWLOG_E_ARGUMENT, "ids is NULL");
  SAW_TRY(enter(t, &go, err));
  return saw_done(err, SAW_GO(go->templates_resolve(t->go, ids, n, &full)), &full);
}

int32_t sawlog_templates_merge(sawlog_templates *t, const sawlog_templates *other, sawlog_error *err) {
  const saw_go *go;
  sawlog_error full;
  SAW_TRY(enter(other, &go, err));
  SAW_TRY(enter(t, &go, err));
  return saw_done(err, SAW_GO(go->templates_merge(t->go, other->go, &full)), &full);
}

int32_t sawlog_templates_save(const sawlog_templates *t, sawlog_bytes *out, sawlog_error *err) {
  const saw_go *go;
  sawlog_error full;
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  memset(out, 0, sizeof *out);
  SAW_TRY(enter(t, &go, err));
  return saw_done(err, SAW_GO(go->templates_save(t->go, out, &full)), &full);
}

void sawlog_templates_free(sawlog_templates *t) {
  if (!saw_is(t, SAW_TEMPLATES)) return;
  const saw_go *go = saw_runtime_now();
  if (go && t->generation == saw_generation()) SAW_GO(go->templates_free(t->go));
  saw_slot_free(t);
}
