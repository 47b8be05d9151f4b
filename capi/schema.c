/*
 * The schema of batches, read from its JSON: [{"name", "type", "dictionary", "path", "overflow"}]. The columns inside lists and maps get
 * fields too, behind those of the columns, and so numbers that go on from theirs:
 *
 *   0 int   1 map<string,list<int>>   2 string   |   3 keys of 1   4 values of 1   |   5 elements of 4
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

void (*saw_keys_drop)(void *keys);

saw_schema *saw_schema_retain(saw_schema *s) {
  __atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
  return s;
}

void saw_schema_release(saw_schema *s) {
  if (!s || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) > 0) return;
  if (s->keys && saw_keys_drop) saw_keys_drop(s->keys);
  free(s);
}

int saw_schema_same(const saw_schema *a, const saw_schema *b) {
  return a == b || (a->json_n == b->json_n && !memcmp(a->json, b->json, (size_t)a->json_n));
}

/* ---- Reading JSON: a cursor that stops for good at the first mistake ---- */

enum { DEPTH = 64 };

typedef struct cursor {
  const char *p, *end;
  char *texts; /* where unescaped texts go */
  saw_name *paths;
  int bad;
} cursor;

static int peek(cursor *c) {
  while (c->p < c->end && (*c->p == ' ' || *c->p == '\n' || *c->p == '\t' || *c->p == '\r')) c->p++;
  if (c->p == c->end) c->bad = 1;
  return c->bad ? -1 : (unsigned char)*c->p;
}

static int eat(cursor *c, char want) {
  if (peek(c) != want) return 0;
  c->p++;
  return 1;
}

static void need(cursor *c, char want) {
  if (!eat(c, want)) c->bad = 1;
}

static unsigned hex4(cursor *c) {
  unsigned u = 0;
  for (int i = 0; i < 4; i++) {
    int d = c->p < c->end ? (unsigned char)*c->p++ : 0;
    if (d >= '0' && d <= '9') d -= '0';
    else if ((d | 32) >= 'a' && (d | 32) <= 'f') d = (d | 32) - 'a' + 10;
    else c->bad = 1;
    u = u << 4 | (unsigned)(d & 15);
  }
  return u;
}

static char *put_utf8(char *to, unsigned u) {
  if (u < 0x80) {
    *to++ = (char)u;
  } else if (u < 0x800) {
    *to++ = (char)(0xC0 | u >> 6);
    *to++ = (char)(0x80 | (u & 63));
  } else if (u < 0x10000) {
    *to++ = (char)(0xE0 | u >> 12);
    *to++ = (char)(0x80 | (u >> 6 & 63));
    *to++ = (char)(0x80 | (u & 63));
  } else {
    *to++ = (char)(0xF0 | u >> 18);
    *to++ = (char)(0x80 | (u >> 12 & 63));
    *to++ = (char)(0x80 | (u >> 6 & 63));
    *to++ = (char)(0x80 | (u & 63));
  }
  return to;
}

static char *escape(cursor *c, char *to) {
  static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
  int e = c->p < c->end ? *c->p++ : 0;
  const char *at = e ? strchr(from, e) : NULL;
  if (at) {
    *to++ = into[at - from];
  } else if (e == 'u') {
    unsigned u = hex4(c);
    if (u >= 0xD800 && u < 0xDC00 && c->end - c->p >= 6 && c->p[0] == '\\' && c->p[1] == 'u') {
      c->p += 2;
      u = 0x10000 + ((u - 0xD800) << 10) + (hex4(c) - 0xDC00);
    }
    to = put_utf8(to, u >= 0x110000 || (u >= 0xD800 && u < 0xE000) ? 0xFFFD : u);
  } else {
    c->bad = 1;
  }
  return to;
}

/* A string, unescaped and NUL-terminated in c->texts. */
static const char *text(cursor *c, int64_t *n) {
  need(c, '"');
  char *start = c->texts, *to = start;
  while (!c->bad && c->p < c->end && *c->p != '"') {
    if ((unsigned char)*c->p < 0x20) c->bad = 1;
    else if (*c->p == '\\') c->p++, to = escape(c, to);
    else *to++ = *c->p++;
  }
  need(c, '"');
  *to = 0;
  c->texts = to + 1;
  if (n) *n = to - start;
  return start;
}

static void skip(cursor *c, int depth);

/* Passes over the members of an object or list, after its opening bracket. */
static void members(cursor *c, char close, int depth) {
  if (depth > DEPTH) c->bad = 1;
  if (eat(c, close)) return;
  do {
    if (close == '}') {
      text(c, NULL);
      need(c, ':');
    }
    skip(c, depth + 1);
  } while (!c->bad && eat(c, ','));
  need(c, close);
}

static void skip(cursor *c, int depth) {
  char *mark = c->texts;
  int first = peek(c);
  if (first == '"') {
    text(c, NULL);
  } else if (first == '{' || first == '[') {
    c->p++;
    members(c, first == '{' ? '}' : ']', depth);
  } else {
    const char *start = c->p;
    while (c->p < c->end && (strchr("+-.eE", *c->p) || (*c->p >= '0' && *c->p <= '9') || (*c->p >= 'a' && *c->p <= 'z'))) c->p++;
    if (c->p == start) c->bad = 1;
  }
  c->texts = mark;
}

static int truth(cursor *c) {
  int yes = peek(c) == 't';
  skip(c, 0);
  return yes;
}

/* Moves *name behind prefix, when it begins so. */
static int cut(const char **name, int64_t *n, const char *prefix) {
  int64_t m = (int64_t)strlen(prefix);
  if (*n < m || memcmp(*name, prefix, (size_t)m)) return 0;
  *name += m;
  *n -= m;
  return 1;
}

/* Sets the type of f; 0 when none has this name. */
static int set_type(saw_field *f, const char *name, int64_t n) {
  static const char *const names[] = {"bool", "int", "uint", "float", "timestamp", "duration", "string", "ip", "bytes"};
  f->type = f->n_children = 0;
  if (cut(&name, &n, "list<")) {
    f->type = SAWLOG_T_LIST;
    f->n_children = 1;
  } else if (cut(&name, &n, "map<string,")) {
    f->type = SAWLOG_T_MAP;
    f->n_children = 2;
  }
  if (f->type) {
    f->elem = name;
    f->elem_n = n - 1;
    return n > 0 && name[n - 1] == '>';
  }
  for (int i = 0; i < 9; i++) {
    if ((size_t)n == strlen(names[i]) && !memcmp(name, names[i], (size_t)n)) f->type = i + 1;
  }
  return f->type != 0;
}

/* Adds a field for the elements of f. */
static int add_inner(saw_schema *s, const saw_field *f, const char *name, const char *type, int64_t n) {
  saw_field *inner = &s->fields[s->all++];
  inner->name = name;
  inner->name_n = (int64_t)strlen(name);
  inner->depth = f->depth + 1;
  return inner->depth < DEPTH && set_type(inner, type, n);
}

/* Gives the lists and maps, also those that this adds, the fields of what is in them. */
static int add_all_inner(saw_schema *s) {
  s->all = s->n;
  for (int32_t i = 0; i < s->all; i++) {
    saw_field *f = &s->fields[i];
    f->child = s->all;
    if (f->type == SAWLOG_T_LIST && !add_inner(s, f, "item", f->elem, f->elem_n)) return 0;
    if (f->type == SAWLOG_T_MAP && !(add_inner(s, f, "key", "string", 6) && add_inner(s, f, "value", f->elem, f->elem_n))) return 0;
    if (f->n_children == 0) f->child = 0;
  }
  return 1;
}

static void path(cursor *c, saw_field *f) {
  if (peek(c) == 'n') {
    skip(c, 0);
    return;
  }
  need(c, '[');
  f->path = c->paths;
  if (!eat(c, ']')) {
    do {
      c->paths->at = text(c, &c->paths->n);
      c->paths++;
      f->n_path++;
    } while (!c->bad && eat(c, ','));
    need(c, ']');
  }
  if (f->n_path == 0) f->path = NULL;
}

static void field(cursor *c, saw_field *f) {
  const char *type = "";
  int64_t type_n = 0;
  need(c, '{');
  do {
    const char *key = text(c, NULL);
    need(c, ':');
    if (c->bad) return;
    if (!strcmp(key, "name")) f->name = text(c, &f->name_n);
    else if (!strcmp(key, "type")) type = text(c, &type_n);
    else if (!strcmp(key, "path")) path(c, f);
    else if (!strcmp(key, "dictionary")) f->flags |= truth(c) ? SAWLOG_COLUMN_DICTIONARY : 0;
    else if (!strcmp(key, "overflow")) f->flags |= truth(c) ? SAWLOG_COLUMN_OVERFLOW : 0;
    else skip(c, 0);
  } while (!c->bad && eat(c, ','));
  need(c, '}');
  if (!f->name || !set_type(f, type, type_n) || (f->n_children && f->flags)) c->bad = 1;
}

/* Moves into the member "schema" of an object. */
static void enter(cursor *c) {
  if (peek(c) != '{') return;
  c->p++;
  do {
    char *mark = c->texts;
    const char *key = text(c, NULL);
    need(c, ':');
    if (c->bad || !strcmp(key, "schema")) return;
    c->texts = mark;
    skip(c, 0);
  } while (!c->bad && eat(c, ','));
  c->bad = 1;
}

static void fields(cursor *c, saw_schema *s) {
  need(c, '[');
  if (!eat(c, ']')) {
    do {
      saw_field *f = &s->fields[s->n++];
      field(c, f);
      if (f->path || f->flags & SAWLOG_COLUMN_OVERFLOW) s->nested = 1;
    } while (!c->bad && eat(c, ','));
    need(c, ']');
  }
}

saw_schema *saw_schema_parse(const char *json, size_t n) {
  size_t objects = 1, quotes = 1;
  for (size_t i = 0; i < n; i++) {
    objects += json[i] == '{';
    objects += 2 * (json[i] == '<' || json[i] == '\\'); /* of a list or map, also where it is written \u003c */
    quotes += json[i] == '"';
  }
  size_t head = sizeof(saw_schema) + objects * sizeof(saw_field) + quotes * sizeof(saw_name);
  saw_schema *s = calloc(1, head + n + quotes + n + 1);
  if (!s) return NULL;
  s->refs = 1;
  s->fields = (saw_field *)(s + 1);
  cursor c = {json, json + n, NULL, (saw_name *)(s->fields + objects), 0};
  c.texts = (char *)(c.paths + quotes);
  enter(&c);
  peek(&c);
  const char *start = c.p;
  if (!c.bad) fields(&c, s);
  if (c.bad || !add_all_inner(s)) {
    free(s);
    return NULL;
  }
  s->json = c.texts;
  s->json_n = c.p - start;
  memcpy(s->json, start, (size_t)s->json_n);
  return s;
}
