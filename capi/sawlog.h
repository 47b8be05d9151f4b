/*
 * sawlog: log text to typed columns.   SPDX-License-Identifier: Apache-2.0
 *
 * The C ABI. The words used below:
 *   new, open    the caller owns the result and gives it back with the matching _free
 *   borrowed     valid until the object named is freed
 *   moved        the callee takes it over, also when it fails
 *   copied       the caller keeps its own
 * Threads: a `const T *` argument may be used by several threads at once, a `T *` by one at a time (else SAWLOG_E_BUSY or, for _free,
 * undefined). Functions marked [C] never enter the Go runtime: they take nanoseconds and work in a forked child, in a signal-free exit
 * handler and on any thread. Functions marked [Go] enter it.
 * Status: 0 is success, negative an error class, positive an answer that is neither. Out-parameters are set to NULL or zero first and
 * written only on success. (NULL, 0) is a valid empty text or buffer, a length above PTRDIFF_MAX is refused. Text is UTF-8, its length
 * given, and not NUL-terminated.
 * `err` may always be NULL; it is written only when the status is negative.
 * Structs that begin with struct_size: set it to sizeof before the call. Of a smaller struct only that much is read or written, of a
 * larger one the bytes that this library does not know must be zero where they are read. 0 is refused (in sawlog_error: nothing is
 * written), and so is more than 4096.
 * Handles are checked: a NULL, a freed handle, one of another kind or any other address gives SAWLOG_E_HANDLE (or the zero, -1, NULL
 * that a function without status documents), as long as its place has not been given to a new handle of the same kind.
 */
#ifndef SAWLOG_H
#define SAWLOG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#define SAWLOG_NONNULL _Nonnull
#define SAWLOG_NULLABLE _Nullable
#else
#define SAWLOG_NONNULL
#define SAWLOG_NULLABLE
#endif

/* Grows with every addition. A library whose number is lower than the header's is too old for the program. */
#define SAWLOG_ABI_VERSION 1

/* Status */
#define SAWLOG_OK 0
#define SAWLOG_AGAIN 1          /* nothing yet: call again (only with sawlog_call.wait_ms) */
#define SAWLOG_E_ARGUMENT (-1)  /* a NULL or a number out of range */
#define SAWLOG_E_HANDLE (-2)    /* not a handle of this kind, or freed */
#define SAWLOG_E_OPTION (-3)    /* unknown or wrong option */
#define SAWLOG_E_DEFINITION (-4)/* a definition or pattern that cannot be compiled: line, column, offset point into it */
#define SAWLOG_E_FORMAT (-5)    /* no format of this name */
#define SAWLOG_E_IO (-6)        /* the system refused to open or read: detail is errno */
#define SAWLOG_E_CODEC (-7)     /* compressed input is damaged or ends early */
#define SAWLOG_E_MEMORY (-8)
#define SAWLOG_E_CANCELLED (-9) /* *sawlog_call.cancel became non-zero */
#define SAWLOG_E_FORKED (-10)   /* opened before fork() */
#define SAWLOG_E_BUSY (-11)     /* in use by another thread */
#define SAWLOG_E_LIMIT (-12)    /* a limit of the options was reached */
#define SAWLOG_E_UNSUPPORTED (-13)
#define SAWLOG_E_INTERNAL (-99) /* a bug in sawlog, caught */

/* Types of columns */
#define SAWLOG_T_BOOL 1
#define SAWLOG_T_INT 2
#define SAWLOG_T_UINT 3
#define SAWLOG_T_FLOAT 4
#define SAWLOG_T_TIMESTAMP 5 /* int64 ns since 1970 UTC */
#define SAWLOG_T_DURATION 6  /* int64 ns */
#define SAWLOG_T_STRING 7
#define SAWLOG_T_IP 8 /* text */
#define SAWLOG_T_BYTES 9
#define SAWLOG_T_LIST 10 /* list<T> */
#define SAWLOG_T_MAP 11  /* map<string,T> */

/* Faults of rejects */
#define SAWLOG_F_NO_MATCH 1
#define SAWLOG_F_TOO_LONG 2
#define SAWLOG_F_BAD_VALUE 3
#define SAWLOG_F_BAD_JSON 4
#define SAWLOG_F_NOT_OBJECT 5
#define SAWLOG_F_BAD_UTF8 6
#define SAWLOG_F_EMPTY 7
#define SAWLOG_F_TOO_DEEP 8
#define SAWLOG_F_BAD_FRAME 9

/* Flags of sawlog_column */
#define SAWLOG_COLUMN_DICTIONARY 1 /* data is int32 indices into the dictionary */
#define SAWLOG_COLUMN_OVERFLOW 2   /* JSON objects to be merged into the row */

/* Flags of sawlog_call */
#define SAWLOG_COPY 1u /* sawlog_parse: copy the input instead of borrowing it */

/* Flags of the Arrow exports: how texts and times are written */
#define SAWLOG_ARROW_VIEW 0u        /* string_view, dictionary<int32, utf8>, timestamp[ns]: nothing is copied */
#define SAWLOG_ARROW_UTF8 1u        /* utf8 with 32-bit offsets */
#define SAWLOG_ARROW_LARGE_UTF8 2u  /* utf8 with 64-bit offsets */
#define SAWLOG_ARROW_DICTIONARY 3u  /* every text column as dictionary<int32, utf8> */
#define SAWLOG_ARROW_STRINGS 3u     /* mask of the four above */
#define SAWLOG_ARROW_NO_DICTIONARY 4u /* dictionary columns as plain texts too */
#define SAWLOG_ARROW_US 8u          /* timestamps and durations in microseconds ... */
#define SAWLOG_ARROW_MS 16u         /* ... or milliseconds; else nanoseconds */

/* Flags of sawlog_batch_to_json */
#define SAWLOG_JSON_LINES 1u      /* one object a line, else one array */
#define SAWLOG_JSON_DROP_NULLS 2u /* leave nulls out */

typedef struct sawlog_parser sawlog_parser;
typedef struct sawlog_stream sawlog_stream;
typedef struct sawlog_reader sawlog_reader;
typedef struct sawlog_batch sawlog_batch;
typedef struct sawlog_templates sawlog_templates;

/* Set struct_size to sizeof before the call. message and hint are NUL-terminated UTF-8, cut at a character when too long. */
typedef struct sawlog_error {
  uint32_t struct_size;
  int32_t code;    /* the status returned */
  int32_t detail;  /* errno for SAWLOG_E_IO, else 0 */
  int32_t line;    /* position in the definition or options, from 1; 0: none */
  int32_t column;  /* in characters, from 1 */
  int64_t offset;  /* the same in bytes, from 0; of input that cannot be read on: bytes that were read before, decompressed; -1: none */
  char message[480];
  char hint[240];  /* the nearest valid names, or what to do; may be empty */
} sawlog_error;

/* How a call runs. Zero but struct_size is the default; unknown trailing bytes must be zero. */
typedef struct sawlog_call {
  uint32_t struct_size;
  uint32_t flags;                                /* SAWLOG_COPY */
  const int32_t *SAWLOG_NULLABLE cancel;         /* set *cancel != 0 from anywhere to stop the call: SAWLOG_E_CANCELLED */
  int32_t wait_ms;                               /* sawlog_reader_next: answer SAWLOG_AGAIN after that time; 0 waits for ever */
  int32_t reserved;
  void (*SAWLOG_NULLABLE release)(void *SAWLOG_NULLABLE ctx); /* sawlog_parse: the input is moved; called exactly once, from any thread */
  void *SAWLOG_NULLABLE release_ctx;
} sawlog_call;

/* Memory that sawlog made: free with sawlog_bytes_release. */
typedef struct sawlog_bytes {
  const char *SAWLOG_NULLABLE data;
  size_t len;
  void *SAWLOG_NULLABLE owner;
} sawlog_bytes;

/* One column as it lies in memory; all pointers are borrowed from the batch. Arrow layouts.
 * A list or map has no values of its own: the elements of all rows stand one behind the other in columns of theirs, those of row i from
 * offsets[i] up to offsets[i + 1]. These columns have numbers too, from first_child on (a list: its elements; a map: the keys, then the
 * values), and every function that takes a column's number takes them. They are no columns of the batch: sawlog_batch_columns does not
 * count them, they have as many rows as there are elements, and may be lists or maps themselves. */
typedef struct sawlog_column {
  uint32_t struct_size;
  int32_t type;  /* SAWLOG_T_* */
  int32_t flags; /* SAWLOG_COLUMN_* */
  int32_t n_buffers;
  int64_t length;
  int64_t null_count;
  const uint8_t *SAWLOG_NULLABLE validity; /* bitmap, 1 is a value; NULL when null_count is 0 */
  const void *SAWLOG_NULLABLE data;        /* 64-bit words; a bitmap (bool); int32 indices (dictionary); 16-byte views (texts); NULL (list, map) */
  const uint8_t *SAWLOG_NULLABLE const *SAWLOG_NULLABLE buffers; /* what views point into, by number */
  const int64_t *SAWLOG_NULLABLE buffer_sizes;
  int64_t dictionary_length;
  const int32_t *SAWLOG_NULLABLE dictionary_offsets; /* dictionary_length + 1 */
  const uint8_t *SAWLOG_NULLABLE dictionary_bytes;
  const int32_t *SAWLOG_NULLABLE offsets; /* list and map: length + 1 */
  int32_t n_children;                     /* 1 for a list, 2 for a map, else 0 */
  int32_t first_child;
} sawlog_column;

/* One line that is no record; raw is borrowed from the batch. */
typedef struct sawlog_reject {
  uint32_t struct_size;
  int32_t fault;   /* SAWLOG_F_* */
  int32_t source;  /* which of the reader's inputs, from 0 */
  int32_t reserved;
  int64_t line;    /* from 1 */
  int64_t offset;  /* of its first byte, after decompression */
  int64_t length;  /* without the line ending; larger than raw_len for too_long */
  const char *SAWLOG_NULLABLE raw;
  size_t raw_len;
} sawlog_reject;

/* What a reader has done so far. */
typedef struct sawlog_read_stats {
  uint32_t struct_size;
  int32_t sources_done;
  int64_t bytes_in;  /* read, as stored (compressed) */
  int64_t bytes_out; /* parsed, after decompression */
  int64_t bytes_total; /* size of all inputs as stored; 0 where a size is not known */
  int64_t lines;
  int64_t records;
  int64_t continuations;
  int64_t rejects;
  int64_t rejects_by_fault[16];
  int64_t nanoseconds; /* since open, until the end was reached */
  int64_t filtered; /* records that the definition's where has left out: lines = records + continuations + rejects + filtered */
} sawlog_read_stats;

/* The process. */
typedef struct sawlog_stats {
  uint32_t struct_size;
  uint32_t generation; /* forks between load and here */
  int64_t parsers, streams, readers, batches; /* alive */
  int64_t batch_bytes; /* C memory held by batches and the free list */
  int64_t go_heap_bytes;
  int64_t go_gc_count;
} sawlog_stats;

/* ---- Library ------------------------------------------------------------------------------------------------------------------ */

/* [C] The number of the loaded library: compare with SAWLOG_ABI_VERSION. */
uint32_t sawlog_abi_version(void);
/* [C] "0.1.0"; static. */
const char *SAWLOG_NONNULL sawlog_version(void);
/* [Go the first time] JSON {version, go, target, simd}; static. Any thread. */
const char *SAWLOG_NONNULL sawlog_build_info(void);
/* [C] "SAWLOG_E_FORMAT" for a status; static, never NULL. */
const char *SAWLOG_NONNULL sawlog_status_name(int32_t status);
/* [C] "no_match" for a fault; static, never NULL. */
const char *SAWLOG_NONNULL sawlog_fault_name(int32_t fault);
/* [Go] Process-wide settings as JSON: gc_percent, memory_limit, max_threads, after_fork ("reload" or "error"). Any thread. */
int32_t sawlog_configure(const char *SAWLOG_NULLABLE json, size_t n, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] Any thread. */
int32_t sawlog_get_stats(sawlog_stats *SAWLOG_NONNULL out);
/* [Go] Collects garbage and gives free memory back to the system; bytes given back. Any thread. */
int64_t sawlog_release_memory(void);

/* ---- Formats ------------------------------------------------------------------------------------------------------------------ */

/* [Go] Every built-in format: a JSON array of {name, title, url, fields: {name: type}, sample}. Any thread. */
int32_t sawlog_formats_json(sawlog_bytes *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] One of them, with its definition. SAWLOG_E_FORMAT with the nearest names in hint. Any thread. */
int32_t sawlog_format_describe(const char *SAWLOG_NULLABLE name, size_t n, sawlog_bytes *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] Which format the data has: JSON {format, confidence, definition, candidates: [{format, confidence, matched, lines, why}]}.
 * data is borrowed for the call; opts is JSON or empty: no option changes what is found in memory. Any thread. */
int32_t sawlog_detect(const uint8_t *SAWLOG_NULLABLE data, size_t n, const char *SAWLOG_NULLABLE opts, size_t opts_n, sawlog_bytes *SAWLOG_NONNULL out,
                      sawlog_error *SAWLOG_NULLABLE err);
/* [Go] The same for the beginning of a file, decompressed. Of opts codec, limits, zone, year and now count. */
int32_t sawlog_detect_path(const char *SAWLOG_NULLABLE path, size_t n, const char *SAWLOG_NULLABLE opts, size_t opts_n, sawlog_bytes *SAWLOG_NONNULL out,
                           sawlog_error *SAWLOG_NULLABLE err);

/* [C] Frees what a function put there and zeroes it. A zero struct is fine. */
void sawlog_bytes_release(sawlog_bytes *SAWLOG_NULLABLE b);

/* ---- Parser: immutable; share it between threads ----------------------------------------------------------------------------------- */

/* [Go] From a format's name or the JSON of a definition (copied); empty: the format is detected. The caller frees it. Made again by itself
 * after fork(). */
int32_t sawlog_parser_new(const char *SAWLOG_NULLABLE definition, size_t n, sawlog_parser *SAWLOG_NULLABLE *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] NULL is fine. Batches, streams and readers made from it stay valid. */
void sawlog_parser_free(sawlog_parser *SAWLOG_NULLABLE parser);
/* [Go] JSON {definition, format, engine, schema: [{name, type, dictionary, path}] or null when it depends on the input,
   elements: [{element, column, how}], how each element of the definition is read}. */
int32_t sawlog_parser_info_json(const sawlog_parser *SAWLOG_NONNULL parser, sawlog_bytes *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] Why a line (without its ending) fits or not: JSON {ok, fault, offset, element, column, expected, seen, hint}. */
int32_t sawlog_parser_explain(const sawlog_parser *SAWLOG_NONNULL parser, const uint8_t *SAWLOG_NULLABLE line, size_t n, sawlog_bytes *SAWLOG_NONNULL out,
                              sawlog_error *SAWLOG_NULLABLE err);
/* [Go] A whole buffer to one batch. data is borrowed until the batch and all Arrow arrays made from it are gone, or copied
 * (SAWLOG_COPY; always done for small inputs), or moved (call->release). The batch is the caller's. Any thread, concurrently. */
int32_t sawlog_parse(const sawlog_parser *SAWLOG_NONNULL parser, const uint8_t *SAWLOG_NULLABLE data, size_t n, const sawlog_call *SAWLOG_NULLABLE call,
                     sawlog_batch *SAWLOG_NULLABLE *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] data is exactly one record: inner line feeds are content, one trailing LF or CRLF goes. Copied. The batch has one row or one reject. */
int32_t sawlog_parse_record(const sawlog_parser *SAWLOG_NONNULL parser, const uint8_t *SAWLOG_NULLABLE data, size_t n,
                            sawlog_batch *SAWLOG_NULLABLE *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);

/* [Go] The row of exactly one record, packed into out as sawlog_batch_pack_row does it: one call for bindings whose calls are dear. *size is
 * how many bytes it takes (more than cap: call again with more), -1 when the data is no record. */
int32_t sawlog_parse_packed(const sawlog_parser *SAWLOG_NONNULL parser, const uint8_t *SAWLOG_NULLABLE data, size_t n, void *SAWLOG_NULLABLE out, size_t cap,
                            int64_t *SAWLOG_NONNULL size, sawlog_error *SAWLOG_NULLABLE err);

/* ---- Stream: bytes are pushed in, in any pieces ------------------------------------------------------------------------------------- */

/* [Go] opts: JSON of reading options (limits). The caller frees it. */
int32_t sawlog_stream_new(const sawlog_parser *SAWLOG_NONNULL parser, const char *SAWLOG_NULLABLE opts, size_t n, sawlog_stream *SAWLOG_NULLABLE *SAWLOG_NONNULL out,
                          sawlog_error *SAWLOG_NULLABLE err);
/* [Go] data is copied. *out is NULL when no record is complete yet, and while the beginning is looked at, from which the format is found or
 * the columns, where they come from the log itself (1,024 records or 1 MiB, or sample_records): sawlog_stream_flush ends that.
 * *call->cancel is looked at before: after SAWLOG_E_CANCELLED nothing of data was taken. call->release is refused. */
int32_t sawlog_stream_feed(sawlog_stream *SAWLOG_NONNULL stream, const uint8_t *SAWLOG_NULLABLE data, size_t n, const sawlog_call *SAWLOG_NULLABLE call,
                           sawlog_batch *SAWLOG_NULLABLE *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] What has been fed so far, its unfinished last line included; the stream can be fed again. */
int32_t sawlog_stream_flush(sawlog_stream *SAWLOG_NONNULL stream, sawlog_batch *SAWLOG_NULLABLE *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] NULL is fine. While another thread feeds it the memory goes when that one is done. */
void sawlog_stream_free(sawlog_stream *SAWLOG_NULLABLE stream);

/* ---- Reader: pulls from files and descriptors, with workers ----------------------------------------------------------------------------- */

/* [Go] path: a file, or a glob when no file has that name; or a JSON array of such. opts: JSON of reading options, or empty. With
 * parser NULL opts holds the definition too (none: detect). parser may be freed afterwards. */
int32_t sawlog_open_path(const sawlog_parser *SAWLOG_NULLABLE parser, const char *SAWLOG_NULLABLE path, size_t n, const char *SAWLOG_NULLABLE opts, size_t opts_n,
                         sawlog_reader *SAWLOG_NULLABLE *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] A file descriptor: file, pipe, socket. With close_fd the descriptor is moved on success. Errors and the column _source call it by its
 * number, or as opts say: {"source_name": "access.log"}. On Windows it answers SAWLOG_E_IO. */
int32_t sawlog_open_fd(const sawlog_parser *SAWLOG_NULLABLE parser, int32_t fd, int32_t close_fd, const char *SAWLOG_NULLABLE opts, size_t opts_n,
                       sawlog_reader *SAWLOG_NULLABLE *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] The next batch, in the order of the input; *out NULL is the end, also when asked again. An error (a truncated gzip) comes after all
 * batches before it, and again with each further call. After SAWLOG_E_CANCELLED the next call goes on. */
int32_t sawlog_reader_next(sawlog_reader *SAWLOG_NONNULL reader, const sawlog_call *SAWLOG_NULLABLE call, sawlog_batch *SAWLOG_NULLABLE *SAWLOG_NONNULL out,
                           sawlog_error *SAWLOG_NULLABLE err);
/* [Go] As many batches as are ready, but at least one and at most `most` (1 to 4096): for bindings whose calls are dear. It waits for the
 * first one only, and ends after 10 ms or 2 MiB of input. *taken tells how many there are, 0 is the end. */
int32_t sawlog_reader_take(sawlog_reader *SAWLOG_NONNULL reader, const sawlog_call *SAWLOG_NULLABLE call, sawlog_batch *SAWLOG_NULLABLE *SAWLOG_NONNULL out, int64_t most,
                           int64_t *SAWLOG_NONNULL taken, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] JSON {format, definition, detection, sources, schema}. Reads the beginning of the input when that has not happened yet. */
int32_t sawlog_reader_info_json(sawlog_reader *SAWLOG_NONNULL reader, const sawlog_call *SAWLOG_NULLABLE call, sawlog_bytes *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [C] From any thread, also while another one waits in sawlog_reader_next. */
int32_t sawlog_reader_stats(const sawlog_reader *SAWLOG_NONNULL reader, sawlog_read_stats *SAWLOG_NONNULL out);
/* [Go] Stops the workers and waits for them. NULL is fine. */
void sawlog_reader_free(sawlog_reader *SAWLOG_NULLABLE reader);

/* ---- Batch: immutable C memory; works in a forked child --------------------------------------------------------------------------------- */

/* [C] */
int64_t sawlog_batch_rows(const sawlog_batch *SAWLOG_NULLABLE batch);
/* [C] rows + continuation lines + rejects */
int64_t sawlog_batch_lines(const sawlog_batch *SAWLOG_NULLABLE batch);
/* [C] */
int32_t sawlog_batch_columns(const sawlog_batch *SAWLOG_NULLABLE batch);
/* [C] Borrowed, also NUL-terminated; NULL out of range. n may be NULL. */
const char *SAWLOG_NULLABLE sawlog_batch_column_name(const sawlog_batch *SAWLOG_NULLABLE batch, int32_t column, size_t *SAWLOG_NULLABLE n);
/* [C] SAWLOG_T_*; 0 out of range. */
int32_t sawlog_batch_column_type(const sawlog_batch *SAWLOG_NULLABLE batch, int32_t column);
/* [C] Index or -1. */
int32_t sawlog_batch_find_column(const sawlog_batch *SAWLOG_NULLABLE batch, const char *SAWLOG_NULLABLE name, size_t n);
/* [C] The schema as JSON [{name, type, dictionary, path, overflow}], a type as "int", "list<int>", "map<string,list<int>>"; borrowed,
 * NUL-terminated. */
const char *SAWLOG_NULLABLE sawlog_batch_schema_json(const sawlog_batch *SAWLOG_NULLABLE batch, size_t *SAWLOG_NULLABLE n);
/* [C] The column's memory: the bulk way. Set out->struct_size. */
int32_t sawlog_batch_column(const sawlog_batch *SAWLOG_NULLABLE batch, int32_t column, sawlog_column *SAWLOG_NONNULL out);
/* [C] The memory of all columns at once, for bindings whose calls are dear: int64 numbers. First rows, how many columns there are (with those
 * inside lists and maps, which follow as first_child says), how many buffers; then of each buffer address and size; then of each column
 * type, flags, length, null_count, validity, data, dictionary_length, dictionary_offsets, dictionary_bytes, offsets, n_children,
 * first_child, as in sawlog_column. The answer is how many numbers that is; when it is more than n, nothing is written: call again with
 * room for it. Negative: a status. */
int64_t sawlog_batch_layout(const sawlog_batch *SAWLOG_NULLABLE batch, int64_t *SAWLOG_NULLABLE out, size_t n);
/* [C] 1, 0, or -1 out of range. */
int32_t sawlog_batch_is_null(const sawlog_batch *SAWLOG_NULLABLE batch, int32_t column, int64_t row);
/* [C] int, uint (as bits), bool, timestamp and duration in ns. Null: 0 and SAWLOG_OK. */
int32_t sawlog_batch_get_i64(const sawlog_batch *SAWLOG_NULLABLE batch, int32_t column, int64_t row, int64_t *SAWLOG_NONNULL out);
/* [C] float and int. */
int32_t sawlog_batch_get_f64(const sawlog_batch *SAWLOG_NULLABLE batch, int32_t column, int64_t row, double *SAWLOG_NONNULL out);
/* [C] string, ip, bytes, dictionary. Borrowed. Null: NULL and 0. */
int32_t sawlog_batch_get_str(const sawlog_batch *SAWLOG_NULLABLE batch, int32_t column, int64_t row, const char *SAWLOG_NULLABLE *SAWLOG_NONNULL text, size_t *SAWLOG_NONNULL n);
/* [C] All of a row at once, for bindings whose calls are dear. For each column 16 bytes: int32, 1 for null; int32, how long the text is;
 * then what get_i64 gives (a float: its 8 bytes), or of a text the place in out as int64. A list or map is a text of JSON, as to_json writes
 * it. The texts stand behind. The answer is how many bytes all of it takes: when that is more than cap, call again with more. Negative: a
 * status. */
int64_t sawlog_batch_pack_row(const sawlog_batch *SAWLOG_NULLABLE batch, int64_t row, void *SAWLOG_NULLABLE out, size_t cap);
/* [C] */
int64_t sawlog_batch_reject_count(const sawlog_batch *SAWLOG_NULLABLE batch);
/* [C] Set out->struct_size. */
int32_t sawlog_batch_reject(const sawlog_batch *SAWLOG_NULLABLE batch, int64_t i, sawlog_reject *SAWLOG_NONNULL out);
/* [C] Up to n of them from `first` on, for bindings whose calls are dear: of each seven numbers, source, line, offset, length, fault, raw and
 * raw_len as in sawlog_reject. The answer is how many; negative: a status. */
int64_t sawlog_batch_rejects(const sawlog_batch *SAWLOG_NULLABLE batch, int64_t first, int64_t *SAWLOG_NULLABLE out, int64_t n);
/* [C] One more reference. */
sawlog_batch *SAWLOG_NULLABLE sawlog_batch_retain(sawlog_batch *SAWLOG_NULLABLE batch);
/* [C] One reference less; the last one frees the memory and runs the input's release. Any thread. */
void sawlog_batch_free(sawlog_batch *SAWLOG_NULLABLE batch);

/* ---- Arrow (https://arrow.apache.org/docs/format/CDataInterface.html) and text ------------------------------------------------------------ */

struct ArrowSchema;
struct ArrowArray;
struct ArrowArrayStream;

/* [C] Array and schema into the caller's structs. The array holds a reference to the batch. */
int32_t sawlog_batch_export_arrow(sawlog_batch *SAWLOG_NONNULL batch, uint32_t flags, struct ArrowArray *SAWLOG_NULLABLE array, struct ArrowSchema *SAWLOG_NULLABLE schema,
                                  sawlog_error *SAWLOG_NULLABLE err);
/* [C] A stream over n batches of one schema; each batch is retained. With n 0 the stream has no columns and no batches. */
int32_t sawlog_batches_export_stream(sawlog_batch *SAWLOG_NONNULL const *SAWLOG_NULLABLE batches, int64_t n, uint32_t flags, struct ArrowArrayStream *SAWLOG_NONNULL out,
                                     sawlog_error *SAWLOG_NULLABLE err);
/* [Go in get_schema and get_next] The reader is moved on success: calls with it then answer SAWLOG_E_BUSY, and sawlog_reader_free does
 * nothing. */
int32_t sawlog_reader_export_stream(sawlog_reader *SAWLOG_NONNULL reader, uint32_t flags, struct ArrowArrayStream *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [C] A schema from the JSON that parser_info_json, reader_info_json and batch_schema_json give. */
int32_t sawlog_schema_export_arrow(const char *SAWLOG_NULLABLE schema_json, size_t n, uint32_t flags, struct ArrowSchema *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [C] An Arrow IPC stream of n batches of one schema. Any thread. */
int32_t sawlog_batches_to_ipc(const sawlog_batch *SAWLOG_NONNULL const *SAWLOG_NULLABLE batches, int64_t n, uint32_t flags, sawlog_bytes *SAWLOG_NONNULL out,
                              sawlog_error *SAWLOG_NULLABLE err);
/* [Go] Rows [row, row+rows) as JSON; rows < 0: all from row on. Valid UTF-8 always. */
int32_t sawlog_batch_to_json(const sawlog_batch *SAWLOG_NONNULL batch, int64_t row, int64_t rows, uint32_t flags, sawlog_bytes *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);

/* ---- Templates: what messages were made from ------------------------------------------------------------------------------------------- */

/* [Go] Finds the templates of messages: "user <*> logged in" from many lines. options is JSON ({"max": 16384}) or empty. The caller frees it.
 * Any thread, concurrently: calls take turns. Opened before fork(): SAWLOG_E_FORKED. */
int32_t sawlog_templates_new(const char *SAWLOG_NULLABLE options, size_t n, sawlog_templates *SAWLOG_NULLABLE *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] The same with all that sawlog_templates_save gave. SAWLOG_E_OPTION for anything else. */
int32_t sawlog_templates_load(const uint8_t *SAWLOG_NULLABLE saved, size_t n, sawlog_templates *SAWLOG_NULLABLE *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] Learns from one message and gives the id of its template, which is positive. The message is borrowed for the call. */
int32_t sawlog_templates_add(sawlog_templates *SAWLOG_NONNULL templates, const uint8_t *SAWLOG_NULLABLE message, size_t n, int64_t *SAWLOG_NULLABLE id, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] Each line of a text; *lines is how many there were. ids has room for room of them, what is beyond is learnt from all the same. */
int32_t sawlog_templates_add_lines(sawlog_templates *SAWLOG_NONNULL templates, const uint8_t *SAWLOG_NULLABLE data, size_t n, int64_t *SAWLOG_NULLABLE ids, size_t room,
                                   size_t *SAWLOG_NULLABLE lines, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] Each text of a column. ids, if not NULL, has room for as many as the column has: 0 where it is null. */
int32_t sawlog_templates_add_column(sawlog_templates *SAWLOG_NONNULL templates, const sawlog_batch *SAWLOG_NONNULL batch, int32_t column, int64_t *SAWLOG_NULLABLE ids,
                                    sawlog_error *SAWLOG_NULLABLE err);
/* [Go] JSON [{id, text, count}], those with the most lines first; <*> stands for values. */
int32_t sawlog_templates_list_json(const sawlog_templates *SAWLOG_NONNULL templates, sawlog_bytes *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] The template of a message without learning from it: JSON {id, text, values}, or null where none fits. */
int32_t sawlog_templates_match_json(const sawlog_templates *SAWLOG_NONNULL templates, const uint8_t *SAWLOG_NULLABLE message, size_t n, sawlog_bytes *SAWLOG_NONNULL out,
                                    sawlog_error *SAWLOG_NULLABLE err);
/* [Go] Puts in place of each id the one that its template has now: a template may turn out to be a case of another. 0: it is gone. */
int32_t sawlog_templates_resolve(const sawlog_templates *SAWLOG_NONNULL templates, int64_t *SAWLOG_NULLABLE ids, size_t n, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] Takes over what the other one has learnt, which stays as it is. */
int32_t sawlog_templates_merge(sawlog_templates *SAWLOG_NONNULL templates, const sawlog_templates *SAWLOG_NONNULL other, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] All that is known, as JSON, for sawlog_templates_load. */
int32_t sawlog_templates_save(const sawlog_templates *SAWLOG_NONNULL templates, sawlog_bytes *SAWLOG_NONNULL out, sawlog_error *SAWLOG_NULLABLE err);
/* [Go] NULL is fine. */
void sawlog_templates_free(sawlog_templates *SAWLOG_NULLABLE templates);

/* ---- For the Python binding: no Python headers, the binding hands over addresses ------------------------------------------------------------ */

/* [C] names: n NUL-terminated names, addresses: where they are (NULL: absent). Any order; may be called again; names that the library
 * does not know are passed over. SAWLOG_E_ARGUMENT when a needed one is still missing. Call with the GIL, before the functions below.
 * Functions, by CPython's names: PyBuffer_Release PyBytes_AsStringAndSize PyBytes_FromStringAndSize PyCFunction_NewEx
 *   PyCapsule_GetPointer PyCapsule_IsValid PyDict_Copy PyDict_GetItemWithError PyDict_New PyDict_Next PyDict_SetItem PyDict_Size
 *   PyErr_CheckSignals PyErr_Clear PyErr_NoMemory PyErr_Occurred PyErr_SetObject PyErr_SetString PyEval_RestoreThread PyEval_SaveThread
 *   PyFloat_FromDouble PyGILState_Ensure PyGILState_Release PyList_New PyList_SetItem PyLong_AsVoidPtr PyLong_FromLongLong
 *   PyLong_FromUnsignedLongLong PyObject_CallFunctionObjArgs PyObject_Free PyObject_GetBuffer PyObject_GetIter PyObject_IsInstance
 *   PyObject_Type PyTuple_GetItem PyTuple_Size PyType_FromSpec PyType_GenericAlloc PyUnicode_AsUTF8AndSize PyUnicode_FromStringAndSize
 *   PyUnicode_InternInPlace Py_DecRef Py_IncRef Py_IsInitialized; optional: Py_IsFinalizing _Py_IsFinalizing.
 * Objects, by their id(): None True False PyUnicode_Type (str) PyBytes_Type (bytes) PyDict_Type (dict) PyExc_RuntimeError
 *   (RuntimeError) PyExc_KeyError (KeyError) json.loads encode, called as encode(text) for the bytes of a str; optional: raise_error, called as raise_error(code, message) to raise the binding's own exception.
 * Pointer: datetime_CAPI, what the capsule datetime.datetime_CAPI holds. Number: object.__basicsize__.
 * The binding keeps the objects alive for ever. */
int32_t sawlog_py_bind(const char *SAWLOG_NONNULL const *SAWLOG_NONNULL names, const void *SAWLOG_NULLABLE const *SAWLOG_NONNULL addresses, size_t n);
/* [C] Call with the GIL. A new PyObject list of rows (dicts) [row, row+rows); rows < 0: all from row on. NULL with a Python exception
 * set. Timestamps become datetime in UTC (microseconds, cut), durations
 * timedelta, lists list, maps dict. Columns with a path nest; the overflow column is merged in; a nested dict of nulls only is left out. */
void *SAWLOG_NULLABLE sawlog_py_rows(const sawlog_batch *SAWLOG_NONNULL batch, int64_t row, int64_t rows);
/* [C] Call with the GIL. A new PyObject list of one column's values [row, row+rows), rows < 0: all from row on. NULL with a Python
 * exception set. */
void *SAWLOG_NULLABLE sawlog_py_column(const sawlog_batch *SAWLOG_NONNULL batch, int32_t column, int64_t row, int64_t rows);
/* [C] Call with the GIL. A new builtin function f(line), line being a str or bytes-like object, exactly one record. It enters Go, with the
 * GIL held. It gives a dict, or with lazy set an object of the class sawlog_py_row_type; None when the line does not fit. owner: a tuple of
 * anything that keeps the parser alive, and the parser's address as an int. NULL with a Python exception set. */
void *SAWLOG_NULLABLE sawlog_py_line_function(void *SAWLOG_NONNULL owner, int32_t lazy);
/* [C] Call with the GIL. The class of lazy rows: a mapping whose values are made when they are asked for. NULL with a Python exception set. */
void *SAWLOG_NULLABLE sawlog_py_row_type(void);
/* [C] Call with the GIL. A new builtin function f(): sawlog_reader_next, in which the GIL is let go and signal handlers of Python run while
 * the reader has nothing. It gives an object that owns the batch, with the attributes value (the address), rows and rejects; None at the end;
 * the status, an int, of a failure. owner: a tuple of anything that keeps the rest alive, and three addresses as ints: of the place where the
 * reader's address stands, of a sawlog_call, of a sawlog_error. NULL with a Python exception set. */
void *SAWLOG_NULLABLE sawlog_py_next_function(void *SAWLOG_NONNULL owner);
/* [C] The destructor of a PyCapsule that holds a calloc'ed Arrow struct ("arrow_schema", "arrow_array", "arrow_array_stream"). */
void sawlog_py_capsule_free(void *SAWLOG_NULLABLE capsule);
/* [C] Zeroed memory for a Py_buffer (256 bytes) or an Arrow struct. */
void *SAWLOG_NULLABLE sawlog_py_alloc(size_t n);
/* [C] sawlog_call.release for a Py_buffer in such memory: releases it under the GIL and frees it. */
void sawlog_py_buffer_release(void *SAWLOG_NULLABLE buffer);

#ifdef __cplusplus
}
#endif
#endif
