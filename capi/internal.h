/*
 * What the C side shares with itself and with Go. Layers, from the outside:
 *
 *   public functions (shim.c parser.c templates.c reader.c batch.c spare.c pack.c arrow*.c ipc.c rows.c pyline.c pyreader.c)   check handles and arguments, fill the caller's structs
 *   the dispatch table (reload.c)                                               the Go runtime that answers now: ours, or a copy after fork()
 *   the border (visit.c)                                                        what a thread of the host needs before Go runs on it
 *   Go exports (*.go)                                                           sawgo_*: the work
 *   the host (memory.c handle.c schema.c)                                       C memory that outlives every runtime: Go asks for it by saw_host_*
 *
 * Structs here hold no pointer to Go memory: Go objects are 32-bit numbers that only their own runtime understands.
 */
#ifndef SAWLOG_INTERNAL_H
#define SAWLOG_INTERNAL_H

#pragma GCC visibility push(default)
#include "sawlog.h"
#pragma GCC visibility pop

#if defined(__linux__)
#include <pthread.h>
#endif

/* ---- Handles: the first word of each says what it is (handle.c) ---- */

#define SAW_PARSER 0x50574153u /* "SAWP" */
#define SAW_STREAM 0x53574153u
#define SAW_READER 0x52574153u
#define SAW_BATCH 0x42574153u
#define SAW_TEMPLATES 0x54574153u
#define SAW_SLOT 256 /* bytes of every handle */

void *saw_slot_new(uint32_t magic); /* zeroed but for the magic; NULL: no memory */
void saw_slot_free(void *slot);     /* wipes the magic; the memory stays mapped for ever, so that a stale handle can be told */
int saw_is(const void *handle, uint32_t magic);
void saw_slot_rest(void *slot);     /* not a handle for a while, but the slot is kept, as it is but for the magic */
void saw_slot_again(void *slot, uint32_t magic);
int64_t saw_alive(uint32_t magic);
void saw_slots_after_fork(void);

struct sawlog_parser {
  uint32_t magic;
  uint32_t reserved;
  uint64_t go; /* generation << 32 | number of the Go object: one word, since a forked child replaces it under the eyes of other threads */
  char *definition;
  size_t definition_n;
  int64_t room; /* what a batch of one line took lately: the next one is given that much */
  struct saw_schema *lines; /* of batches of one line, where it is always the same; it has spare ones */
};

struct sawlog_stream {
  uint32_t magic;
  uint32_t generation;
  uint32_t go;
  int32_t busy;
};

struct sawlog_templates {
  uint32_t magic;
  uint32_t generation;
  uint32_t go;
};

typedef struct saw_span { /* a text where it lies; NULL: there is none */
  const char *at;
  size_t n;
} saw_span;

/* Written by Go at each step, read by anybody: `turn` is odd while it is being written. */
typedef struct saw_progress {
  uint64_t turn;
  sawlog_read_stats stats;
} saw_progress;

struct sawlog_reader {
  uint32_t magic;
  uint32_t generation;
  uint32_t go;
  int32_t busy;
  int32_t moved; /* into an Arrow stream, which frees it */
  int32_t reserved;
  saw_progress progress;
};

/* ---- Schema: immutable, shared by batches, counted (schema.c) ---- */

typedef struct saw_name { /* a text that may hold NULs */
  const char *at;
  int64_t n;
} saw_name;

typedef struct saw_field {
  const char *name; /* NUL-terminated, like all texts here */
  int64_t name_n;
  int32_t type;
  int32_t flags; /* SAWLOG_COLUMN_* */
  int32_t n_path;
  int32_t n_children; /* 1 for a list, 2 for a map: fields[child] and the next */
  int32_t child;
  int32_t depth;           /* of what it is inside */
  const saw_name *path; /* NULL: the value stands under name */
  const char *elem;        /* the type inside a list or map, not NUL-terminated */
  int64_t elem_n;
} saw_field;

enum { SAW_SPARES = 8 };

typedef struct saw_schema {
  int64_t refs;
  int32_t n;   /* columns */
  int32_t all; /* and those inside lists and maps, which stand behind them: of the first list or map first */
  int32_t nested; /* a field has a path, or is the overflow */
  int32_t reserved;
  char *json;
  int64_t json_n;
  saw_field *fields;
  void *keys; /* Python's names for them, see rows.c */
  uint32_t turn;
  sawlog_batch *spares[SAW_SPARES]; /* spare.c */
} saw_schema;

saw_schema *saw_schema_parse(const char *json, size_t n); /* one reference; NULL: not a schema, or no memory */
saw_schema *saw_schema_retain(saw_schema *schema);
void saw_schema_release(saw_schema *schema);
int saw_schema_same(const saw_schema *a, const saw_schema *b);
extern void (*saw_keys_drop)(void *keys);

/* ---- Batch (batch.c): the slot, and one body that holds all small arrays ---- */

typedef struct saw_column {
  int64_t length;
  int64_t nulls;
  const uint8_t *valid; /* NULL when there are no nulls */
  const void *data;     /* NULL for a list or map */
  int64_t dictionary_n;
  const int32_t *offsets; /* of a dictionary's texts; of the elements of a list or map */
  const uint8_t *texts;
} saw_column;

typedef union saw_view { /* Arrow's string view */
  int32_t length;
  struct {
    int32_t length_;
    char in[12]; /* up to 12 bytes stand inside */
  };
  struct {
    int32_t length__;
    char prefix[4];
    int32_t buffer;
    int32_t offset;
  } ref;
} saw_view;

/* A reject: record.RejectRow of Go. Its line and offset count from the batch's. */
typedef struct saw_line {
  int64_t before;
  int64_t offset;
  int64_t length;
  uint32_t buffer, start, kept;
  uint8_t fault;
} saw_line;

struct sawlog_batch {
  uint32_t magic;
  int32_t n_buffers;
  int64_t refs;
  int64_t rows;
  int64_t lines;
  int64_t n_rejects;
  int64_t n_owned;
  saw_schema *schema;
  saw_column *columns; /* schema->all */
  const uint8_t **buffers;
  int64_t *buffer_sizes;
  saw_line *rejects;
  int64_t first_line, offset; /* where it begins in its source */
  int32_t source;
  void **owned; /* blocks of saw_memory */
  void *body;
  int64_t body_n; /* its size */
  int64_t used;   /* what a batch of a few lines takes of it */
  int32_t laid;   /* the body is laid out for one row of the schema, see line.go */
  void (*release)(void *ctx); /* the input's */
  void *release_ctx;
};

sawlog_batch *saw_batch_new(size_t body); /* one reference; the body, of body_n bytes, is not cleared */
void saw_batch_unused(sawlog_batch *batch); /* gives back one that owns nothing but its body and perhaps its schema */
static inline int saw_is_text(int32_t type) { return type >= SAWLOG_T_STRING && type <= SAWLOG_T_BYTES; }
static inline int saw_is_null(const saw_column *c, int64_t row) { return c->valid && !(c->valid[row >> 3] >> (row & 7) & 1); }
const char *saw_text(const sawlog_batch *batch, const saw_column *column, int dictionary, int64_t row, size_t *n); /* of a row that is not null */

void saw_civil(int64_t day, int *year, int *month, int *date); /* the date of a day since 1970 (pack.c) */

/* Batches that are used again (spare.c). */
void saw_spare_open(saw_schema *schema); /* from now on freed batches of the schema are kept */
void saw_spare_close(saw_schema *schema);
sawlog_batch *saw_spare_take(saw_schema *schema); /* with its schema, and as it was freed; or NULL */
int saw_spare_keep(sawlog_batch *batch); /* takes over a batch that nobody has any more; 0: it does not */

#define SAW_SMALL 4096 /* inputs up to this are copied into the body: such a batch is one small block */

/* ---- Memory of blocks and columns (memory.c) ---- */

void saw_memory_reader(int64_t bytes); /* a reader has been opened, of an input of so many bytes */
void saw_memory_reader_gone(void);
void *saw_memory(size_t n, size_t *capacity); /* aligned to 64 */
void saw_memory_free(void *p);
void *saw_malloc(size_t n); /* malloc for Go: C.malloc of cgo ends the process where there is no memory */
int64_t saw_memory_held(void); /* bytes given out or kept for reuse */
int64_t saw_memory_trim(void); /* gives back what is kept; bytes */
void saw_memory_after_fork(void);

/* ---- Errors (error.c) ---- */

#if defined(__MINGW32__) /* whose printf is told to be like that of C99, see main.go */
#define SAW_PRINTF gnu_printf
#else
#define SAW_PRINTF printf
#endif
int32_t saw_fail(sawlog_error *err, int32_t code, const char *format, ...) __attribute__((format(SAW_PRINTF, 3, 4)));
int32_t saw_done(sawlog_error *err, int32_t code, const sawlog_error *from); /* copies what Go wrote; returns code */
int saw_call(const sawlog_call *from, sawlog_call *to);                      /* 0, or it is malformed */
int32_t saw_out(void *to, const void *from, uint32_t known);                 /* fills a caller's struct_size struct */
#define SAW_HANDLE(err, what) saw_fail(err, SAWLOG_E_HANDLE, "this is not a live sawlog_" what)

/* ---- The runtime that answers (reload.c) ---- */

typedef struct saw_config { /* INT64_MIN: not set */
  int64_t gc_percent;
  int64_t memory_limit;
  int64_t max_threads;
  int64_t after_fork; /* 0 error, 1 reload */
} saw_config;

/* What a runtime may ask of the library that the program loaded: after fork() a copy of the library serves the same handles. */
typedef struct saw_host {
  void *(*memory)(size_t n, size_t *capacity);
  void (*memory_free)(void *p);
  sawlog_batch *(*batch_new)(size_t body);
  saw_schema *(*schema_parse)(const char *json, size_t n);
  saw_schema *(*schema_retain)(saw_schema *schema);
  void (*schema_release)(saw_schema *schema);
} saw_host;

void *saw_host_memory(size_t n, size_t *capacity);
void saw_host_memory_free(void *p);
sawlog_batch *saw_host_batch_new(size_t body);
saw_schema *saw_host_schema_parse(const char *json, size_t n);
saw_schema *saw_host_schema_retain(saw_schema *schema);
void saw_host_schema_release(saw_schema *schema);

typedef struct saw_go {
  uint64_t magic;
  uint64_t size;
  void (*attach)(const saw_host *host);
  void (*arrive)(void);
  void (*poller)(void);
  int32_t (*configure)(char *json, size_t n, saw_config *config, sawlog_error *err);
  void (*apply)(saw_config *config);
  void (*stats)(int64_t *heap, int64_t *collections);
  int64_t (*release_memory)(void);
  int32_t (*build_info)(sawlog_bytes *out, sawlog_error *err);
  int32_t (*formats)(sawlog_bytes *out, sawlog_error *err);
  int32_t (*describe)(char *name, size_t n, sawlog_bytes *out, sawlog_error *err);
  int32_t (*detect)(uint8_t *data, size_t n, char *opts, size_t opts_n, sawlog_bytes *out, sawlog_error *err);
  int32_t (*detect_path)(char *path, size_t n, char *opts, size_t opts_n, sawlog_bytes *out, sawlog_error *err);
  int32_t (*parser_new)(char *definition, size_t n, uint32_t *out, sawlog_error *err);
  void (*parser_free)(uint32_t parser);
  int32_t (*parser_info)(uint32_t parser, sawlog_bytes *out, sawlog_error *err);
  int32_t (*parser_explain)(uint32_t parser, uint8_t *line, size_t n, sawlog_bytes *out, sawlog_error *err);
  int32_t (*parse)(uint32_t parser, uint8_t *data, size_t n, sawlog_call *call, sawlog_batch **out, sawlog_error *err);
  int32_t (*parse_record)(uint32_t parser, uint8_t *data, size_t n, sawlog_batch **out, sawlog_error *err);
  int32_t (*stream_new)(uint32_t parser, char *opts, size_t n, uint32_t *out, sawlog_error *err);
  int32_t (*stream_feed)(uint32_t stream, uint8_t *data, size_t n, sawlog_call *call, sawlog_batch **out, sawlog_error *err);
  int32_t (*stream_flush)(uint32_t stream, sawlog_batch **out, sawlog_error *err);
  void (*stream_free)(uint32_t stream);
  int32_t (*open_path)(uint32_t parser, char *path, size_t n, char *opts, size_t opts_n, saw_progress *progress, uint32_t *out, sawlog_error *err);
  int32_t (*open_fd)(uint32_t parser, int32_t fd, int32_t close_fd, char *opts, size_t opts_n, saw_progress *progress, uint32_t *out, sawlog_error *err);
  int32_t (*reader_next)(uint32_t reader, sawlog_call *call, sawlog_batch **out, sawlog_error *err);
  int32_t (*reader_take)(uint32_t reader, sawlog_call *call, sawlog_batch **out, int64_t most, int64_t *taken, sawlog_error *err);
  int32_t (*reader_info)(uint32_t reader, sawlog_call *call, sawlog_bytes *out, sawlog_error *err);
  int32_t (*reader_schema)(uint32_t reader, saw_schema **out, sawlog_error *err);
  void (*reader_free)(uint32_t reader);
  int32_t (*batch_json)(sawlog_batch *batch, int64_t row, int64_t rows, uint32_t flags, sawlog_bytes *out, sawlog_error *err);
  int32_t (*templates_new)(char *options, size_t n, uint32_t *out, sawlog_error *err);
  int32_t (*templates_load)(uint8_t *saved, size_t n, uint32_t *out, sawlog_error *err);
  int32_t (*templates_add)(uint32_t templates, saw_span *texts, size_t n, int64_t *ids, sawlog_error *err);
  int32_t (*templates_add_lines)(uint32_t templates, uint8_t *data, size_t n, int64_t *ids, size_t room, size_t *lines, sawlog_error *err);
  int32_t (*templates_list)(uint32_t templates, sawlog_bytes *out, sawlog_error *err);
  int32_t (*templates_match)(uint32_t templates, uint8_t *message, size_t n, sawlog_bytes *out, sawlog_error *err);
  int32_t (*templates_resolve)(uint32_t templates, int64_t *ids, size_t n, sawlog_error *err);
  int32_t (*templates_merge)(uint32_t templates, uint32_t other, sawlog_error *err);
  int32_t (*templates_save)(uint32_t templates, sawlog_bytes *out, sawlog_error *err);
  void (*templates_free)(uint32_t templates);
} saw_go;

const saw_go *saw_runtime(sawlog_error *err); /* NULL: SAWLOG_E_FORKED has been written */
const saw_go *saw_runtime_now(void);          /* the same without waking a new one up: NULL in a child that has not called yet */
uint32_t saw_generation(void);
void saw_configured(const saw_config *config);

/* ---- A thread of the host in Go (visit.c) ---- */

#if defined(__linux__)
extern pthread_key_t saw_arrived; /* of a thread: the runtime that it has called already */
void saw_arrive(const saw_go *go); /* before its first call there */
static inline const saw_go *saw_ready(const saw_go *go) {
  if (go && __builtin_expect(pthread_getspecific(saw_arrived) != go, 0)) saw_arrive(go);
  return go;
}
#else
static inline const saw_go *saw_ready(const saw_go *go) { return go; }
#endif
int32_t saw_may_open(const saw_go *go, sawlog_error *err); /* before a file is opened */
void saw_visit_after_fork(void);

/* How floats are rounded, and what about them is a trap: Go has one way only. The host's own comes back after the call. */
#if defined(__x86_64__)
typedef uint32_t saw_floats; /* MXCSR, whose lowest six bits are the flags */
#define SAW_FLOATS_USUAL 0x1f80u
static inline saw_floats saw_floats_now(void) { return __builtin_ia32_stmxcsr(); }
static inline void saw_floats_set(saw_floats to) { __builtin_ia32_ldmxcsr(to); }
static inline int saw_floats_usual(saw_floats now) { return (now & ~0x3fu) == SAW_FLOATS_USUAL; }
#elif defined(__aarch64__)
typedef uint64_t saw_floats; /* FPCR, and above it FPSR, which are the flags */
#define SAW_FLOATS_USUAL 0
static inline saw_floats saw_floats_now(void) {
  uint64_t control, flags;
  __asm__ volatile("mrs %0, fpcr\n\tmrs %1, fpsr" : "=r"(control), "=r"(flags));
  return control | flags << 32;
}
static inline void saw_floats_set(saw_floats to) { __asm__ volatile("msr fpcr, %0\n\tmsr fpsr, %1" : : "r"(to & UINT32_MAX), "r"(to >> 32)); }
static inline int saw_floats_usual(saw_floats now) { return (uint32_t)now == SAW_FLOATS_USUAL; }
#else
typedef int saw_floats;
#define SAW_FLOATS_USUAL 0
static inline saw_floats saw_floats_now(void) { return 0; }
static inline void saw_floats_set(saw_floats to) { (void)to; }
static inline int saw_floats_usual(saw_floats now) { return now == 0; }
#endif
static inline saw_floats saw_floats_begin(void) {
  saw_floats now = saw_floats_now();
  if (__builtin_expect(!saw_floats_usual(now), 0)) saw_floats_set(SAW_FLOATS_USUAL);
  return now;
}
static inline void saw_floats_end(const saw_floats *before) {
  if (__builtin_expect(!saw_floats_usual(*before), 0)) saw_floats_set(*before);
}

/* Every call into Go is made in this. */
#define SAW_GO(call)                                                                                  \
  __extension__({                                                                                     \
    __attribute__((cleanup(saw_floats_end))) const saw_floats saw_before = saw_floats_begin();         \
    (void)saw_before;                                                                                 \
    call;                                                                                             \
  })

/* The Go number of a parser in the runtime that answers now; made again when that is another one than before. */
int32_t saw_parser_go(const saw_go *go, const sawlog_parser *parser, uint32_t *number, sawlog_error *err);

/* A reader's next batch for a caller that owns it: what sawlog_reader_next and the Arrow stream share. */
int32_t saw_reader_next(sawlog_reader *reader, sawlog_call *call, sawlog_batch **out, sawlog_error *err);
int32_t saw_reader_schema(sawlog_reader *reader, saw_schema **out, sawlog_error *err);

/* A text or buffer that is none: NULL but not empty, or longer than anything can be, as a length below zero is. */
#define SAW_NOT(p, n) ((p) ? (n) > PTRDIFF_MAX : (n) != 0)

#define SAW_TRY(expression)         \
  do {                              \
    int32_t saw_rc = (expression);  \
    if (saw_rc) return saw_rc;      \
  } while (0)

#endif
