/* Values as Python objects: see rows.c. */
#include "python.h"

#define py saw_py

static obj timestamp(int64_t ns) {
  int64_t us = ns / 1000 - (ns % 1000 < 0), second = us / 1000000 - (us % 1000000 < 0);
  int64_t day = second / 86400 - (second % 86400 < 0);
  int rest = (int)(second - day * 86400), micro = (int)(us - second * 1000000), year, month, date;
  saw_civil(day, &year, &month, &date);
  return py.datetime->datetime(year, month, date, rest / 3600, rest / 60 % 60, rest % 60, micro, py.datetime->utc, py.datetime->datetime_type);
}

static obj duration(int64_t ns) {
  int64_t us = ns / 1000 - (ns % 1000 < 0), day = us / 86400000000 - (us % 86400000000 < 0);
  int64_t rest = us - day * 86400000000;
  return py.datetime->delta((int)day, (int)(rest / 1000000), (int)(rest % 1000000), 0, py.datetime->delta_type);
}

static obj text_value(const saw_source *s, int64_t row) {
  size_t n;
  obj *known = s->texts ? &s->texts[((const int32_t *)s->c->data)[row]] : NULL;
  if (known && *known) return saw_py_same(*known);
  const char *text = saw_text(s->b, s->c, s->f->flags & SAWLOG_COLUMN_DICTIONARY, row, &n);
  if (s->f->type == SAWLOG_T_BYTES) return py.PyBytes_FromStringAndSize(text, (ptrdiff_t)n);
  obj o = py.PyUnicode_FromStringAndSize(text, (ptrdiff_t)n);
  if (known && o) *known = saw_py_same(o);
  return o;
}

obj saw_py_value_or_none(const saw_source *s, int64_t row) { return saw_is_null(s->c, row) ? saw_py_same(py.none) : saw_py_value(s, row); }

/* The k-th column of what is inside a list or map. */
static saw_source inner(const saw_source *s, int32_t k) {
  int32_t i = s->f->child + k;
  return (saw_source){s->b, &s->b->columns[i], &s->b->schema->fields[i], NULL};
}

static obj list_value(const saw_source *s, int64_t row) {
  saw_source items = inner(s, 0);
  int64_t from = s->c->offsets[row], n = s->c->offsets[row + 1] - from;
  obj list = py.PyList_New((ptrdiff_t)n);
  for (int64_t k = 0; list && k < n; k++) {
    obj item = saw_py_value_or_none(&items, from + k);
    if (!item || py.PyList_SetItem(list, (ptrdiff_t)k, item)) {
      py.Py_DecRef(list);
      return NULL;
    }
  }
  return list;
}

/* Of a key that comes twice the last one counts. */
static obj map_value(const saw_source *s, int64_t row) {
  saw_source keys = inner(s, 0), values = inner(s, 1);
  obj dict = py.PyDict_New();
  for (int64_t k = s->c->offsets[row]; dict && k < s->c->offsets[row + 1]; k++) {
    obj key = text_value(&keys, k);
    obj item = key ? saw_py_value_or_none(&values, k) : NULL;
    if (!item || py.PyDict_SetItem(dict, key, item)) {
      py.Py_DecRef(dict);
      dict = NULL;
    }
    saw_py_drop(key);
    saw_py_drop(item);
  }
  return dict;
}

/* A new reference to the value of a row that is not null. */
obj saw_py_value(const saw_source *s, int64_t row) {
  const saw_column *c = s->c;
  switch (s->f->type) {
    case SAWLOG_T_BOOL:
      return saw_py_same(((const uint8_t *)c->data)[row >> 3] >> (row & 7) & 1 ? py.yes : py.no);
    case SAWLOG_T_INT:
      return py.PyLong_FromLongLong(((const int64_t *)c->data)[row]);
    case SAWLOG_T_UINT:
      return py.PyLong_FromUnsignedLongLong(((const uint64_t *)c->data)[row]);
    case SAWLOG_T_FLOAT:
      return py.PyFloat_FromDouble(((const double *)c->data)[row]);
    case SAWLOG_T_TIMESTAMP:
      return timestamp(((const int64_t *)c->data)[row]);
    case SAWLOG_T_DURATION:
      return duration(((const int64_t *)c->data)[row]);
    case SAWLOG_T_LIST:
      return list_value(s, row);
    case SAWLOG_T_MAP:
      return map_value(s, row);
  }
  return text_value(s, row);
}
