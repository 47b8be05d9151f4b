/* One line a call: batches that are used again. What a line gives does not depend on the lines before it, rows live on while others are
   parsed and after their parser is gone, handles that were freed stay so, from eight threads at once and in a child of fork(). */
#include "check.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINES = 12, KEPT = 40, THREADS = 8 };

static const char *const definitions[] = {
    "combined",
    "{\"format\": \"combined\", \"columns\": [\"user_agent\", \"status\", \"method\"]}",
    "{\"regex\": \"^(?<ok>\\\\S+) (?<took>\\\\S+) (?<share>\\\\S+) ?(?<rest>.*)$\", \"fields\": {\"ok\": \"bool\", \"took\": \"duration\", \"share\": \"float\"}}",
    "rfc5424",
    "{\"json\": {}}",
};
enum { DEFINITIONS = sizeof definitions / sizeof *definitions };

static const char *lines_of[DEFINITIONS][LINES] = {
    {LINE, LINE_POST, "no such line", "::1 - - [17/May/2015:10:05:05 +0000] \"-\" 400 0 \"-\" \"-\"", "", "10.0.0.2 - \xff\xfe [17/May/2015:10:05:05 +0000] \"GET /\xff HTTP/1.1\" 200 1 \"\xc3\xa4\" \"\xc3\""},
    {LINE, LINE_POST, "no such line"},
    {"true 1.5s 0.25 x", "false 2ms 1 a text that is longer than twelve bytes", "true 1h 3", "maybe 1s 1", "true 1s x"},
    {LINE_SYSLOG, "<34>1 2003-10-11T22:14:15.003Z mymachine su - ID47 - failed", "<34>", "<34>1 - - - - - -"},
    {"{\"a\": 1}", "{\"b\": \"x\", \"c\": [1, 2]}", "{", "{\"a\": \"1\"}"},
};

/* What the lines give that a parser sees as its first one, by parse_record and by parse. */
static char *wanted[DEFINITIONS][LINES][2];

static sawlog_batch *parse(const sawlog_parser *p, int definition, int line, int whole) {
  sawlog_batch *b = NULL;
  sawlog_error e = {.struct_size = sizeof e};
  const char *text = lines_of[definition][line];
  size_t n = strlen(text);
  int32_t rc = whole ? sawlog_parse(p, (const uint8_t *)text, n, NULL, &b, &e) : sawlog_parse_record(p, (const uint8_t *)text, n, &b, &e);
  if (rc) fprintf(stderr, "%s: %s: %s\n", text, sawlog_status_name(rc), e.message);
  CHECK(b);
  return b;
}

/* All of a batch as a text: its rows as packed values and as JSON, its rejects, its figures. */
static char *all_of(const sawlog_batch *b) {
  sawlog_bytes json;
  sawlog_reject r = {.struct_size = sizeof r};
  CHECK_INT(sawlog_batch_to_json(b, 0, -1, SAWLOG_JSON_LINES, &json, NULL), SAWLOG_OK);
  size_t room = json.len + 8192, n;
  char *text = malloc(room);
  CHECK(text);
  n = (size_t)snprintf(text, room, "%s|%d rows %d lines", json.data, (int)sawlog_batch_rows(b), (int)sawlog_batch_lines(b));
  for (int64_t i = 0; i < sawlog_batch_reject_count(b); i++) {
    CHECK_INT(sawlog_batch_reject(b, i, &r), SAWLOG_OK);
    n += (size_t)snprintf(text + n, room - n, "|%d %d %.*s", r.fault, (int)r.line, (int)r.raw_len, r.raw);
  }
  for (int32_t i = 0; i < sawlog_batch_columns(b); i++) {
    sawlog_column c = {.struct_size = sizeof c};
    CHECK_INT(sawlog_batch_column(b, i, &c), SAWLOG_OK);
    CHECK(c.length == sawlog_batch_rows(b) && c.null_count <= c.length);
    CHECK((c.null_count > 0) == (c.validity != NULL));
    n += (size_t)snprintf(text + n, room - n, "|%d", (int)c.dictionary_length);
  }
  sawlog_bytes_release(&json);
  return text;
}

static void check_batch(const sawlog_batch *b, int definition, int line, int whole) {
  char *got = all_of(b);
  if (strcmp(got, wanted[definition][line][whole])) fprintf(stderr, "got %s\nnot %s\n", got, wanted[definition][line][whole]);
  CHECK(!strcmp(got, wanted[definition][line][whole]));
  free(got);
}

static int next(uint32_t *seed, int n) {
  *seed = *seed * 1664525u + 1013904223u;
  return (int)((*seed >> 8) % (uint32_t)n);
}

static int alone = 1; /* no other thread can get the place of a batch that was freed */

typedef struct kept {
  sawlog_batch *b;
  int line, whole;
} kept;

/* Parses lines in any order and keeps some of the batches for a while. The batches that are left are in list. */
static void work(const sawlog_parser *p, int definition, uint32_t seed, int rounds, kept *list) {
  int n = 0;
  while (n < LINES && lines_of[definition][n]) n++;
  for (int round = 0; round < rounds; round++) {
    kept one = {NULL, next(&seed, n), next(&seed, 2)}, *place = &list[next(&seed, KEPT)];
    one.b = parse(p, definition, one.line, one.whole);
    check_batch(one.b, definition, one.line, one.whole);
    if (place->b) check_batch(place->b, definition, place->line, place->whole);
    if (next(&seed, 3)) {
      sawlog_batch_free(place->b);
      *place = one;
    } else {
      sawlog_batch_free(one.b);
      if (alone) CHECK_INT(sawlog_batch_rows(one.b), 0);
    }
  }
}

static void let_go(kept *list, int definition) {
  for (int i = 0; i < KEPT; i++) {
    if (list[i].b) check_batch(list[i].b, definition, list[i].line, list[i].whole);
    sawlog_batch_free(list[i].b);
    list[i].b = NULL;
  }
}

/* A handle that is freed twice is one batch for the next two calls to share if anything goes wrong. */
static void freed_twice(void) {
  sawlog_parser *p = parser_of("combined");
  sawlog_batch *b[20];
  for (int i = 0; i < 20; i++) b[i] = parse(p, 0, 0, 0);
  for (int i = 0; i < 20; i++) {
    sawlog_batch_free(b[i]);
    sawlog_batch_free(b[i]);
    CHECK(sawlog_batch_retain(b[i]) == NULL);
  }
  CHECK_INT(stats().batches, 0);
  for (int i = 0; i < 20; i++) {
    b[i] = parse(p, 0, i % 2, 0);
    for (int k = 0; k < i; k++) CHECK(b[k] != b[i]);
  }
  CHECK_INT(stats().batches, 20);
  CHECK(sawlog_batch_retain(b[3]) == b[3]);
  sawlog_batch_free(b[3]);
  check_batch(b[3], 0, 1, 0);
  for (int i = 0; i < 20; i++) sawlog_batch_free(b[i]);
  sawlog_parser_free(p);
  check_nothing_alive();
}

/* Each line is longer than all before it, and then they come again. */
static void longer(void) {
  sawlog_parser *p = parser_of("combined");
  char line[20000];
  const char *text;
  size_t n;
  for (int round = 0; round < 2; round++) {
    for (int length = 0; length < 18000; length = length * 5 / 4 + 1) {
      sawlog_batch *b;
      int size = snprintf(line, sizeof line, "10.0.0.1 - - [17/May/2015:10:05:04 +0200] \"GET /%0*d HTTP/1.0\" 404 - \"-\" \"%0*d\"", length / 2 + 1, 0, length / 2 + 1, 0);
      CHECK_OK(sawlog_parse_record(p, (const uint8_t *)line, (size_t)size, &b, &err));
      CHECK_OK(sawlog_batch_get_str(b, sawlog_batch_find_column(b, "user_agent", 10), 0, &text, &n));
      CHECK(n == (size_t)length / 2 + 1 && !memcmp(text, line + size - 1 - n, n));
      sawlog_batch_free(b);
    }
  }
  sawlog_parser_free(p);
}

static sawlog_parser *shared;
static sawlog_batch *passed; /* from one thread to another, which frees it */

static void *in_thread(void *arg) {
  static kept lists[THREADS][KEPT];
  int i = (int)(intptr_t)arg;
  for (int round = 0; round < 20; round++) {
    work(shared, 0, (uint32_t)(i + round * THREADS), 50, lists[i]);
    sawlog_batch_free(__atomic_exchange_n(&passed, parse(shared, 0, 0, 0), __ATOMIC_ACQ_REL));
  }
  let_go(lists[i], 0);
  return NULL;
}

static void in_threads(void) {
  pthread_t threads[THREADS];
  shared = parser_of("combined");
  alone = 0;
  for (int i = 0; i < THREADS; i++) CHECK_INT(pthread_create(&threads[i], NULL, in_thread, (void *)(intptr_t)i), 0);
  for (int i = 0; i < THREADS; i++) CHECK_INT(pthread_join(threads[i], NULL), 0);
  check_batch(passed, 0, 0, 0);
  sawlog_parser_free(shared);
  check_batch(passed, 0, 0, 0);
  sawlog_batch_free(passed);
  check_nothing_alive();
}

#ifndef __SANITIZE_ADDRESS__ /* which does not bear a second library, keeps what is freed, and is slow */
/* Sixteen bytes of Go's a line would be a collection or more. */
static void no_garbage(void) {
  sawlog_parser *p = parser_of("combined");
  int64_t before = 0;
  for (int i = 0; i < 1000000; i++) {
    sawlog_batch_free(parse(p, 0, i % 2, i / 2 % 2));
    if (i != 1000) continue;
    sawlog_release_memory(); /* what was there before, so that no collection is due */
    before = stats().go_gc_count;
  }
  CHECK_INT(stats().go_gc_count, before);
  sawlog_parser_free(p);
}

/* What a parser keeps for its next lines goes with it. */
static void parsers_go(void) {
  double before = 0;
  for (int i = 0; i < 6000; i++) {
    sawlog_parser *p = parser_of("combined");
    sawlog_batch *b[8];
    for (int k = 0; k < 8; k++) b[k] = parse(p, 0, 0, 0);
    for (int k = 0; k < 7; k++) sawlog_batch_free(b[k]);
    sawlog_parser_free(p);
    sawlog_batch_free(b[7]);
    if (i == 500) before = resident();
  }
  CHECK(resident() < before + 32); /* Go's heap has 12 before it is collected */
}

static void in_a_child(const sawlog_parser *p, int definition, kept *list) {
  pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    work(p, definition, 99, 200, list);
    let_go(list, definition);
    CHECK_INT(stats().batches, 0);
    _exit(0);
  }
  int status;
  CHECK(waitpid(pid, &status, 0) == pid);
  CHECK_INT(status, 0);
}
#endif

int main(void) {
  for (int d = 0; d < DEFINITIONS; d++) {
    for (int i = 0; i < LINES && lines_of[d][i]; i++) {
      for (int whole = 0; whole < 2; whole++) {
        sawlog_parser *p = parser_of(definitions[d]);
        sawlog_batch *b = parse(p, d, i, whole);
        wanted[d][i][whole] = all_of(b);
        sawlog_batch_free(b);
        sawlog_parser_free(p);
      }
    }
  }
  for (int d = 0; d < DEFINITIONS; d++) {
    static kept list[KEPT];
    sawlog_parser *p = parser_of(definitions[d]);
    work(p, d, 1, 1000, list);
#ifndef __SANITIZE_ADDRESS__
    in_a_child(p, d, list);
#endif
    work(p, d, 2, 100, list);
    sawlog_parser_free(p);
    let_go(list, d);
    check_nothing_alive();
  }
  freed_twice();
  longer();
#ifndef __SANITIZE_ADDRESS__
  no_garbage();
  parsers_go();
#endif
  in_threads();
  for (int i = 0; i < DEFINITIONS * LINES * 2; i++) free(((char **)wanted)[i]);
  return 0;
}
