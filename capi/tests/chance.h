/* Arguments by chance: texts and structs that end where a page ends, lengths that cannot be, structs of every size; and what is true of every
   answer to them. */
#ifndef CHANCE_H
#define CHANCE_H

#include "check.h"

#include <sys/mman.h>

static uint64_t state;

static uint64_t chance(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static int below(int n) { return (int)(chance() % (unsigned)n); }
static int one_in(int n) { return below(n) == 0; }
#define ANY(list) (list)[below((int)(sizeof(list) / sizeof *(list)))]

/* Memory of which the byte behind the last cannot be touched. */
static void *edge(int place, size_t n) {
  enum { ROOM = 1 << 17, PLACES = 4, PAGE = 4096 };
  static char *all;
  if (!all) {
    all = mmap(NULL, PLACES * ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(all != MAP_FAILED);
    for (int i = 1; i <= PLACES; i++) CHECK(mprotect(all + i * ROOM - PAGE, PAGE, PROT_NONE) == 0);
  }
  return all + (place + 1) * ROOM - PAGE - n;
}

typedef struct text {
  const char *p;
  size_t n;
  int bad; /* is to be refused */
} text;

static text at_edge(int place, const char *from, size_t n) {
  switch (below(30)) {
    case 0: return (text){NULL, 0, 0};
    case 1: return (text){NULL, 1 + (size_t)below(100), 1};
    case 2: return (text){from, (size_t)-1 - (size_t)below(100), 1};
  }
  char *to = edge(place, n);
  memcpy(to, from, n);
  if (n && one_in(5)) to[below((int)n)] ^= (char)(1 << below(8));
  return (text){to, n, 0};
}

static text any_text(int place, const char *const *list, int n) {
  const char *one = list[below(n)];
  return at_edge(place, one, strlen(one));
}
#define TEXT(place, list) any_text(place, list, (int)(sizeof(list) / sizeof *(list)))

static const char *const lines_of[] = {LINE, LINE_POST, LINE_SYSLOG, "", "x", "a=1 b=\"q\" c", "\xff\xfe\x80", "{\"a\":", "{\"a\":\"\\ud800\"}",
                                       "{\"a\":1,\"b\":{\"c\":[1,{\"d\":null}]},\"tags\":[\"a\",\"b\"],\"m\":{\"k\":1.5}}", "\x1f\x8b\x08"};
static const char *const definitions[] = {"combined", "syslog", "json", "auto", "", "nix", "{", "[]", "null", "{\"json\":{}}", "{\"logfmt\":{}}", "{\"grok\":\"%{IP:a} %{WORD:b}\"}",
                                          "{\"json\":{},\"fields\":{\"tags\":\"list<string>\",\"m\":\"map<string,float>\"}}", "{\"grok\":\"%{NO}\"}",
                                          "{\"format\":\"combined\",\"columns\":[\"status\",\"time\"]}", "{\"json\":{},\"where\":{\"a\":\"> 0\"}}"};
static const char *const options[] = {"", "{}", "{\"threads\":2}", "{\"threads\":-1}", "{\"x\":1}", "{", "[]", "{\"max\":4}", "{\"max\":0}", "{\"sample_records\":3}", "{\"threads\":999999999999}"};
/* The first is a log. None is a bit away from a device without an end, as /dev/null is from /dev/full. */
static const char *paths[] = {NULL, "/nothing", "/", "", "[]", "[1]", "/proc/self/stat", "/proc/self/mem"};

/* A log of a few lines, mostly of one kind. */
static text any_log(int place) {
  static char log[60000];
  size_t n = 0;
  const char *one = ANY(lines_of);
  for (int left = one_in(40) ? 300 : below(6); left > 0; left--) {
    const char *line = one_in(8) ? ANY(lines_of) : one;
    if (n + strlen(line) + 2 > sizeof log) break;
    n += (size_t)sprintf(log + n, "%s\n", line);
  }
  if (n && one_in(4)) n--;
  return at_edge(place, log, n);
}

static sawlog_error error;

/* Where an error goes: to `error`, nowhere, or to a struct of another size, of which nothing is known but that no more of it is written. */
static sawlog_error *somewhere(void) {
  memset(&error, 0x33, sizeof error);
  error.struct_size = sizeof error;
  if (!one_in(4)) return &error;
  if (one_in(2)) return NULL;
  uint32_t size = one_in(2) ? (uint32_t)chance() : (uint32_t)below(900);
  uint32_t *e = edge(3, size < 4 || size > 4096 ? 4 : size);
  *e = size;
  return (sawlog_error *)e;
}

/* A struct to be filled, of any size. */
static void *to_fill(uint32_t usual) {
  uint32_t size = one_in(2) ? usual : one_in(4) ? (uint32_t)chance() : (uint32_t)below(200);
  uint32_t *s = edge(2, size < 4 || size > 4096 ? 4 : size);
  *s = size;
  return s;
}

static int released;
static void release(void *ctx) {
  if (ctx) released++;
}

static const sawlog_call *any_call(int may_move) {
  static const int32_t stop[2] = {0, 1};
  if (one_in(2)) return NULL;
  uint32_t size = one_in(3) ? (uint32_t)below(120) : one_in(20) ? (uint32_t)chance() : sizeof(sawlog_call);
  size_t room = size < 4 || size > 4096 ? 4 : size;
  char *at = edge(2, room);
  sawlog_call call = {.struct_size = size, .flags = (uint32_t)(one_in(20) ? below(9) : one_in(2)), .wait_ms = below(4) - one_in(20), .reserved = one_in(30)};
  if (one_in(3)) call.cancel = &stop[one_in(6)];
  if (may_move && one_in(2)) call.release = release, call.release_ctx = &released;
  memset(at, 0, room);
  memcpy(at, &call, room < sizeof call ? room : sizeof call);
  if (room > sizeof call) at[room - 1] = (char)one_in(3);
  return (const sawlog_call *)at;
}

static int moves(const sawlog_call *call) { return call && call->struct_size >= sizeof *call && call->struct_size <= 4096 && call->release; }

/* ---- What is true of every answer ---- */

static long answers, failures;

static void check_status(int rc) {
  CHECK(rc <= SAWLOG_AGAIN && rc >= SAWLOG_E_UNSUPPORTED); /* SAWLOG_E_INTERNAL is a bug */
  answers++;
  failures += rc < 0;
}

static void judge(int rc, const sawlog_error *e, int must_fail) {
  check_status(rc);
  if (must_fail) CHECK(rc < 0);
  if (e != &error) return;
  if (rc >= 0) {
    CHECK_INT(error.code, 0x33333333);
    return;
  }
  CHECK_INT(error.code, rc);
  CHECK(error.message[0] && memchr(error.message, 0, sizeof error.message) && memchr(error.hint, 0, sizeof error.hint));
  CHECK(error.line >= 0 && error.column >= 0 && error.offset >= -1 && (error.detail == 0 || rc == SAWLOG_E_IO));
}

static sawlog_bytes bytes;

static void judge_bytes(int rc, const sawlog_error *e, int must_fail) {
  judge(rc, e, must_fail);
  CHECK(rc == SAWLOG_OK || (!bytes.data && !bytes.len && !bytes.owner));
  sawlog_bytes_release(&bytes);
}

#endif
