/* What a caller's structs get and give: errors, calls, answers, each by its struct_size. */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LARGEST = 4096 };

/* Copies a NUL-terminated text, cut at a character when room is short. */
static void put_text(char *to, size_t room, const char *from, size_t most) {
  if (room == 0) return;
  size_t n = strnlen(from, most);
  if (n > room - 1) {
    n = room - 1;
    while (n > 0 && ((unsigned char)from[n] & 0xC0) == 0x80) n--;
  }
  memcpy(to, from, n);
  to[n] = 0;
}

#define FIELD(f)                                                                                              \
  do {                                                                                                        \
    if (size >= offsetof(sawlog_error, f) + sizeof from->f) to->f = from->f;                                  \
  } while (0)
#define TEXT(f)                                                                                               \
  do {                                                                                                        \
    size_t at = offsetof(sawlog_error, f);                                                                    \
    if (size > at) put_text(to->f, size - at < sizeof to->f ? size - at : sizeof to->f, from->f, sizeof from->f); \
  } while (0)

static void put(sawlog_error *to, const sawlog_error *from) {
  if (!to || to->struct_size > LARGEST) return; /* so many bytes are no struct: nobody has set it */
  size_t size = to->struct_size;
  FIELD(code);
  FIELD(detail);
  FIELD(line);
  FIELD(column);
  FIELD(offset);
  TEXT(message);
  TEXT(hint);
}

int32_t saw_fail(sawlog_error *err, int32_t code, const char *format, ...) {
  if (!err) return code;
  sawlog_error full;
  full.struct_size = sizeof full;
  full.code = code;
  full.detail = full.line = full.column = 0;
  full.offset = -1;
  full.hint[0] = 0;
  va_list args;
  va_start(args, format);
  vsnprintf(full.message, sizeof full.message, format, args);
  va_end(args);
  put(err, &full);
  return code;
}

int32_t saw_done(sawlog_error *err, int32_t code, const sawlog_error *from) {
  if (code < 0) put(err, from);
  return code;
}

/* Of a smaller struct the fields that are there as a whole: half a pointer is none. */
static void call_fields(const sawlog_call *from, uint32_t size, sawlog_call *to) {
#define GIVEN(f) \
  if (size >= offsetof(sawlog_call, f) + sizeof to->f) to->f = from->f
  to->struct_size = size;
  GIVEN(flags);
  GIVEN(cancel);
  GIVEN(wait_ms);
  GIVEN(reserved);
  GIVEN(release);
  GIVEN(release_ctx);
#undef GIVEN
}

int saw_call(const sawlog_call *from, sawlog_call *to) {
  memset(to, 0, sizeof *to);
  if (!from) return 0;
  uint32_t size = from->struct_size;
  if (size < sizeof size || size > LARGEST) return -1;
  call_fields(from, size, to);
  for (size_t i = sizeof *to; i < size; i++) {
    if (((const char *)from)[i]) return -1;
  }
  return to->flags & ~SAWLOG_COPY || to->reserved || to->wait_ms < 0 ? -1 : 0;
}

int32_t saw_out(void *to, const void *from, uint32_t known) {
  uint32_t size;
  memcpy(&size, to, sizeof size);
  if (size < sizeof size || size > LARGEST) return SAWLOG_E_ARGUMENT;
  if (size > known) size = known;
  memcpy((char *)to + sizeof size, (const char *)from + sizeof size, size - sizeof size);
  return SAWLOG_OK;
}
