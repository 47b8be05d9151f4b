/* Writes FlatBuffers (https://flatbuffers.dev), from the end to the beginning: just what Arrow's IPC messages need. */
#ifndef SAWLOG_FLATBUFFER_H
#define SAWLOG_FLATBUFFER_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Positions are distances from the end of the buffer, which do not change while it grows. */
typedef uint32_t fb_ref;

typedef struct fb {
  uint8_t *memory;
  size_t room, used; /* the last `used` bytes are written */
  int failed;        /* no memory: everything after is without effect */
  fb_ref fields[8];  /* of the table under way */
  int n_fields;
  fb_ref table_end;
} fb;

static inline uint8_t *fb_push(fb *b, size_t n) {
  if (b->used + n > b->room) {
    size_t room = (b->used + n) * 2 + 256;
    uint8_t *memory = b->failed ? NULL : malloc(room);
    if (!memory) {
      b->failed = 1;
      return NULL;
    }
    if (b->used) memcpy(memory + room - b->used, b->memory + b->room - b->used, b->used);
    free(b->memory);
    b->memory = memory;
    b->room = room;
  }
  b->used += n;
  return b->memory + b->room - b->used;
}

static inline void fb_write(fb *b, const void *p, size_t n) {
  uint8_t *to = fb_push(b, n);
  if (to && n) memcpy(to, p, n);
}

/* Pads so that after `more` further bytes the position is a multiple of align. */
static inline void fb_align(fb *b, size_t align, size_t more) {
  while ((b->used + more) % align && !b->failed) fb_write(b, "", 1);
}

static inline void fb_scalar(fb *b, const void *p, size_t n) {
  fb_align(b, n, n);
  fb_write(b, p, n);
}

/* A reference to something written before. */
static inline void fb_offset(fb *b, fb_ref to) {
  fb_align(b, 4, 4);
  uint32_t distance = (uint32_t)b->used + 4 - to;
  fb_write(b, &distance, 4);
}

static inline fb_ref fb_string(fb *b, const char *text) {
  uint32_t n = (uint32_t)strlen(text);
  fb_align(b, 4, n + 1);
  fb_write(b, "", 1);
  fb_write(b, text, n);
  fb_write(b, &n, 4);
  return (fb_ref)b->used;
}

/* A vector of n structs or numbers that lie at p. */
static inline fb_ref fb_vector(fb *b, const void *p, uint32_t n, size_t size, size_t align) {
  fb_align(b, 4, n * size);
  fb_align(b, align, n * size);
  fb_write(b, p, n * size);
  fb_write(b, &n, 4);
  return (fb_ref)b->used;
}

static inline fb_ref fb_refs(fb *b, const fb_ref *refs, uint32_t n) {
  fb_align(b, 4, (size_t)n * 4);
  for (uint32_t i = n; i-- > 0;) fb_offset(b, refs[i]);
  fb_write(b, &n, 4);
  return (fb_ref)b->used;
}

static inline void fb_table(fb *b) {
  memset(b->fields, 0, sizeof b->fields);
  b->n_fields = 0;
  b->table_end = (fb_ref)b->used;
}

static inline void fb_field(fb *b, int id) {
  b->fields[id] = (fb_ref)b->used;
  if (b->n_fields <= id) b->n_fields = id + 1;
}

static inline void fb_put(fb *b, int id, const void *p, size_t n) {
  fb_scalar(b, p, n);
  fb_field(b, id);
}

static inline void fb_put_ref(fb *b, int id, fb_ref to) {
  fb_offset(b, to);
  fb_field(b, id);
}

/* Ends the table: its address, then its list of fields in front of it. */
static inline fb_ref fb_end(fb *b) {
  int32_t back = 0;
  fb_scalar(b, &back, 4);
  fb_ref table = (fb_ref)b->used;
  for (int i = b->n_fields; i-- > 0;) {
    uint16_t at = b->fields[i] ? (uint16_t)(table - b->fields[i]) : 0;
    fb_write(b, &at, 2);
  }
  uint16_t head[2] = {(uint16_t)(4 + 2 * b->n_fields), (uint16_t)(table - b->table_end)};
  fb_write(b, head, 4);
  back = (int32_t)(b->used - table);
  if (!b->failed) memcpy(b->memory + b->room - table, &back, 4);
  return table;
}

/* Ends the buffer: its size becomes a multiple of 8. */
static inline void fb_finish(fb *b, fb_ref root) {
  fb_align(b, 8, 4);
  fb_offset(b, root);
}

static inline const uint8_t *fb_data(const fb *b) { return b->memory + b->room - b->used; }

#endif
