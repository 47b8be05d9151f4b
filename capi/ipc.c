/*
 * Batches as an Arrow IPC stream (https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format): a schema message, then for
 * each batch its dictionaries and its columns, then an end mark. What is written are the arrays of the C data interface (arrow.c), so
 * there is one place that knows how a column becomes Arrow.
 *
 *   | ffffffff | size of metadata | metadata (FlatBuffer) | body: the buffers, each aligned to 8 |
 */
#include "arrow.h"
#include "flatbuffer.h"

enum { V5 = 4, SCHEMA = 1, DICTIONARY_BATCH = 2, RECORD_BATCH = 3 }; /* Message.fbs */
enum { INT = 2, FLOAT = 3, BINARY = 4, UTF8 = 5, BOOL = 6, TIMESTAMP = 10, LIST = 12, STRUCT = 13, MAP = 17, DURATION = 18, LARGE_BINARY = 19, LARGE_UTF8 = 20, BINARY_VIEW = 23, UTF8_VIEW = 24 }; /* Schema.fbs */

/* ---- The bytes that are made ---- */

typedef struct output {
  char *data;
  size_t n, room;
  int failed;
} output;

static void append(output *o, const void *p, size_t n) {
  if (o->n + n + 1 > o->room) {
    size_t room = (o->n + n) * 3 / 2 + 1024;
    char *data = o->failed ? NULL : realloc(o->data, room);
    if (!data) {
      o->failed = 1;
      return;
    }
    o->data = data;
    o->room = room;
  }
  if (n) memcpy(o->data + o->n, p, n);
  o->n += n;
}

static void pad8(output *o) {
  static const char zeros[8];
  append(o, zeros, (8 - o->n % 8) % 8);
}

/* Writes a finished message; the body follows. */
static void message(output *o, fb *b, uint8_t type, fb_ref header, int64_t body) {
  int16_t version = V5;
  fb_table(b);
  fb_put(b, 3, &body, 8);
  fb_put_ref(b, 2, header);
  fb_put(b, 0, &version, 2);
  fb_put(b, 1, &type, 1);
  fb_finish(b, fb_end(b));
  if (b->failed) {
    o->failed = 1;
  } else {
    uint32_t head[2] = {0xFFFFFFFFu, (uint32_t)b->used};
    append(o, head, sizeof head);
    append(o, fb_data(b), b->used);
  }
  free(b->memory);
}

/* ---- Schema ---- */

static fb_ref int_type(fb *b, int32_t bits, uint8_t is_signed) {
  fb_table(b);
  fb_put(b, 0, &bits, 4);
  fb_put(b, 1, &is_signed, 1);
  return fb_end(b);
}

static fb_ref time_type(fb *b, char unit, const char *zone) {
  int16_t u = unit == 's' ? 0 : unit == 'm' ? 1 : unit == 'u' ? 2 : 3;
  fb_ref name = zone ? fb_string(b, zone) : 0;
  fb_table(b);
  if (zone) fb_put_ref(b, 1, name);
  fb_put(b, 0, &u, 2);
  return fb_end(b);
}

/* The type table for an Arrow format string; *type is its number in the union. */
static fb_ref type_table(fb *b, const char *format, uint8_t *type) {
  static const struct {
    const char *format;
    uint8_t type;
  } plain[] = {{"b", BOOL}, {"u", UTF8}, {"U", LARGE_UTF8}, {"vu", UTF8_VIEW}, {"z", BINARY}, {"Z", LARGE_BINARY}, {"vz", BINARY_VIEW}, {"+l", LIST}, {"+m", MAP}, {"+s", STRUCT}};
  if (!strcmp(format, "l") || !strcmp(format, "L")) {
    *type = INT;
    return int_type(b, 64, format[0] == 'l');
  }
  if (format[0] == 't') {
    *type = format[1] == 's' ? TIMESTAMP : DURATION;
    return time_type(b, format[2], *type == TIMESTAMP ? format + 4 : NULL);
  }
  *type = FLOAT;
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
    if (!strcmp(format, plain[i].format)) *type = plain[i].type;
  }
  fb_table(b);
  if (*type == FLOAT) {
    int16_t precision = 2;
    fb_put(b, 0, &precision, 2);
  }
  return fb_end(b);
}

/* *id counts dictionaries, in the order of the columns: write_dictionaries goes the same way. */
static fb_ref field_table(fb *b, const struct ArrowSchema *s, int64_t *id) {
  uint8_t type, nullable = (s->flags & ARROW_FLAG_NULLABLE) != 0;
  fb_ref name = fb_string(b, s->name), dictionary = 0, inner[2];
  fb_ref table = type_table(b, s->dictionary ? s->dictionary->format : s->format, &type);
  for (int64_t i = 0; i < s->n_children; i++) inner[i] = field_table(b, s->children[i], id);
  fb_ref children = fb_refs(b, inner, (uint32_t)s->n_children);
  if (s->dictionary) {
    fb_ref index = int_type(b, 32, 1);
    fb_table(b);
    fb_put(b, 0, id, 8);
    ++*id;
    fb_put_ref(b, 1, index);
    dictionary = fb_end(b);
  }
  fb_table(b);
  fb_put_ref(b, 0, name);
  fb_put_ref(b, 3, table);
  if (dictionary) fb_put_ref(b, 4, dictionary);
  fb_put_ref(b, 5, children);
  fb_put(b, 1, &nullable, 1);
  fb_put(b, 2, &type, 1);
  return fb_end(b);
}

static void write_schema(output *o, const struct ArrowSchema *s) {
  fb b = {0};
  int16_t little = 0;
  int64_t id = 0;
  fb_ref *refs = malloc(((size_t)s->n_children + 1) * sizeof *refs);
  if (!refs) {
    o->failed = 1;
    return;
  }
  for (int64_t i = 0; i < s->n_children; i++) refs[i] = field_table(&b, s->children[i], &id);
  fb_ref fields = fb_refs(&b, refs, (uint32_t)s->n_children);
  free(refs);
  fb_table(&b);
  fb_put_ref(&b, 1, fields);
  fb_put(&b, 0, &little, 2);
  message(o, &b, SCHEMA, fb_end(&b), 0);
}

/* ---- Record batches ---- */

typedef struct node {
  int64_t length, nulls;
} node;

typedef struct piece {
  int64_t offset, length;
} piece;

typedef struct columns {
  node *nodes;
  piece *pieces;
  const void **from; /* of each piece */
  int64_t *variadic; /* data buffers of each column of views */
  int64_t n_nodes, n_pieces, n_variadic, body;
} columns;

static void add_piece(columns *c, const void *p, int64_t n) {
  c->from[c->n_pieces] = p;
  c->pieces[c->n_pieces++] = (piece){c->body, n};
  c->body += (n + 7) & ~(int64_t)7;
}

static int64_t last_offset(const struct ArrowArray *a, int large) {
  return large ? ((const int64_t *)a->buffers[1])[a->length] : ((const int32_t *)a->buffers[1])[a->length];
}

static void add_column(columns *c, const struct ArrowArray *a, const struct ArrowSchema *s) {
  const char *format = s->format;
  int64_t n = a->length;
  c->nodes[c->n_nodes++] = (node){n, a->null_count};
  add_piece(c, a->buffers[0], a->buffers[0] ? (n + 7) / 8 : 0);
  switch (format[0]) {
    case 'b':
      add_piece(c, a->buffers[1], (n + 7) / 8);
      return;
    case 'i':
      add_piece(c, a->buffers[1], n * 4);
      return;
    case 'u':
    case 'z':
    case 'U':
    case 'Z': {
      int large = format[0] < 'a';
      add_piece(c, a->buffers[1], (n + 1) * (large ? 8 : 4));
      add_piece(c, a->buffers[2], last_offset(a, large));
      return;
    }
    case 'v': {
      int64_t data = a->n_buffers - 3;
      add_piece(c, a->buffers[1], n * 16);
      for (int64_t i = 0; i < data; i++) add_piece(c, a->buffers[2 + i], ((const int64_t *)a->buffers[2 + data])[i]);
      c->variadic[c->n_variadic++] = data;
      return;
    }
    case '+':
      if (format[1] != 's') add_piece(c, a->buffers[1], (n + 1) * 4);
      for (int64_t i = 0; i < a->n_children; i++) add_column(c, a->children[i], s->children[i]);
      return;
  }
  add_piece(c, a->buffers[1], n * 8);
}

static int columns_room(columns *c, int64_t n, int64_t buffers) {
  memset(c, 0, sizeof *c);
  c->nodes = malloc((size_t)(n + 1) * sizeof *c->nodes);
  c->variadic = malloc((size_t)(n + 1) * sizeof *c->variadic);
  c->pieces = malloc((size_t)(buffers + 1) * sizeof *c->pieces);
  c->from = malloc((size_t)(buffers + 1) * sizeof *c->from);
  return c->nodes && c->variadic && c->pieces && c->from;
}

static void columns_free(columns *c) {
  free(c->nodes);
  free(c->variadic);
  free(c->pieces);
  free(c->from);
}

static fb_ref record_batch(fb *b, const columns *c, int64_t rows) {
  fb_ref variadic = c->n_variadic ? fb_vector(b, c->variadic, (uint32_t)c->n_variadic, 8, 8) : 0;
  fb_ref pieces = fb_vector(b, c->pieces, (uint32_t)c->n_pieces, sizeof *c->pieces, 8);
  fb_ref nodes = fb_vector(b, c->nodes, (uint32_t)c->n_nodes, sizeof *c->nodes, 8);
  fb_table(b);
  fb_put(b, 0, &rows, 8);
  fb_put_ref(b, 1, nodes);
  fb_put_ref(b, 2, pieces);
  if (variadic) fb_put_ref(b, 4, variadic);
  return fb_end(b);
}

static void write_body(output *o, const columns *c) {
  for (int64_t i = 0; i < c->n_pieces; i++) {
    append(o, c->from[i], (size_t)c->pieces[i].length);
    pad8(o);
  }
}

static void write_dictionary(output *o, const struct ArrowArray *values, const struct ArrowSchema *s, int64_t id) {
  columns c;
  fb b = {0};
  if (columns_room(&c, 1, values->n_buffers)) {
    add_column(&c, values, s);
    fb_ref batch = record_batch(&b, &c, values->length);
    fb_table(&b);
    fb_put(&b, 0, &id, 8);
    fb_put_ref(&b, 1, batch);
    message(o, &b, DICTIONARY_BATCH, fb_end(&b), c.body);
    write_body(o, &c);
  } else {
    o->failed = 1;
  }
  columns_free(&c);
}

/* Of the columns of a, and of those inside them; counts these and their buffers. */
static void write_dictionaries(output *o, const struct ArrowArray *a, const struct ArrowSchema *s, int64_t *id, int64_t *nodes, int64_t *buffers) {
  for (int64_t i = 0; i < a->n_children; i++) {
    const struct ArrowArray *child = a->children[i];
    ++*nodes;
    *buffers += child->n_buffers;
    write_dictionaries(o, child, s->children[i], id, nodes, buffers);
    if (child->dictionary) write_dictionary(o, child->dictionary, s->children[i]->dictionary, (*id)++);
  }
}

static void write_batch(output *o, const struct ArrowArray *a, const struct ArrowSchema *s) {
  columns c;
  fb b = {0};
  int64_t id = 0, nodes = 0, buffers = 0;
  write_dictionaries(o, a, s, &id, &nodes, &buffers);
  if (columns_room(&c, nodes, buffers)) {
    for (int64_t i = 0; i < a->n_children; i++) add_column(&c, a->children[i], s->children[i]);
    message(o, &b, RECORD_BATCH, record_batch(&b, &c, a->length), c.body);
    write_body(o, &c);
  } else {
    o->failed = 1;
  }
  columns_free(&c);
}

/* ---- Public ---- */

static int32_t write_all(output *o, const sawlog_batch *const *batches, int64_t n, uint32_t flags, sawlog_error *err) {
  static const uint32_t end[2] = {0xFFFFFFFFu, 0};
  saw_schema *schema = n ? saw_schema_retain(batches[0]->schema) : saw_schema_parse("[]", 2);
  struct ArrowSchema s;
  int bad = !schema || saw_schema_export(schema, flags, &s);
  saw_schema_release(schema);
  if (bad) return saw_fail(err, SAWLOG_E_MEMORY, "out of memory");
  int32_t rc = SAWLOG_OK;
  write_schema(o, &s);
  for (int64_t i = 0; rc == SAWLOG_OK && i < n; i++) {
    struct ArrowArray a;
    rc = saw_array_export((sawlog_batch *)batches[i], flags, &a, err);
    if (rc) break;
    write_batch(o, &a, &s);
    a.release(&a);
  }
  s.release(&s);
  append(o, end, sizeof end);
  if (rc == SAWLOG_OK && o->failed) rc = saw_fail(err, SAWLOG_E_MEMORY, "out of memory");
  return rc;
}

int32_t sawlog_batches_to_ipc(const sawlog_batch *const *batches, int64_t n, uint32_t flags, sawlog_bytes *out, sawlog_error *err) {
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  memset(out, 0, sizeof *out);
  if (n < 0 || (n && !batches)) return saw_fail(err, SAWLOG_E_ARGUMENT, "batches is NULL or n is negative");
  if (!saw_flags_ok(flags)) return saw_fail(err, SAWLOG_E_ARGUMENT, "flags %#x are not flags of an Arrow export", flags);
  for (int64_t i = 0; i < n; i++) {
    if (!saw_is(batches[i], SAW_BATCH)) return SAW_HANDLE(err, "batch");
    if (!saw_schema_same(batches[0]->schema, batches[i]->schema)) return saw_fail(err, SAWLOG_E_ARGUMENT, "the batches have different schemas");
  }
  output o = {NULL, 0, 0, 0};
  int32_t rc = write_all(&o, batches, n, flags, err);
  if (rc) {
    free(o.data);
    return rc;
  }
  *out = (sawlog_bytes){o.data, o.n, o.data};
  return SAWLOG_OK;
}
