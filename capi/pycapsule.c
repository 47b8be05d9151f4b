/*
 * What the Python binding needs at the edges of an object's life: it runs in destructors, on any thread, while the interpreter goes down,
 * so it is C and never a ctypes callback (whose closure may be gone by then).
 */
#include "arrow.h"
#include "python.h"

#include <stdlib.h>
#include <string.h>

py_table saw_py;
int saw_py_bound;

typedef struct entry {
  const char *name;
  size_t at;
  int optional;
} entry;

static const entry entries[] = {
#define X(result, name, arguments) {#name, offsetof(py_table, name), 0},
    PY_FUNCTIONS(X)
#undef X
    {"Py_IsFinalizing", offsetof(py_table, finalizing), 1},
    {"_Py_IsFinalizing", offsetof(py_table, finalizing), 1},
    {"None", offsetof(py_table, none), 0},
    {"True", offsetof(py_table, yes), 0},
    {"False", offsetof(py_table, no), 0},
    {"PyUnicode_Type", offsetof(py_table, str_type), 0},
    {"PyBytes_Type", offsetof(py_table, bytes_type), 0},
    {"PyDict_Type", offsetof(py_table, dict_type), 0},
    {"PyExc_RuntimeError", offsetof(py_table, runtime_error), 0},
    {"PyExc_KeyError", offsetof(py_table, key_error), 0},
    {"encode", offsetof(py_table, encode), 0},
    {"object.__basicsize__", offsetof(py_table, object_size), 0},
    {"json.loads", offsetof(py_table, json_loads), 0},
    {"raise_error", offsetof(py_table, raise_error), 1},
    {"datetime_CAPI", offsetof(py_table, datetime), 0},
};
enum { ENTRIES = sizeof entries / sizeof *entries };

int32_t sawlog_py_bind(const char *const *names, const void *const *addresses, size_t n) {
  if (!names || !addresses) return SAWLOG_E_ARGUMENT;
  for (size_t i = 0; i < n; i++) {
    for (int e = 0; names[i] && addresses[i] && e < ENTRIES; e++) {
      if (!strcmp(names[i], entries[e].name)) memcpy((char *)&saw_py + entries[e].at, &addresses[i], sizeof addresses[i]);
    }
  }
  saw_py_bound = 1;
  for (int e = 0; e < ENTRIES; e++) {
    void *p;
    memcpy(&p, (char *)&saw_py + entries[e].at, sizeof p);
    if (!p && !entries[e].optional) saw_py_bound = 0;
  }
  return saw_py_bound ? SAWLOG_OK : SAWLOG_E_ARGUMENT;
}

void *sawlog_py_alloc(size_t n) { return calloc(1, n ? n : 1); }

void sawlog_py_buffer_release(void *buffer) {
  if (!buffer || !saw_py.Py_IsInitialized || !saw_py.Py_IsInitialized()) return; /* too late: the interpreter's memory is gone, ours stays */
  if (saw_py.finalizing && saw_py.finalizing()) return;                          /* a thread that asks for the GIL now would wait for ever */
  int state = saw_py.PyGILState_Ensure();
  saw_py.PyBuffer_Release(buffer);
  saw_py.PyGILState_Release(state);
  free(buffer);
}

void sawlog_py_capsule_free(void *capsule) {
  static const char *const names[] = {"arrow_schema", "arrow_array", "arrow_array_stream"};
  if (!capsule || !saw_py_bound) return;
  for (int i = 0; i < 3; i++) {
    if (!saw_py.PyCapsule_IsValid(capsule, names[i])) continue;
    void *p = saw_py.PyCapsule_GetPointer(capsule, names[i]);
    if (i == 0 && ((struct ArrowSchema *)p)->release) ((struct ArrowSchema *)p)->release(p);
    if (i == 1 && ((struct ArrowArray *)p)->release) ((struct ArrowArray *)p)->release(p);
    if (i == 2 && ((struct ArrowArrayStream *)p)->release) ((struct ArrowArrayStream *)p)->release(p);
    free(p);
    return;
  }
}
