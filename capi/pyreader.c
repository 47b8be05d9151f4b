/*
 * The next batch of a reader for Python, by a builtin function, in an object that owns it. A batch comes after its text has gone through
 * the caches, so what Python executes for it is fetched from far away: it must be little. The same by ctypes takes 60 us, this a quarter.
 */
#include "python.h"

#define py saw_py

/* ---- The owner of one batch ---- */

typedef struct holder {
  sawlog_batch *b;
  long long rows, rejects;
} holder;

static obj holder_class;

static holder *holder_of(obj self) { return (holder *)((char *)self + py.object_size); }

static void holder_dealloc(obj self) {
  obj class = py.PyObject_Type(self);
  sawlog_batch_free(holder_of(self)->b);
  py.PyObject_Free(self);
  py.Py_DecRef(class); /* ours, and that of the object */
  py.Py_DecRef(class);
}

/* ctypes asks an object that it does not know for its _as_parameter_. */
static int make_holder_class(void) {
  static const char doc[] = "A batch of the library, which is given back with this object.";
  if (holder_class) return 1;
  ptrdiff_t at = (ptrdiff_t)py.object_size;
  static py_member members[5];
  members[0] = (py_member){"_as_parameter_", T_ULONGLONG, at + (ptrdiff_t)offsetof(holder, b), READONLY, NULL};
  members[1] = (py_member){"value", T_ULONGLONG, at + (ptrdiff_t)offsetof(holder, b), READONLY, "Its address."};
  members[2] = (py_member){"rows", T_LONGLONG, at + (ptrdiff_t)offsetof(holder, rows), READONLY, NULL};
  members[3] = (py_member){"rejects", T_LONGLONG, at + (ptrdiff_t)offsetof(holder, rejects), READONLY, NULL};
  py_slot slots[] = {{TP_DEALLOC, SAW_PY_CODE(holder_dealloc)}, {TP_MEMBERS, members}, {TP_DOC, (void *)doc}, {0, NULL}};
  py_spec spec = {"sawlog._Held", (int)(py.object_size + sizeof(holder)), 0, TPFLAGS_DEFAULT, slots};
  holder_class = py.PyType_FromSpec(&spec);
  return holder_class != NULL;
}

static obj holder_new(sawlog_batch *b) {
  obj made = py.PyType_GenericAlloc(holder_class, 0);
  if (made) *holder_of(made) = (holder){b, b->rows, b->n_rejects};
  else sawlog_batch_free(b);
  return made;
}

/* ---- The reader ---- */

static void *pointer_in(obj tuple, ptrdiff_t i) {
  obj address = py.PyTuple_GetItem(tuple, i);
  return address ? py.PyLong_AsVoidPtr(address) : NULL;
}

/* self is the owner of sawlog_py_next_function. */
static obj next(obj self, obj none) {
  (void)none;
  sawlog_reader **reader = pointer_in(self, 1);
  const sawlog_call *call = pointer_in(self, 2);
  sawlog_error *err = pointer_in(self, 3);
  if (!reader || !err) return saw_py_raise(SAWLOG_E_ARGUMENT, "the owner holds no addresses");
  for (;;) {
    sawlog_batch *b = NULL;
    void *thread = py.PyEval_SaveThread();
    int32_t rc = sawlog_reader_next(*reader, call, &b, err);
    py.PyEval_RestoreThread(thread);
    if (b) return holder_new(b);
    if (rc == SAWLOG_OK) return saw_py_same(py.none);
    if (rc != SAWLOG_AGAIN) return py.PyLong_FromLongLong(rc);
    if (py.PyErr_CheckSignals()) return NULL; /* a handler may also have closed the reader */
  }
}

/* ---- Public ---- */

void *sawlog_py_next_function(void *owner) {
  static py_method method = {"next", next, METH_NOARGS, "The next batch, None at the end, or the status of a failure."};
  if (!saw_py_bound) return saw_py_raise(SAWLOG_E_ARGUMENT, "sawlog_py_bind has not been called");
  if (!owner || py.PyTuple_Size(owner) != 4) return saw_py_raise(SAWLOG_E_ARGUMENT, "owner is not a tuple of four");
  return make_holder_class() ? py.PyCFunction_NewEx(&method, owner, NULL) : NULL;
}
