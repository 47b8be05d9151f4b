/* Columns whose values do not lie as an Arrow consumer wants them: copies in another layout. */
#include "arrow.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

void saw_made_free(saw_made *made) {
  saw_aligned_free(made->data);
  saw_aligned_free(made->texts);
  saw_aligned_free(made->offsets);
  memset(made, 0, sizeof *made);
}

static int present(const saw_column *c, int64_t row) { return !saw_is_null(c, row); }

static int64_t floor_div(int64_t v, int64_t by) { return v / by - (v % by < 0); }

int32_t saw_make_times(const saw_column *c, int64_t divisor, saw_made *made) {
  int64_t *to = made->data = saw_aligned((size_t)c->length * 8);
  const int64_t *from = c->data;
  if (!to) return SAWLOG_E_MEMORY;
  for (int64_t r = 0; r < c->length; r++) to[r] = floor_div(from[r], divisor);
  return SAWLOG_OK;
}

int32_t saw_make_offsets(const sawlog_batch *b, const saw_field *f, const saw_column *c, int large, saw_made *made) {
  int dictionary = f->flags & SAWLOG_COLUMN_DICTIONARY;
  size_t total = 0, n;
  for (int64_t r = 0; r < c->length; r++) {
    if (!present(c, r)) continue;
    saw_text(b, c, dictionary, r, &n);
    total += n;
  }
  if (!large && total > INT_MAX) return SAWLOG_E_LIMIT;
  made->data = saw_aligned((size_t)(c->length + 1) * (large ? 8 : 4));
  made->texts = saw_aligned(total);
  made->texts_n = (int64_t)total;
  if (!made->data || !made->texts) return SAWLOG_E_MEMORY;
  size_t at = 0;
  for (int64_t r = 0; r <= c->length; r++) {
    if (large) ((int64_t *)made->data)[r] = (int64_t)at;
    else ((int32_t *)made->data)[r] = (int32_t)at;
    if (r == c->length || !present(c, r)) continue;
    const char *text = saw_text(b, c, dictionary, r, &n);
    memcpy((char *)made->texts + at, text, n);
    at += n;
  }
  return SAWLOG_OK;
}

/* Views of a dictionary column's texts, into the dictionary as their one data buffer. */
int32_t saw_make_views(const sawlog_batch *b, const saw_column *c, saw_made *made) {
  saw_view *to = made->data = saw_aligned((size_t)c->length * sizeof *to);
  if (!to) return SAWLOG_E_MEMORY;
  memset(to, 0, (size_t)c->length * sizeof *to);
  for (int64_t r = 0; r < c->length; r++) {
    if (!present(c, r)) continue;
    size_t n;
    const char *text = saw_text(b, c, 1, r, &n);
    to[r].length = (int32_t)n;
    if (n <= 12) {
      memcpy(to[r].in, text, n);
    } else {
      memcpy(to[r].ref.prefix, text, 4);
      to[r].ref.offset = (int32_t)((const uint8_t *)text - c->texts);
    }
  }
  return SAWLOG_OK;
}

/* ---- A dictionary of views: open addressing over the distinct texts ---- */

typedef struct table {
  int32_t *slots; /* index + 1 of a text; 0: free */
  size_t mask;
  saw_made *made;
  size_t texts_room, offsets_room;
} table;

static uint64_t hash(const char *p, size_t n) {
  uint64_t h = (uint64_t)(uintptr_t)&present ^ n * 0x9E3779B97F4A7C15u, w; /* the address is random: collisions cannot be prepared */
  for (; n >= 8; p += 8, n -= 8) {
    memcpy(&w, p, 8);
    h = (h ^ w) * 0xff51afd7ed558ccdu;
    h ^= h >> 32;
  }
  w = 0;
  memcpy(&w, p, n);
  h = (h ^ w) * 0xc4ceb9fe1a85ec53u;
  return h ^ h >> 29;
}

static const char *text_at(const saw_made *m, int32_t i, size_t *n) {
  const int32_t *offsets = m->offsets;
  *n = (size_t)(offsets[i + 1] - offsets[i]);
  return (const char *)m->texts + offsets[i];
}

static int grow(void **p, size_t *room, size_t want) {
  if (want <= *room) return 1;
  size_t next = want < 1024 ? 2048 : want * 2;
  void *q = saw_aligned(next);
  if (!q) return 0;
  if (*room) memcpy(q, *p, *room);
  saw_aligned_free(*p);
  *p = q;
  *room = next;
  return 1;
}

static int rehash(table *t) {
  size_t size = t->mask ? (t->mask + 1) * 4 : 256, n;
  int32_t *slots = calloc(size, sizeof *slots);
  if (!slots) return 0;
  for (int32_t i = 0; i < t->made->dictionary_n; i++) {
    const char *p = text_at(t->made, i, &n);
    size_t at = hash(p, n) & (size - 1);
    while (slots[at]) at = (at + 1) & (size - 1);
    slots[at] = i + 1;
  }
  free(t->slots);
  t->slots = slots;
  t->mask = size - 1;
  return 1;
}

static int32_t add(table *t, const char *text, size_t n, size_t slot) {
  saw_made *m = t->made;
  if (m->texts_n + (int64_t)n > INT_MAX) return SAWLOG_E_LIMIT;
  if (!grow(&m->texts, &t->texts_room, (size_t)m->texts_n + n + 1) || !grow(&m->offsets, &t->offsets_room, (size_t)(m->dictionary_n + 2) * 4)) return SAWLOG_E_MEMORY;
  memcpy((char *)m->texts + m->texts_n, text, n);
  m->texts_n += (int64_t)n;
  int32_t *offsets = m->offsets;
  offsets[0] = 0;
  offsets[++m->dictionary_n] = (int32_t)m->texts_n;
  t->slots[slot] = (int32_t)m->dictionary_n;
  return SAWLOG_OK;
}

/* *index is the text's place in the dictionary. */
static int32_t look_up(table *t, const char *text, size_t n, int32_t *index) {
  if ((size_t)t->made->dictionary_n * 2 >= t->mask && !rehash(t)) return SAWLOG_E_MEMORY;
  size_t at = hash(text, n) & t->mask, m;
  for (; t->slots[at]; at = (at + 1) & t->mask) {
    const char *known = text_at(t->made, t->slots[at] - 1, &m);
    if (m == n && !memcmp(known, text, n)) {
      *index = t->slots[at] - 1;
      return SAWLOG_OK;
    }
  }
  SAW_TRY(add(t, text, n, at));
  *index = (int32_t)t->made->dictionary_n - 1;
  return SAWLOG_OK;
}

int32_t saw_make_dictionary(const sawlog_batch *b, const saw_column *c, saw_made *made) {
  table t = {NULL, 0, made, 0, 0};
  int32_t *to = made->data = saw_aligned((size_t)c->length * 4);
  int32_t rc = to && grow(&made->offsets, &t.offsets_room, 8) ? SAWLOG_OK : SAWLOG_E_MEMORY;
  if (rc == SAWLOG_OK) ((int32_t *)made->offsets)[0] = 0;
  for (int64_t r = 0; rc == SAWLOG_OK && r < c->length; r++) {
    size_t n;
    to[r] = 0;
    if (!present(c, r)) continue;
    const char *text = saw_text(b, c, 0, r, &n);
    rc = look_up(&t, text, n, &to[r]);
  }
  free(t.slots);
  return rc;
}
