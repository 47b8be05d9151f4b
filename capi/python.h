/* The few CPython functions that the library uses, by the addresses that the binding hands over: no Python headers, one library for all. */
#ifndef SAWLOG_PYTHON_H
#define SAWLOG_PYTHON_H

#include "internal.h"

typedef void *obj;

/* X(result, name, arguments) */
#define PY_FUNCTIONS(X)                                                                  \
  X(void, PyBuffer_Release, (void *view))                                                \
  X(int, PyBytes_AsStringAndSize, (obj o, char **text, ptrdiff_t *n))                    \
  X(obj, PyBytes_FromStringAndSize, (const char *text, ptrdiff_t n))                     \
  X(void *, PyCapsule_GetPointer, (obj capsule, const char *name))                       \
  X(int, PyCapsule_IsValid, (obj capsule, const char *name))                             \
  X(obj, PyDict_New, (void))                                                             \
  X(obj, PyDict_GetItemWithError, (obj dict, obj key))                                   \
  X(int, PyDict_Next, (obj dict, ptrdiff_t * position, obj *key, obj *value))            \
  X(int, PyDict_SetItem, (obj dict, obj key, obj value))                                 \
  X(obj, PyErr_NoMemory, (void))                                                         \
  X(void, PyErr_SetString, (obj exception, const char *message))                         \
  X(obj, PyFloat_FromDouble, (double v))                                                 \
  X(int, PyGILState_Ensure, (void))                                                      \
  X(void, PyGILState_Release, (int state))                                               \
  X(obj, PyList_New, (ptrdiff_t n))                                                      \
  X(int, PyList_SetItem, (obj list, ptrdiff_t i, obj item))                              \
  X(obj, PyLong_FromLongLong, (long long v))                                             \
  X(obj, PyLong_FromUnsignedLongLong, (unsigned long long v))                            \
  X(obj, PyObject_CallFunctionObjArgs, (obj callable, ...))                              \
  X(int, PyObject_GetBuffer, (obj exporter, void *view, int flags))                      \
  X(int, PyObject_IsInstance, (obj o, obj type))                                         \
  X(obj, PyObject_Type, (obj o))                                                         \
  X(obj, PyTuple_GetItem, (obj tuple, ptrdiff_t i))                                      \
  X(ptrdiff_t, PyTuple_Size, (obj tuple))                                                \
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
  obj none, yes, no, str_type, bytes_type, dict_type, runtime_error, json_loads;
  obj raise_error; /* may be NULL */
  const py_datetime *datetime;
} py_table;

extern py_table saw_py;
extern int saw_py_bound;

static inline void saw_py_drop(obj o) {
  if (o) saw_py.Py_DecRef(o);
}

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

#endif
