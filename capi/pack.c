/*
 * One row as one piece of memory, for bindings whose calls cost more than a row does (sawlog_batch_pack_row):
 *
 *   | null, text's length, value or text's place | the same for each column ... | texts, one behind the other |
 *
 * Lists and maps are texts of JSON, as sawlog_batch_to_json writes them; that one is in Go, and a call into Go is what this avoids.
 */
#include "internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where texts go; what does not fit is only counted. */
typedef struct packer {
  char *out;
  size_t cap, n;
} packer;

static void put(packer *p, const char *text, size_t n) {
  if (n && p->n <= p->cap && n <= p->cap - p->n) memcpy(p->out + p->n, text, n);
  p->n += n;
}

static void put1(packer *p, char c) { put(p, &c, 1); }

/* ---- JSON ---- */

static void put_int(packer *p, int64_t v) {
  char text[32];
  put(p, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)v));
}

/* The shortest digits that read back as v; null for what JSON cannot write. Whatever the locale's decimal point is, a point is written. */
static void put_float(packer *p, double v) {
  char text[48];
  int n = 0;
  if (!isfinite(v)) {
    put(p, "null", 4);
    return;
  }
  for (int digits = 15; digits <= 17; digits++) {
    n = snprintf(text, sizeof text, "%.*g", digits, v);
    if (strtod(text, NULL) == v) break;
  }
  for (int i = 0; i < n; i++) {
    if (strchr("+-e0123456789", text[i])) put1(p, text[i]);
    else if (i == 0 || strchr("+-e0123456789", text[i - 1])) put1(p, '.'); /* a point of several bytes is one */
  }
}

/* Counts in eras of 400 years that begin on 1 March. */
void saw_civil(int64_t day, int *year, int *month, int *date) {
  int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
  unsigned doe = (unsigned)(z - era * 146097);
  unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
  *month = (int)(mp < 10 ? mp + 3 : mp - 9);
  *year = (int)yoe + (int)era * 400 + (*month <= 2);
  *date = (int)(doy - (153 * mp + 2) / 5 + 1);
}

/* 2006-01-02T15:04:05.999999999Z, with as many digits of the fraction as there are. */
static void put_time(packer *p, int64_t ns) {
  int64_t second = ns / 1000000000 - (ns % 1000000000 < 0), day = second / 86400 - (second % 86400 < 0);
  int rest = (int)(second - day * 86400), frac = (int)(ns - second * 1000000000), year, month, date;
  char text[48];
  saw_civil(day, &year, &month, &date);
  int n = snprintf(text, sizeof text, "\"%04d-%02d-%02dT%02d:%02d:%02d.%09d", year, month, date, rest / 3600, rest / 60 % 60, rest % 60, frac);
  while (text[n - 1] == '0') n--;
  if (text[n - 1] == '.') n--;
  put(p, text, (size_t)n);
  put(p, "Z\"", 2);
}

/* How many bytes of p[:n] are one character of UTF-8; 0 for none. */
static size_t character(const unsigned char *p, size_t n) {
  size_t more = p[0] < 0x80 ? 0 : p[0] >= 0xC2 && p[0] < 0xE0 ? 1 : p[0] >= 0xE0 && p[0] < 0xF0 ? 2 : p[0] >= 0xF0 && p[0] < 0xF5 ? 3 : 4;
  if (more >= n || more == 4) return 0;
  for (size_t k = 1; k <= more; k++) {
    if ((p[k] & 0xC0) != 0x80) return 0;
  }
  if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F)) return 0;
  return more + 1;
}

static void put_string(packer *p, const char *text, size_t n) {
  const unsigned char *s = (const unsigned char *)text;
  put1(p, '"');
  for (size_t i = 0, m; i < n; i += m ? m : 1) {
    static const char from[] = "\"\\\n\r\t", into[] = "\"\\nrt";
    const char *at = s[i] ? strchr(from, s[i]) : NULL;
    char escape[8];
    m = character(s + i, n - i);
    if (at) {
      put1(p, '\\');
      put1(p, into[at - from]);
    } else if (s[i] < 0x20) {
      put(p, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", s[i]));
    } else if (m) {
      put(p, text + i, m);
    } else {
      put(p, "\xEF\xBF\xBD", 3);
    }
  }
  put1(p, '"');
}

static void put_value(packer *p, const sawlog_batch *b, int32_t column, int64_t row);

static void put_elements(packer *p, const sawlog_batch *b, const saw_field *f, const saw_column *c, int64_t row) {
  int map = f->type == SAWLOG_T_MAP;
  put1(p, map ? '{' : '[');
  for (int64_t k = c->offsets[row]; k < c->offsets[row + 1]; k++) {
    if (k > c->offsets[row]) put1(p, ',');
    if (map) {
      put_value(p, b, f->child, k);
      put1(p, ':');
    }
    put_value(p, b, f->child + map, k);
  }
  put1(p, map ? '}' : ']');
}

static void put_value(packer *p, const sawlog_batch *b, int32_t column, int64_t row) {
  const saw_field *f = &b->schema->fields[column];
  const saw_column *c = &b->columns[column];
  char text[32];
  size_t n;
  if (saw_is_null(c, row)) {
    put(p, "null", 4);
    return;
  }
  switch (f->type) {
    case SAWLOG_T_BOOL:
      n = (size_t)(((const uint8_t *)c->data)[row >> 3] >> (row & 7) & 1);
      put(p, n ? "true" : "false", 5 - n);
      return;
    case SAWLOG_T_UINT:
      put(p, text, (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)((const uint64_t *)c->data)[row]));
      return;
    case SAWLOG_T_INT:
    case SAWLOG_T_DURATION:
      put_int(p, ((const int64_t *)c->data)[row]);
      return;
    case SAWLOG_T_FLOAT:
      put_float(p, ((const double *)c->data)[row]);
      return;
    case SAWLOG_T_TIMESTAMP:
      put_time(p, ((const int64_t *)c->data)[row]);
      return;
    case SAWLOG_T_LIST:
    case SAWLOG_T_MAP:
      put_elements(p, b, f, c, row);
      return;
  }
  const char *s = saw_text(b, c, f->flags & SAWLOG_COLUMN_DICTIONARY, row, &n);
  put_string(p, s, n);
}

/* ---- Public ---- */

typedef struct packed {
  int32_t null;
  int32_t text_n;
  int64_t value;
} packed;

static packed pack(packer *p, const sawlog_batch *b, int32_t column, int64_t row) {
  const saw_field *f = &b->schema->fields[column];
  const saw_column *c = &b->columns[column];
  packed one = {0, 0, 0};
  if (saw_is_null(c, row)) {
    one.null = 1;
  } else if (f->type == SAWLOG_T_BOOL) {
    one.value = ((const uint8_t *)c->data)[row >> 3] >> (row & 7) & 1;
  } else if (f->type < SAWLOG_T_STRING) {
    one.value = ((const int64_t *)c->data)[row];
  } else {
    one.value = (int64_t)p->n;
    if (f->n_children) {
      put_elements(p, b, f, c, row);
    } else {
      size_t n;
      const char *text = saw_text(b, c, f->flags & SAWLOG_COLUMN_DICTIONARY, row, &n);
      put(p, text, n);
    }
    one.text_n = (int32_t)(p->n - (size_t)one.value);
  }
  return one;
}

int32_t sawlog_parse_packed(const sawlog_parser *p, const uint8_t *data, size_t n, void *out, size_t cap, int64_t *size, sawlog_error *err) {
  sawlog_batch *b;
  if (!size || (!out && cap)) return saw_fail(err, SAWLOG_E_ARGUMENT, "size or out is NULL");
  *size = -1;
  SAW_TRY(sawlog_parse_record(p, data, n, &b, err));
  if (b->rows) *size = sawlog_batch_pack_row(b, 0, out, cap);
  sawlog_batch_free(b);
  return SAWLOG_OK;
}

int64_t sawlog_batch_pack_row(const sawlog_batch *b, int64_t row, void *out, size_t cap) {
  if (!saw_is(b, SAW_BATCH)) return SAWLOG_E_HANDLE;
  if (row < 0 || row >= b->rows || (!out && cap)) return SAWLOG_E_ARGUMENT;
  size_t head = (size_t)b->schema->n * sizeof(packed);
  packer p = {out, cap, head};
  for (int32_t i = 0; i < b->schema->n; i++) {
    packed one = pack(&p, b, i, row);
    if (head <= cap) memcpy((char *)out + (size_t)i * sizeof one, &one, sizeof one);
  }
  return (int64_t)p.n;
}
