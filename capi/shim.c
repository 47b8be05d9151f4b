/* The library as a whole: versions, names, settings, formats, detection. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define SAW_VERSION "0.1.0" /* = lib's; a test compares */

uint32_t sawlog_abi_version(void) { return SAWLOG_ABI_VERSION; }

const char *sawlog_version(void) { return SAW_VERSION; }

/* Asked of Go once and kept for ever. */
const char *sawlog_build_info(void) {
  static char *known;
  static const char unknown[] = "{\"version\":\"" SAW_VERSION "\"}";
  char *text = __atomic_load_n(&known, __ATOMIC_ACQUIRE), *none = NULL;
  const saw_go *go = saw_runtime_now();
  sawlog_bytes made = {NULL, 0, NULL};
  sawlog_error full;
  if (text) return text;
  if (!go || SAW_GO(go->build_info(&made, &full))) return unknown;
  if (__atomic_compare_exchange_n(&known, &none, (char *)made.owner, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return made.data;
  free(made.owner);
  return none;
}

const char *sawlog_status_name(int32_t status) {
  switch (status) {
#define NAME(s) \
  case s:       \
    return #s;
    NAME(SAWLOG_OK)
    NAME(SAWLOG_AGAIN)
    NAME(SAWLOG_E_ARGUMENT)
    NAME(SAWLOG_E_HANDLE)
    NAME(SAWLOG_E_OPTION)
    NAME(SAWLOG_E_DEFINITION)
    NAME(SAWLOG_E_FORMAT)
    NAME(SAWLOG_E_IO)
    NAME(SAWLOG_E_CODEC)
    NAME(SAWLOG_E_MEMORY)
    NAME(SAWLOG_E_CANCELLED)
    NAME(SAWLOG_E_FORKED)
    NAME(SAWLOG_E_BUSY)
    NAME(SAWLOG_E_LIMIT)
    NAME(SAWLOG_E_UNSUPPORTED)
    NAME(SAWLOG_E_INTERNAL)
#undef NAME
  }
  return "unknown";
}

const char *sawlog_fault_name(int32_t fault) {
  static const char *const names[] = {"none", "no_match", "too_long", "bad_value", "bad_json", "not_object", "bad_utf8", "empty", "too_deep", "bad_frame"};
  return fault >= 0 && fault < (int32_t)(sizeof names / sizeof *names) ? names[fault] : "unknown";
}

#define BAD_ARGUMENT(err, what) saw_fail(err, SAWLOG_E_ARGUMENT, "%s", what)

int32_t sawlog_configure(const char *json, size_t n, sawlog_error *err) {
  if (SAW_NOT(json, n)) return BAD_ARGUMENT(err, "json is NULL or too long");
  const saw_go *go = saw_runtime(err);
  if (!go) return SAWLOG_E_FORKED;
  saw_config config;
  sawlog_error full;
  int32_t rc = SAW_GO(go->configure((char *)json, n, &config, &full));
  if (rc == SAWLOG_OK) saw_configured(&config);
  return saw_done(err, rc, &full);
}

int32_t sawlog_get_stats(sawlog_stats *out) {
  if (!out) return SAWLOG_E_ARGUMENT;
  sawlog_stats s = {sizeof s, saw_generation(), saw_alive(SAW_PARSER), saw_alive(SAW_STREAM), saw_alive(SAW_READER), saw_alive(SAW_BATCH), saw_memory_held(), 0, 0};
  const saw_go *go = saw_runtime_now();
  if (go) SAW_GO(go->stats(&s.go_heap_bytes, &s.go_gc_count));
  return saw_out(out, &s, sizeof s);
}

int64_t sawlog_release_memory(void) {
  const saw_go *go = saw_runtime_now();
  int64_t bytes = go ? SAW_GO(go->release_memory()) : 0;
  return bytes + saw_memory_trim();
}

void sawlog_bytes_release(sawlog_bytes *b) {
  if (!b) return;
  free(b->owner);
  memset(b, 0, sizeof *b);
}

/* Every function that answers with bytes begins like this. */
#define START_BYTES(out, err)                          \
  if (!(out)) return BAD_ARGUMENT(err, "out is NULL"); \
  memset(out, 0, sizeof *(out))

int32_t sawlog_formats_json(sawlog_bytes *out, sawlog_error *err) {
  START_BYTES(out, err);
  const saw_go *go = saw_runtime(err);
  if (!go) return SAWLOG_E_FORKED;
  sawlog_error full;
  return saw_done(err, SAW_GO(go->formats(out, &full)), &full);
}

int32_t sawlog_format_describe(const char *name, size_t n, sawlog_bytes *out, sawlog_error *err) {
  START_BYTES(out, err);
  if (SAW_NOT(name, n)) return BAD_ARGUMENT(err, "name is NULL or too long");
  const saw_go *go = saw_runtime(err);
  if (!go) return SAWLOG_E_FORKED;
  sawlog_error full;
  return saw_done(err, SAW_GO(go->describe((char *)name, n, out, &full)), &full);
}

int32_t sawlog_detect(const uint8_t *data, size_t n, const char *opts, size_t opts_n, sawlog_bytes *out, sawlog_error *err) {
  START_BYTES(out, err);
  if (SAW_NOT(data, n) || SAW_NOT(opts, opts_n)) return BAD_ARGUMENT(err, "data or opts is NULL or too long");
  const saw_go *go = saw_runtime(err);
  if (!go) return SAWLOG_E_FORKED;
  sawlog_error full;
  return saw_done(err, SAW_GO(go->detect((uint8_t *)data, n, (char *)opts, opts_n, out, &full)), &full);
}

int32_t sawlog_detect_path(const char *path, size_t n, const char *opts, size_t opts_n, sawlog_bytes *out, sawlog_error *err) {
  START_BYTES(out, err);
  if (SAW_NOT(path, n) || SAW_NOT(opts, opts_n)) return BAD_ARGUMENT(err, "path or opts is NULL or too long");
  const saw_go *go = saw_runtime(err);
  if (!go) return SAWLOG_E_FORKED;
  SAW_TRY(saw_may_open(go, err));
  sawlog_error full;
  return saw_done(err, SAW_GO(go->detect_path((char *)path, n, (char *)opts, opts_n, out, &full)), &full);
}

int32_t sawlog_batch_to_json(const sawlog_batch *b, int64_t row, int64_t rows, uint32_t flags, sawlog_bytes *out, sawlog_error *err) {
  START_BYTES(out, err);
  if (!saw_is(b, SAW_BATCH)) return SAW_HANDLE(err, "batch");
  if (row < 0 || row > b->rows) return saw_fail(err, SAWLOG_E_ARGUMENT, "row %lld of a batch of %lld", (long long)row, (long long)b->rows);
  if (flags & ~(SAWLOG_JSON_LINES | SAWLOG_JSON_DROP_NULLS)) return saw_fail(err, SAWLOG_E_ARGUMENT, "flags %#x are not flags of to_json", flags);
  if (rows < 0 || rows > b->rows - row) rows = b->rows - row;
  const saw_go *go = saw_runtime(err);
  if (!go) return SAWLOG_E_FORKED;
  sawlog_error full;
  return saw_done(err, SAW_GO(go->batch_json((sawlog_batch *)b, row, rows, flags, out, &full)), &full);
}
