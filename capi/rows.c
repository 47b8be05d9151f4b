/*
 * Rows as Python dicts, built here: a call from Python costs as much as ten values. Keys are interned once per schema and hang on it.
 *
 * Where columns nest, a schema has groups, one for each inner dict; a row makes a group's dict when the group has a value in that row,
 * at the place of its first column.
 */
#include "python.h"

#include <stdlib.h>
#include <string.h>

#define py saw_py

typedef struct group {
  int32_t parent; /* -1: the row */
  obj key;
} group;

typedef struct plan {
  struct plan *next; /* in the list of those that wait for the GIL to be dropped */
  obj template;      /* a row of nulls, where nothing nests: a copy of it has its size from the start */
  int32_t n, n_groups;
  int32_t *group_of; /* by column; -1: the row */
  obj *names;        /* by column: the whole name */
  obj *keys;         /* by column: the last part of the path */
  group *groups;
} plan;

/* ---- Plans live as long as their schema, but objects may only be let go with the GIL ---- */

static plan *dropped;

static void drop_later(void *keys) {
  plan *p = keys, *head = __atomic_load_n(&dropped, __ATOMIC_RELAXED);
  do {
    p->next = head;
  } while (!__atomic_compare_exchange_n(&dropped, &head, p, 1, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

static void plan_free(plan *p) {
  for (int32_t i = 0; p->names && i < p->n; i++) {
    saw_py_drop(p->names[i]);
    saw_py_drop(p->keys[i]);
  }
  for (int32_t g = 0; g < p->n_groups; g++) saw_py_drop(p->groups[g].key);
  saw_py_drop(p->template);
  free(p->group_of);
  free(p->names);
  free(p->groups);
  free(p);
}

static void drop_now(void) {
  if (!__atomic_load_n(&dropped, __ATOMIC_RELAXED)) return;
  plan *p = __atomic_exchange_n(&dropped, NULL, __ATOMIC_ACQUIRE);
  while (p) {
    plan *next = p->next;
    plan_free(p);
    p = next;
  }
}

static obj intern(saw_name text) {
  obj o = py.PyUnicode_FromStringAndSize(text.at, (ptrdiff_t)text.n);
  if (o) py.PyUnicode_InternInPlace(&o);
  return o;
}

/* The group for path[:depth], made when it is new. Interned keys are the same object. -2: no memory. */
static int32_t group_for(plan *p, const saw_field *f) {
  int32_t at = -1;
  for (int32_t d = 0; d + 1 < f->n_path; d++) {
    obj key = intern(f->path[d]);
    if (!key) return -2;
    int32_t g = 0;
    while (g < p->n_groups && !(p->groups[g].parent == at && p->groups[g].key == key)) g++;
    if (g == p->n_groups) {
      p->groups[p->n_groups++] = (group){at, key};
    } else {
      py.Py_DecRef(key);
    }
    at = g;
  }
  return at;
}

static plan *plan_new(const saw_schema *s) {
  size_t parts = 1;
  for (int32_t i = 0; i < s->n; i++) parts += (size_t)s->fields[i].n_path;
  plan *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->group_of = calloc((size_t)s->n + 1, sizeof *p->group_of);
  p->names = calloc(2 * (size_t)s->n + 1, sizeof *p->names);
  p->groups = calloc(parts, sizeof *p->groups);
  int ok = p->group_of && p->names && p->groups;
  p->keys = p->names + s->n;
  p->n = s->n;
  for (int32_t i = 0; ok && i < s->n; i++) {
    const saw_field *f = &s->fields[i];
    saw_name name = {f->name, f->name_n};
    p->names[i] = intern(name);
    p->keys[i] = intern(f->path ? f->path[f->n_path - 1] : name);
    p->group_of[i] = group_for(p, f);
    ok = p->names[i] && p->keys[i] && p->group_of[i] != -2;
  }
  if (ok && !s->nested) {
    p->template = py.PyDict_New();
    for (int32_t i = 0; p->template && i < s->n; i++) ok = ok && !py.PyDict_SetItem(p->template, p->keys[i], py.none);
    ok = ok && p->template;
  }
  if (ok) return p;
  plan_free(p);
  return NULL;
}

/* The schema's plan; the GIL makes that only one thread is here. */
static plan *plan_of(saw_schema *s) {
  drop_now();
  if (!s->keys) {
    saw_keys_drop = drop_later;
    s->keys = plan_new(s);
  }
  return s->keys;
}

/* ---- Rows ---- */

/* What one call on a batch works with. */
typedef struct maker {
  const sawlog_batch *b;
  const plan *p;
  saw_source *sources;
  char *has;   /* by group: it has a value in this row */
  obj *dicts;  /* by group: its dict in this row, borrowed from its parent */
} maker;

static int put(obj dict, obj key, obj item) {
  if (!item) return -1;
  int rc = py.PyDict_SetItem(dict, key, item);
  py.Py_DecRef(item);
  return rc;
}

static void mark_groups(maker *m, int64_t row) {
  memset(m->has, 0, (size_t)m->p->n_groups);
  memset(m->dicts, 0, (size_t)m->p->n_groups * sizeof *m->dicts);
  for (int32_t i = 0; i < m->p->n; i++) {
    int32_t g = m->p->group_of[i];
    if (g < 0 || m->has[g] || saw_is_null(m->sources[i].c, row)) continue;
    for (; g >= 0 && !m->has[g]; g = m->p->groups[g].parent) m->has[g] = 1;
  }
}

/* The dict of a group that has a value, made with those around it. */
static obj group_dict(maker *m, obj row_dict, int32_t g) {
  if (g < 0) return row_dict;
  if (m->dicts[g]) return m->dicts[g];
  obj outer = group_dict(m, row_dict, m->p->groups[g].parent);
  obj inner = outer ? py.PyDict_New() : NULL;
  if (!inner) return NULL;
  m->dicts[g] = inner;
  return put(outer, m->p->groups[g].key, inner) ? NULL : inner;
}

static int merge(obj into, obj more) {
  obj key, item;
  for (ptrdiff_t at = 0; py.PyDict_Next(more, &at, &key, &item);) {
    obj there = py.PyObject_IsInstance(item, py.dict_type) == 1 ? py.PyDict_GetItemWithError(into, key) : NULL;
    int both = there && py.PyObject_IsInstance(there, py.dict_type) == 1;
    if (both ? merge(there, item) : py.PyDict_SetItem(into, key, item)) return -1;
  }
  return 0;
}

static int merge_overflow(obj dict, const saw_source *s, int64_t row) {
  obj text = saw_py_value(s, row);
  obj more = text ? py.PyObject_CallFunctionObjArgs(py.json_loads, text, NULL) : NULL;
  saw_py_drop(text);
  int rc = !more ? -1 : py.PyObject_IsInstance(more, py.dict_type) == 1 ? merge(dict, more) : 0;
  saw_py_drop(more);
  return rc;
}

static int set_column(maker *m, obj dict, int32_t i, int64_t row) {
  const saw_source *s = &m->sources[i];
  int32_t g = m->p->group_of[i];
  obj key = m->p->keys[i];
  if (g >= 0) {
    if (!m->has[g]) return 0;
    if (!(dict = group_dict(m, dict, g))) return -1;
  }
  return saw_is_null(s->c, row) ? py.PyDict_SetItem(dict, key, py.none) : put(dict, key, saw_py_value(s, row));
}

/* sources may be NULL, for one row only. */
static obj flat_dict(const plan *p, const sawlog_batch *b, const saw_source *sources, int64_t row) {
  obj dict = py.PyDict_Copy(p->template);
  for (int32_t i = 0; dict && i < p->n; i++) {
    saw_source one = {b, &b->columns[i], &b->schema->fields[i], NULL};
    if (saw_is_null(one.c, row) || !put(dict, p->keys[i], saw_py_value(sources ? &sources[i] : &one, row))) continue;
    py.Py_DecRef(dict);
    dict = NULL;
  }
  return dict;
}

static obj row_dict(maker *m, int64_t row) {
  if (m->p->template) return flat_dict(m->p, m->b, m->sources, row);
  obj dict = py.PyDict_New();
  const saw_source *over = NULL;
  if (!dict) return NULL;
  if (m->p->n_groups) mark_groups(m, row);
  for (int32_t i = 0; i < m->p->n; i++) {
    if (m->sources[i].f->flags & SAWLOG_COLUMN_OVERFLOW) {
      over = &m->sources[i];
    } else if (set_column(m, dict, i, row)) {
      py.Py_DecRef(dict);
      return NULL;
    }
  }
  if (over && !saw_is_null(over->c, row) && merge_overflow(dict, over, row)) {
    py.Py_DecRef(dict);
    return NULL;
  }
  return dict;
}

static void source_done(saw_source *s) {
  for (int64_t k = 0; s->texts && k < s->c->dictionary_n; k++) saw_py_drop(s->texts[k]);
  free(s->texts);
}

/* Objects of a dictionary's texts are kept where a call makes more rows than there are texts. */
static saw_source source_of(const sawlog_batch *b, int32_t i, int64_t rows) {
  saw_source s = {b, &b->columns[i], &b->schema->fields[i], NULL};
  if (s.f->flags & SAWLOG_COLUMN_DICTIONARY && s.f->type != SAWLOG_T_BYTES && rows > 1) s.texts = calloc((size_t)s.c->dictionary_n + 1, sizeof *s.texts);
  return s;
}

enum { ON_STACK = 32 };

/* Calls one(&maker) with everything a maker needs. */
static obj with_maker(const sawlog_batch *b, int64_t rows, int64_t row, obj (*one)(maker *m, int64_t row, int64_t rows)) {
  saw_source near[ON_STACK];
  maker m = {b, plan_of(b->schema), near, NULL, NULL};
  obj made = NULL;
  if (!m.p) return py.PyErr_NoMemory();
  if (m.p->n > ON_STACK) m.sources = malloc((size_t)m.p->n * sizeof *m.sources);
  if (m.p->n_groups) {
    m.has = malloc((size_t)m.p->n_groups);
    m.dicts = malloc((size_t)m.p->n_groups * sizeof *m.dicts);
  }
  if (!m.sources || (m.p->n_groups && (!m.has || !m.dicts))) {
    made = py.PyErr_NoMemory();
  } else {
    for (int32_t i = 0; i < m.p->n; i++) m.sources[i] = source_of(b, i, rows);
    made = one(&m, row, rows);
    for (int32_t i = 0; i < m.p->n; i++) source_done(&m.sources[i]);
  }
  if (m.sources != near) free(m.sources);
  free(m.has);
  free(m.dicts);
  return made;
}

static obj rows_list(maker *m, int64_t row, int64_t rows) {
  obj list = py.PyList_New((ptrdiff_t)rows);
  for (int64_t i = 0; list && i < rows; i++) {
    obj dict = row_dict(m, row + i);
    if (!dict || py.PyList_SetItem(list, (ptrdiff_t)i, dict)) { /* SetItem takes dict over, also when it fails */
      py.Py_DecRef(list);
      return NULL;
    }
  }
  return list;
}

static obj row_only(maker *m, int64_t row, int64_t rows) {
  (void)rows;
  return row_dict(m, row);
}

obj saw_py_row_dict(const sawlog_batch *b, int64_t row) {
  const plan *p = plan_of(b->schema);
  return p && p->template ? flat_dict(p, b, NULL, row) : with_maker(b, 1, row, row_only);
}

int32_t saw_py_find_key(const sawlog_batch *b, obj key) {
  const plan *p = plan_of(b->schema);
  if (!p) return py.PyErr_NoMemory(), -2;
  for (int32_t i = 0; i < p->n; i++) {
    if (p->keys[i] == key) return i;
  }
  return -1;
}

obj saw_py_keys(const sawlog_batch *b) {
  const plan *p = plan_of(b->schema);
  if (!p) return py.PyErr_NoMemory();
  return saw_py_same(p->template);
}

obj saw_py_cell(const sawlog_batch *b, int32_t column, int64_t row) {
  saw_source s = {b, &b->columns[column], &b->schema->fields[column], NULL};
  return saw_py_value_or_none(&s, row);
}

/* ---- Public ---- */

void *saw_py_raise(int32_t status, const char *message) {
  if (!py.PyErr_SetString || !py.runtime_error) return NULL;
  obj code = py.raise_error ? py.PyLong_FromLongLong(status) : NULL;
  obj text = code ? py.PyUnicode_FromStringAndSize(message, (ptrdiff_t)strlen(message)) : NULL;
  if (text) saw_py_drop(py.PyObject_CallFunctionObjArgs(py.raise_error, code, text, NULL)); /* raises, so it answers NULL */
  else py.PyErr_SetString(py.runtime_error, message);
  saw_py_drop(code);
  saw_py_drop(text);
  return NULL;
}

/* Cuts [row, row+rows) to the n rows that there are; 0 when it cannot be. */
static int clip(int64_t n, int64_t row, int64_t *rows) {
  if (row < 0 || row > n) return 0;
  if (*rows < 0 || *rows > n - row) *rows = n - row;
  return 1;
}

void *sawlog_py_rows(const sawlog_batch *b, int64_t row, int64_t rows) {
  if (!saw_py_bound) return saw_py_raise(SAWLOG_E_ARGUMENT, "sawlog_py_bind has not been called");
  if (!saw_is(b, SAW_BATCH)) return saw_py_raise(SAWLOG_E_HANDLE, "this is not a live sawlog_batch");
  if (!clip(b->rows, row, &rows)) return saw_py_raise(SAWLOG_E_ARGUMENT, "row out of range");
  return with_maker(b, rows, row, rows_list);
}

void *sawlog_py_column(const sawlog_batch *b, int32_t column, int64_t row, int64_t rows) {
  if (!saw_py_bound) return saw_py_raise(SAWLOG_E_ARGUMENT, "sawlog_py_bind has not been called");
  if (!saw_is(b, SAW_BATCH)) return saw_py_raise(SAWLOG_E_HANDLE, "this is not a live sawlog_batch");
  if (column < 0 || column >= b->schema->all || !clip(b->columns[column].length, row, &rows)) return saw_py_raise(SAWLOG_E_ARGUMENT, "column or row out of range");
  saw_source s = source_of(b, column, rows);
  obj list = py.PyList_New((ptrdiff_t)rows);
  for (int64_t i = 0; list && i < rows; i++) {
    obj item = saw_py_value_or_none(&s, row + i);
    if (!item || py.PyList_SetItem(list, (ptrdiff_t)i, item)) {
      py.Py_DecRef(list);
      list = NULL;
    }
  }
  source_done(&s);
  return list;
}
