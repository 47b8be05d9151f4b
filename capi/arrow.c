/*
 * Batches and schemas as Arrow structs. Every node owns what it needs by itself (its private_data, and a reference to the batch or the
 * schema), because consumers move children out of their parent and release them in any order. Release is plain C: no runtime, no lock.
 */
#include "arrow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int saw_flags_ok(uint32_t flags) {
  const uint32_t known = SAWLOG_ARROW_STRINGS | SAWLOG_ARROW_NO_DICTIONARY | SAWLOG_ARROW_US | SAWLOG_ARROW_MS;
  if (flags & ~known || ((flags & SAWLOG_ARROW_US) && (flags & SAWLOG_ARROW_MS))) return 0;
  return (flags & SAWLOG_ARROW_STRINGS) != SAWLOG_ARROW_DICTIONARY || !(flags & SAWLOG_ARROW_NO_DICTIONARY);
}

saw_shape saw_shape_of(const saw_field *f, uint32_t flags) {
  if (f->n_children) return f->type == SAWLOG_T_LIST ? SAW_LIST : SAW_MAP;
  if (!saw_is_text(f->type)) {
    int time = f->type == SAWLOG_T_TIMESTAMP || f->type == SAWLOG_T_DURATION;
    return time && flags & (SAWLOG_ARROW_US | SAWLOG_ARROW_MS) ? SAW_DIVIDED : SAW_WORDS;
  }
  if (f->flags & SAWLOG_COLUMN_DICTIONARY && !(flags & SAWLOG_ARROW_NO_DICTIONARY)) return SAW_INDICES;
  static const saw_shape shapes[] = {SAW_VIEWS, SAW_OFFSETS, SAW_LARGE, SAW_INDICES};
  return shapes[flags & SAWLOG_ARROW_STRINGS];
}

const char *saw_format(const saw_field *f, uint32_t flags) {
  static const char *const plain[] = {"", "b", "l", "L", "g"};
  static const char *const texts[][2] = {{"", ""}, {"", ""}, {"vu", "vz"}, {"u", "z"}, {"U", "Z"}, {"u", "z"}};
  int unit = flags & SAWLOG_ARROW_US ? 1 : flags & SAWLOG_ARROW_MS ? 2 : 0;
  switch (f->type) {
    case SAWLOG_T_TIMESTAMP:
      return unit == 1 ? "tsu:UTC" : unit == 2 ? "tsm:UTC" : "tsn:UTC";
    case SAWLOG_T_DURATION:
      return unit == 1 ? "tDu" : unit == 2 ? "tDm" : "tDn";
    case SAWLOG_T_LIST:
      return "+l";
    case SAWLOG_T_MAP:
      return "+m";
  }
  return f->type < SAWLOG_T_STRING ? plain[f->type] : texts[saw_shape_of(f, flags)][f->type == SAWLOG_T_BYTES];
}

/* ---- Schema ---- */

typedef struct schema_node {
  saw_schema *schema; /* names are borrowed from it */
  struct ArrowSchema dictionary;
  struct ArrowSchema *storage;
  struct ArrowSchema *list[]; /* children */
} schema_node;

static void release_schema(struct ArrowSchema *s) {
  schema_node *node = s->private_data;
  for (int64_t i = 0; i < s->n_children; i++) {
    if (s->children[i]->release) s->children[i]->release(s->children[i]);
  }
  if (s->dictionary && s->dictionary->release) s->dictionary->release(s->dictionary);
  s->release = NULL;
  saw_schema_release(node->schema);
  free(node->storage);
  free(node);
}

static schema_node *schema_init(struct ArrowSchema *s, saw_schema *schema, int64_t children, const char *format, const char *name) {
  schema_node *node = calloc(1, sizeof *node + (size_t)children * sizeof(void *));
  if (!node) return NULL;
  memset(s, 0, sizeof *s);
  node->schema = saw_schema_retain(schema);
  s->format = format;
  s->name = name;
  s->private_data = node;
  s->release = release_schema;
  return node;
}

static int schema_fields(struct ArrowSchema *s, saw_schema *schema, const saw_field *first, int64_t n, uint32_t flags);

/* Lets s have children: the next one that is initialised may be counted in n_children. */
static int schema_room(struct ArrowSchema *s, int64_t n) {
  schema_node *node = s->private_data;
  if (n && !(node->storage = calloc((size_t)n, sizeof *node->storage))) return ENOMEM;
  s->children = node->list;
  for (int64_t i = 0; i < n; i++) node->list[i] = &node->storage[i];
  return 0;
}

/* A map is a list of struct<key, value>, of which neither the struct nor the key can be null. */
static int schema_entries(struct ArrowSchema *s, saw_schema *schema, const saw_field *f, uint32_t flags) {
  if (schema_room(s, 1)) return ENOMEM;
  if (!schema_init(s->children[0], schema, 2, "+s", "entries")) return ENOMEM;
  s->n_children = 1;
  if (schema_fields(s->children[0], schema, &schema->fields[f->child], 2, flags)) return ENOMEM;
  s->children[0]->children[0]->flags = 0;
  return 0;
}

static int schema_field(struct ArrowSchema *s, saw_schema *schema, const saw_field *f, uint32_t flags) {
  saw_shape shape = saw_shape_of(f, flags);
  int indices = shape == SAW_INDICES;
  schema_node *node = schema_init(s, schema, f->n_children, indices ? "i" : saw_format(f, flags), f->name);
  if (!node) return ENOMEM;
  s->flags = ARROW_FLAG_NULLABLE;
  if (indices) {
    if (!schema_init(&node->dictionary, schema, 0, saw_format(f, flags), "")) return ENOMEM;
    node->dictionary.flags = ARROW_FLAG_NULLABLE;
    s->dictionary = &node->dictionary;
  }
  if (shape == SAW_MAP) return schema_entries(s, schema, f, flags);
  return shape == SAW_LIST ? schema_fields(s, schema, &schema->fields[f->child], 1, flags) : 0;
}

static int schema_fields(struct ArrowSchema *s, saw_schema *schema, const saw_field *first, int64_t n, uint32_t flags) {
  if (schema_room(s, n)) return ENOMEM;
  for (int64_t i = 0; i < n; i++) {
    s->n_children = i + 1; /* a child that fails is zero, or releases what it has */
    if (schema_field(s->children[i], schema, &first[i], flags)) return ENOMEM;
  }
  return 0;
}

int saw_schema_export(saw_schema *schema, uint32_t flags, struct ArrowSchema *out) {
  struct ArrowSchema top;
  if (!schema_init(&top, schema, schema->n, "+s", "")) return ENOMEM;
  if (schema_fields(&top, schema, schema->fields, schema->n, flags)) {
    top.release(&top);
    return ENOMEM;
  }
  *out = top;
  return 0;
}

/* ---- Arrays ---- */

typedef struct array_node {
  sawlog_batch *batch;
  saw_made made;
  struct ArrowArray dictionary;
  struct ArrowArray *storage;
  struct ArrowArray **list;
  const void *buffers[]; /* then, for views, the sizes of the data buffers */
} array_node;

static const char nothing[64] __attribute__((aligned(64))); /* stands for an empty buffer: some readers refuse NULL */

static const void *or_nothing(const void *p) { return p ? p : nothing; }

static void release_array(struct ArrowArray *a) {
  array_node *node = a->private_data;
  for (int64_t i = 0; i < a->n_children; i++) {
    if (a->children[i]->release) a->children[i]->release(a->children[i]);
  }
  if (a->dictionary && a->dictionary->release) a->dictionary->release(a->dictionary);
  a->release = NULL;
  saw_made_free(&node->made);
  sawlog_batch_free(node->batch);
  free(node->storage);
  free(node->list);
  free(node);
}

/* Lets a have n children, which are zero. */
static int array_room(struct ArrowArray *a, int64_t n) {
  array_node *node = a->private_data;
  node->storage = calloc((size_t)n + 1, sizeof *node->storage);
  node->list = calloc((size_t)n + 1, sizeof *node->list);
  if (!node->storage || !node->list) return 0;
  for (int64_t i = 0; i < n; i++) node->list[i] = &node->storage[i];
  a->children = node->list;
  return 1;
}

static array_node *array_init(struct ArrowArray *a, sawlog_batch *b, int64_t length, int64_t buffers, int64_t sizes) {
  array_node *node = calloc(1, sizeof *node + (size_t)(buffers + sizes) * sizeof(void *));
  if (!node) return NULL;
  memset(a, 0, sizeof *a);
  node->batch = sawlog_batch_retain(b);
  a->length = length;
  a->n_buffers = buffers;
  a->buffers = node->buffers;
  a->private_data = node;
  a->release = release_array;
  return node;
}

/* dictionary<int32, utf8>: the batch's own, or one made here. */
static int32_t dictionary_array(struct ArrowArray *a, sawlog_batch *b, const saw_field *f, const saw_column *c) {
  array_node *node = array_init(a, b, c->length, 2, 0);
  if (!node) return SAWLOG_E_MEMORY;
  const void *indices = c->data, *offsets = c->offsets, *texts = c->texts;
  int64_t n = c->dictionary_n;
  if (!(f->flags & SAWLOG_COLUMN_DICTIONARY)) {
    SAW_TRY(saw_make_dictionary(b, c, &node->made));
    indices = node->made.data;
    offsets = node->made.offsets;
    texts = node->made.texts;
    n = node->made.dictionary_n;
  }
  node->buffers[1] = or_nothing(indices);
  array_node *values = array_init(&node->dictionary, b, n, 3, 0);
  if (!values) return SAWLOG_E_MEMORY;
  a->dictionary = &node->dictionary;
  values->buffers[1] = or_nothing(offsets);
  values->buffers[2] = or_nothing(texts);
  if (node->made.data) { /* a dictionary may be moved away from its indices: it takes over what is its own */
    values->made.offsets = node->made.offsets;
    values->made.texts = node->made.texts;
    node->made.offsets = node->made.texts = NULL;
  }
  return SAWLOG_OK;
}

static int32_t views_array(struct ArrowArray *a, sawlog_batch *b, const saw_field *f, const saw_column *c) {
  int made = f->flags & SAWLOG_COLUMN_DICTIONARY;
  int64_t n = made ? 1 : b->n_buffers;
  array_node *node = array_init(a, b, c->length, 3 + n, n);
  if (!node) return SAWLOG_E_MEMORY;
  if (made) SAW_TRY(saw_make_views(b, c, &node->made));
  int64_t *sizes = (int64_t *)(node->buffers + 3 + n);
  node->buffers[1] = or_nothing(made ? node->made.data : c->data);
  for (int64_t i = 0; i < n; i++) {
    node->buffers[2 + i] = or_nothing(made ? c->texts : b->buffers[i]);
    sizes[i] = made ? c->offsets[c->dictionary_n] : b->buffer_sizes[i];
  }
  node->buffers[2 + n] = sizes;
  return SAWLOG_OK;
}

static int32_t offsets_array(struct ArrowArray *a, sawlog_batch *b, const saw_field *f, const saw_column *c, int large) {
  array_node *node = array_init(a, b, c->length, 3, 0);
  if (!node) return SAWLOG_E_MEMORY;
  SAW_TRY(saw_make_offsets(b, f, c, large, &node->made));
  node->buffers[1] = node->made.data;
  node->buffers[2] = or_nothing(node->made.texts);
  return SAWLOG_OK;
}

static int32_t words_array(struct ArrowArray *a, sawlog_batch *b, const saw_column *c, int64_t divisor) {
  array_node *node = array_init(a, b, c->length, 2, 0);
  if (!node) return SAWLOG_E_MEMORY;
  if (divisor > 1) SAW_TRY(saw_make_times(c, divisor, &node->made));
  node->buffers[1] = or_nothing(divisor > 1 ? node->made.data : c->data);
  return SAWLOG_OK;
}

static int32_t column_arrays(struct ArrowArray *a, sawlog_batch *b, int32_t first, int64_t n, uint32_t flags);

/* A list, and the list that a map is. entries: of a map, its one child. */
static int32_t list_array(struct ArrowArray *a, sawlog_batch *b, const saw_field *f, const saw_column *c, uint32_t flags) {
  array_node *node = array_init(a, b, c->length, 2, 0);
  if (!node) return SAWLOG_E_MEMORY;
  node->buffers[1] = c->offsets;
  if (f->type == SAWLOG_T_LIST) return column_arrays(a, b, f->child, 1, flags);
  if (!array_room(a, 1) || !array_init(a->children[0], b, b->columns[f->child].length, 1, 0)) return SAWLOG_E_MEMORY;
  a->n_children = 1;
  return column_arrays(a->children[0], b, f->child, 2, flags);
}

static int32_t column_array(struct ArrowArray *a, sawlog_batch *b, int32_t i, uint32_t flags) {
  const saw_field *f = &b->schema->fields[i];
  const saw_column *c = &b->columns[i];
  int32_t rc;
  switch (saw_shape_of(f, flags)) {
    case SAW_INDICES:
      rc = dictionary_array(a, b, f, c);
      break;
    case SAW_VIEWS:
      rc = views_array(a, b, f, c);
      break;
    case SAW_OFFSETS:
    case SAW_LARGE:
      rc = offsets_array(a, b, f, c, saw_shape_of(f, flags) == SAW_LARGE);
      break;
    case SAW_DIVIDED:
      rc = words_array(a, b, c, flags & SAWLOG_ARROW_US ? 1000 : 1000000);
      break;
    case SAW_LIST:
    case SAW_MAP:
      rc = list_array(a, b, f, c, flags);
      break;
    default:
      rc = words_array(a, b, c, 1);
  }
  if (a->release) {
    a->null_count = c->nulls;
    a->buffers[0] = c->valid;
  }
  return rc;
}

/* The columns from number first on as the children of a. */
static int32_t column_arrays(struct ArrowArray *a, sawlog_batch *b, int32_t first, int64_t n, uint32_t flags) {
  if (!array_room(a, n)) return SAWLOG_E_MEMORY;
  for (int32_t i = 0; i < n; i++) {
    a->n_children = i + 1;
    SAW_TRY(column_array(a->children[i], b, first + i, flags));
  }
  return SAWLOG_OK;
}

int32_t saw_array_export(sawlog_batch *b, uint32_t flags, struct ArrowArray *out, sawlog_error *err) {
  struct ArrowArray top;
  if (!array_init(&top, b, b->rows, 1, 0)) return saw_fail(err, SAWLOG_E_MEMORY, "out of memory");
  int32_t rc = column_arrays(&top, b, 0, b->schema->n, flags);
  if (rc == SAWLOG_OK) {
    *out = top;
    return SAWLOG_OK;
  }
  top.release(&top);
  if (rc == SAWLOG_E_LIMIT) return saw_fail(err, rc, "the texts of a column are larger than 2 GiB: ask for large_utf8 or string_view");
  return saw_fail(err, rc, "out of memory");
}

/* ---- Public ---- */

int32_t sawlog_batch_export_arrow(sawlog_batch *b, uint32_t flags, struct ArrowArray *array, struct ArrowSchema *schema, sawlog_error *err) {
  if (array) memset(array, 0, sizeof *array);
  if (schema) memset(schema, 0, sizeof *schema);
  if (!saw_is(b, SAW_BATCH)) return SAW_HANDLE(err, "batch");
  if (!saw_flags_ok(flags)) return saw_fail(err, SAWLOG_E_ARGUMENT, "flags %#x are not flags of an Arrow export", flags);
  if (array) SAW_TRY(saw_array_export(b, flags, array, err));
  if (schema && saw_schema_export(b->schema, flags, schema)) {
    if (array) array->release(array);
    return saw_fail(err, SAWLOG_E_MEMORY, "out of memory");
  }
  return SAWLOG_OK;
}

int32_t sawlog_schema_export_arrow(const char *json, size_t n, uint32_t flags, struct ArrowSchema *out, sawlog_error *err) {
  if (!out) return saw_fail(err, SAWLOG_E_ARGUMENT, "out is NULL");
  memset(out, 0, sizeof *out);
  if (SAW_NOT(json, n)) return saw_fail(err, SAWLOG_E_ARGUMENT, "json is NULL or too long");
  if (!saw_flags_ok(flags)) return saw_fail(err, SAWLOG_E_ARGUMENT, "flags %#x are not flags of an Arrow export", flags);
  saw_schema *schema = saw_schema_parse(json, n);
  if (!schema) return saw_fail(err, SAWLOG_E_DEFINITION, "this is not the JSON of a schema");
  int rc = saw_schema_export(schema, flags, out);
  saw_schema_release(schema);
  return rc ? saw_fail(err, SAWLOG_E_MEMORY, "out of memory") : SAWLOG_OK;
}
