/* The few CPython functions that the library uses, by the addresses that the binding hands over: no Python headers, one library for all. */
#ifndef SAWLOG_PYTHON_H
#define SAWLOG_PYTHON_H

#include "internal.h"

#include <string.h>

typedef void *obj;

/* What Python's headers declare: layouts and numbers of the stable ABI, the same in every Python from 3.8 on. */

typedef struct py_method {
  const char *name;
  obj (*function)(obj self, obj argument);
  int flags;
  const char *doc;
} py_method;

typedef struct py_member {
  const char *name;
  int type;
  ptrdiff_t offset;
  int flags;
  const char *doc;
} py_member;

typedef struct py_slot {
  int slot;
  void *function;
} py_slot;

typedef struct py_spec {
  const char *name;
  int basicsize, itemsize;
  unsigned flags;
  py_slot *slots;
} py_spec;

enum { METH_NOARGS = 4, METH_O = 8 };
enum { MP_LENGTH = 4, MP_SUBSCRIPT = 5, SQ_CONTAINS = 41, TP_DEALLOC = 52, TP_DOC = 56, TP_ITER = 62, TP_METHODS = 64, TP_MEMBERS = 72 };
enum { T_LONGLONG = 17, T_ULONGLONG = 18, READONLY = 1 };
enum { TPFLAGS_DEFAULT = 1 << 18 /* Py_TPFLAGS_HAVE_VERSION_TAG */ };

/* X(result, name, arguments) */
#define PY_FUNCTIONS(X)                                                                  \
  X(void, PyBuffer_Release, (void *view))                                                \
  X(int, PyBytes_AsStringAndSize, (obj o, char **text, ptrdiff_t *n))                    \
  X(obj, PyBytes_FromStringAndSize, (const char *text, ptrdiff_t n))                     \
  X(void *, PyCapsule_GetPointer, (obj capsule, const char *name))                       \
  X(int, PyCapsule_IsValid, (obj capsule, const char *name))                             \
  X(obj, PyCFunction_NewEx, (void *method, obj self, obj module))                        \
  X(obj, PyDict_Copy, (obj dict))                                                        \
  X(obj, PyDict_New, (void))                                                             \
  X(obj, PyDict_GetItemWithError, (obj dict, obj key))                                   \
  X(int, PyDict_Next, (obj dict, ptrdiff_t * position, obj *key, obj *value))            \
  X(int, PyDict_SetItem, (obj dict, obj key, obj value))                                 \
  X(ptrdiff_t, PyDict_Size, (obj dict))                                                  \
  X(int, PyErr_CheckSignals, (void))                                                     \
  X(void, PyErr_Clear, (void))                                                           \
  X(obj, PyErr_NoMemory, (void))                                                         \
  X(obj, PyErr_Occurred, (void))                                                         \
  X(void, PyErr_SetObject, (obj exception, obj value))                                   \
  X(void, PyErr_SetString, (obj exception, const char *message))                         \
  X(void, PyEval_RestoreThread, (void *thread))                                          \
  X(void *, PyEval_SaveThread, (void))                                                   \
  X(obj, PyFloat_FromDouble, (double v))                                                 \
  X(int, PyGILState_Ensure, (void))                                                      \
  X(void, PyGILState_Release, (int state))                                               \
  X(obj, PyList_New, (ptrdiff_t n))                                                      \
  X(int, PyList_SetItem, (obj list, ptrdiff_t i, obj item))                              \
  X(void *, PyLong_AsVoidPtr, (obj o))                                                   \
  X(obj, PyLong_FromLongLong, (long long v))                                             \
  X(obj, PyLong_FromUnsignedLongLong, (unsigned long long v))                            \
  X(obj, PyObject_CallFunctionObjArgs, (obj callable, ...))                              \
  X(void, PyObject_Free, (void *o))                                                      \
  X(int, PyObject_GetBuffer, (obj exporter, void *view, int flags))                      \
  X(obj, PyObject_GetIter, (obj o))                                                      \
  X(int, PyObject_IsInstance, (obj o, obj type))                                         \
  X(obj, PyObject_Type, (obj o))                                                         \
  X(obj, PyTuple_GetItem, (obj tuple, ptrdiff_t i))                                      \
  X(ptrdiff_t, PyTuple_Size, (obj tuple))                                                \
  X(obj, PyType_FromSpec, (void *spec))                                                  \
  X(obj, PyType_GenericAlloc, (obj type, ptrdiff_t items))                               \
  X(const char *, PyUnicode_AsUTF8AndSize, (obj text, ptrdiff_t *n))                     \
  X(obj, PyUnicode_FromStringAndSize, (const char *text, ptrdiff_t n))                   \
  X(void, PyUnicode_InternInPlace, (obj *text))                                          \
  X(void, Py_DecRef, (obj o))                                                            \
  X(void, Py_IncRef, (obj o))                                                            \
  X(int, Py_IsInitialized, (void))

/* The beginning of PyDateTime_CAPI, the same since Python 3.7. */
typedef struct py_datetime {
  obj date_type, datetime_type, time_type, delta_type, tzinfo_type, utc;
  obj (*date)(int, int, int, obj);
  obj (*datetime)(int year, int month, int day, int hour, int minute, int second, int microsecond, obj tzinfo, obj type);
  obj (*time)(int, int, int, int, obj, obj);
  obj (*delta)(int days, int seconds, int microseconds, int normalize, obj type);
} py_datetime;

typedef struct py_table {
#define X(result, name, arguments) result(*name) arguments;
  PY_FUNCTIONS(X)
#undef X
  int (*finalizing)(void); /* may be NULL */
  obj none, yes, no, str_type, bytes_type, dict_type, runtime_error, key_error, json_loads;
  obj encode;         /* a str's bytes, whatever is in it */
  size_t object_size; /* of a bare object: what stands before the fields of ours */
  obj raise_error; /* may be NULL */
  const py_datetime *datetime;
} py_table;

extern py_table saw_py;
extern int saw_py_bound;

static inline void saw_py_drop(obj o) {
  if (o) saw_py.Py_DecRef(o);
}

static inline void *saw_py_code(void (*f)(void)) {
  void *p;
  memcpy(&p, &f, sizeof p);
  return p;
}
#define SAW_PY_CODE(f) saw_py_code((void (*)(void))(f))

static inline obj saw_py_same(obj o) {
  saw_py.Py_IncRef(o);
  return o;
}

/* A column with what is kept of it during one call: the objects of a dictionary's texts. */
typedef struct saw_source {
  const sawlog_batch *b;
  const saw_column *c;
  const saw_field *f;
  obj *texts;
} saw_source;

obj saw_py_value(const saw_source *s, int64_t row); /* a new reference to the value of a row that is not null (values.c) */
obj saw_py_value_or_none(const saw_source *s, int64_t row);

/* rows.c, for pyline.c. All want the GIL. */
obj saw_py_row_dict(const sawlog_batch *b, int64_t row);
obj saw_py_cell(const sawlog_batch *b, int32_t column, int64_t row);
obj saw_py_keys(const sawlog_batch *b);                     /* a dict with the names of the columns, where nothing nests */
int32_t saw_py_find_key(const sawlog_batch *b, obj key);    /* the column whose name is this very object; -1 none, -2 an exception is set */
void *saw_py_raise(int32_t status, const char *message);    /* raises; NULL */

#endif
