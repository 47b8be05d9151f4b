/*
 * One line for Python: builtin functions that take a line, and the class of the lazy rows that one of them gives. A function and a class
 * made here cost a caller a tenth of what ctypes adds to a call. Layouts are those of the stable ABI, the same in every Python from 3.8 on.
 */
#include "python.h"

#include <string.h>

#define py saw_py

/* ---- Lines ---- */

/* The text of a str or of bytes, borrowed until release_text. 0, or -1 with an exception set. */
typedef struct text {
  const char *p;
  ptrdiff_t n;
  obj encoded; /* bytes made for a str with lone surrogates, which stand for bytes */
  struct {     /* a Py_buffer begins with these */
    char *buf;
    obj owner;
    ptrdiff_t n;
    char rest[256];
  } view;
  int viewed;
} text;

static int text_of(obj line, text *t) {
  t->encoded = NULL;
  t->viewed = 0;
  if (py.PyObject_IsInstance(line, py.str_type) == 1) {
    if ((t->p = py.PyUnicode_AsUTF8AndSize(line, &t->n))) return 0;
    py.PyErr_Clear();
    if (!(line = t->encoded = py.PyObject_CallFunctionObjArgs(py.encode, line, NULL))) return -1;
  }
  if (py.PyObject_GetBuffer(line, &t->view, 0)) {
    saw_py_drop(t->encoded);
    return -1;
  }
  t->viewed = 1;
  t->p = t->view.buf;
  t->n = t->view.n;
  return 0;
}

static void release_text(text *t) {
  if (t->viewed) py.PyBuffer_Release(&t->view);
  saw_py_drop(t->encoded);
}

/* self is the owner of sawlog_py_line_function. NULL with an exception set. */
static sawlog_batch *parse(obj self, obj line) {
  obj address = py.PyTuple_GetItem(self, 1);
  const sawlog_parser *p = address ? py.PyLong_AsVoidPtr(address) : NULL;
  sawlog_batch *b = NULL;
  sawlog_error err;
  text t;
  if (!saw_is(p, SAW_PARSER)) return saw_py_raise(SAWLOG_E_HANDLE, "this is not a live sawlog_parser");
  if (text_of(line, &t)) return NULL;
  err.struct_size = sizeof err;
  int32_t rc = sawlog_parse_record(p, (const uint8_t *)t.p, (size_t)t.n, &b, &err);
  release_text(&t);
  return rc ? saw_py_raise(rc, err.message) : b;
}

static obj parse_line(obj self, obj line) {
  sawlog_batch *b = parse(self, line);
  if (!b) return NULL;
  obj made = b->rows ? saw_py_row_dict(b, 0) : saw_py_same(py.none);
  sawlog_batch_free(b);
  return made;
}

/* ---- Lazy rows: a batch of one row, whose values become objects when they are asked for ---- */

typedef struct row {
  sawlog_batch *b;
  obj dict; /* made at the first look where columns nest: one place of a dict may come from several columns */
} row;

static obj row_class;

static row *row_of(obj self) { return (row *)((char *)self + py.object_size); }

static obj row_new(sawlog_batch *b) {
  obj made = py.PyType_GenericAlloc(row_class, 0);
  if (made) row_of(made)->b = b;
  else sawlog_batch_free(b);
  return made;
}

static void row_dealloc(obj self) {
  obj class = py.PyObject_Type(self);
  saw_py_drop(row_of(self)->dict);
  sawlog_batch_free(row_of(self)->b);
  py.PyObject_Free(self);
  py.Py_DecRef(class); /* ours, and that of the object */
  py.Py_DecRef(class);
}

/* What to look values up in: 0 the columns, 1 row.dict, -1 with an exception set. */
static int row_by_dict(row *r) {
  if (!saw_is(r->b, SAW_BATCH)) return saw_py_raise(SAWLOG_E_HANDLE, "this row is empty: rows are made by Parser.parse_row"), -1;
  if (!r->b->schema->nested) return 0;
  if (!r->dict) r->dict = saw_py_row_dict(r->b, 0);
  return r->dict ? 1 : -1;
}

/* The column of a key, -1 for none. Keys are mostly the very objects of the schema: literals are interned too. */
static int32_t column_of(const sawlog_batch *b, obj key) {
  int32_t i = saw_py_find_key(b, key);
  if (i >= 0 || py.PyObject_IsInstance(key, py.str_type) != 1) return i;
  ptrdiff_t n;
  const char *name = py.PyUnicode_AsUTF8AndSize(key, &n);
  if (name) return sawlog_batch_find_column(b, name, (size_t)n);
  py.PyErr_Clear();
  return -1;
}

static obj row_subscript(obj self, obj key) {
  row *r = row_of(self);
  int by_dict = row_by_dict(r);
  if (by_dict < 0) return NULL;
  obj found = NULL;
  if (by_dict) {
    if ((found = py.PyDict_GetItemWithError(r->dict, key))) return saw_py_same(found);
    if (py.PyErr_Occurred()) return NULL;
  } else {
    int32_t i = column_of(r->b, key);
    if (i >= 0) return saw_py_cell(r->b, i, 0);
    if (i < -1) return NULL;
  }
  py.PyErr_SetObject(py.key_error, key);
  return NULL;
}

static obj row_to_dict(obj self, obj none) {
  (void)none;
  row *r = row_of(self);
  return row_by_dict(r) < 0 ? NULL : saw_py_row_dict(r->b, 0);
}

static ptrdiff_t row_length(obj self) {
  row *r = row_of(self);
  int by_dict = row_by_dict(r);
  return by_dict < 0 ? -1 : by_dict ? py.PyDict_Size(r->dict) : r->b->schema->n;
}

static int row_contains(obj self, obj key) {
  row *r = row_of(self);
  int by_dict = row_by_dict(r);
  if (by_dict < 0) return -1;
  if (!by_dict) return column_of(r->b, key) >= 0;
  if (py.PyDict_GetItemWithError(r->dict, key)) return 1;
  return py.PyErr_Occurred() ? -1 : 0;
}

static obj row_iter(obj self) {
  row *r = row_of(self);
  int by_dict = row_by_dict(r);
  if (by_dict < 0) return NULL;
  obj keys = by_dict ? saw_py_same(r->dict) : saw_py_keys(r->b);
  obj made = keys ? py.PyObject_GetIter(keys) : NULL;
  saw_py_drop(keys);
  return made;
}

static obj parse_row(obj self, obj line) {
  sawlog_batch *b = parse(self, line);
  if (!b) return NULL;
  if (b->rows) return row_new(b);
  sawlog_batch_free(b);
  return saw_py_same(py.none);
}

/* ---- Public ---- */

void *sawlog_py_row_type(void) {
  static py_method methods[] = {{"to_dict", row_to_dict, METH_NOARGS, "All of the row as a dict."}, {NULL, NULL, 0, NULL}};
  static const char doc[] = "One record, as parser.parse_row gives it: a mapping of names to values, which are made when they are asked for.";
  if (!saw_py_bound) return saw_py_raise(SAWLOG_E_ARGUMENT, "sawlog_py_bind has not been called");
  if (!row_class) {
    py_slot slots[] = {{TP_DEALLOC, SAW_PY_CODE(row_dealloc)}, {MP_SUBSCRIPT, SAW_PY_CODE(row_subscript)}, {MP_LENGTH, SAW_PY_CODE(row_length)}, {SQ_CONTAINS, SAW_PY_CODE(row_contains)},
                       {TP_ITER, SAW_PY_CODE(row_iter)}, {TP_METHODS, methods}, {TP_DOC, (void *)doc}, {0, NULL}};
    py_spec spec = {"sawlog.Row", (int)(py.object_size + sizeof(row)), 0, TPFLAGS_DEFAULT, slots};
    row_class = py.PyType_FromSpec(&spec);
  }
  return row_class ? saw_py_same(row_class) : NULL;
}

void *sawlog_py_line_function(void *owner, int32_t lazy) {
  static py_method eager_method = {"parse_line", parse_line, METH_O, "parse_line(line, /)\n--\n\nThe row of exactly one record as a dict, or None when it does not fit."};
  static py_method lazy_method = {"parse_row", parse_row, METH_O, "parse_row(line, /)\n--\n\nThe row of exactly one record as a Row, or None when it does not fit."};
  if (!saw_py_bound) return saw_py_raise(SAWLOG_E_ARGUMENT, "sawlog_py_bind has not been called");
  if (!owner || py.PyTuple_Size(owner) != 2) return saw_py_raise(SAWLOG_E_ARGUMENT, "owner is not a tuple of two");
  if (lazy && !row_class) {
    obj made = sawlog_py_row_type();
    if (!made) return NULL;
    saw_py_drop(made);
  }
  return py.PyCFunction_NewEx(lazy ? &lazy_method : &eager_method, owner, NULL);
}
