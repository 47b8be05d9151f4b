/* The library as a guest: signals go where they went before, calls from stacks of the host's own are as fast, threads share a parser. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

extern char **environ;
static sawlog_parser *parser;
static char *data;
static size_t data_n;

/* ---- Signals: each case in a process of its own ---- */

static void use_library(void) {
  sawlog_batch *b;
  parser = parser_of("combined");
  CHECK_OK(sawlog_parse_record(parser, (const uint8_t *)LINE, sizeof LINE - 1, &b, &err));
  sawlog_batch_free(b);
}

static volatile sig_atomic_t alarms;
static void on_alarm(int signal) {
  (void)signal;
  alarms++;
}

static int in_process(const char *what) {
  use_library();
  if (!strcmp(what, "segv")) {
    *(volatile int *)8 = 1;
  } else if (!strcmp(what, "fpe")) {
    raise(SIGFPE);
  } else if (!strcmp(what, "pipe")) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    close(ends[0]);
    (void)!write(ends[1], "x", 1);
  } else if (!strcmp(what, "epipe")) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    CHECK(write(ends[1], "x", 1) == -1 && errno == EPIPE);
  } else if (!strcmp(what, "term")) {
    raise(SIGTERM);
  } else if (!strcmp(what, "alarm")) { /* 1 kHz while the library works */
    struct sigaction a = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &a, NULL);
    timer_t timer;
    struct itimerspec every = {{0, 1000000}, {0, 1000000}};
    CHECK(timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0 && timer_settime(timer, 0, &every, NULL) == 0);
    data = lines(2000, &data_n);
    for (double end = seconds() + 0.5; seconds() < end || (alarms <= 50 && seconds() < end + 20);) { /* a machine may be busy */
      sawlog_batch *b;
      CHECK_OK(sawlog_parse(parser, (const uint8_t *)data, data_n, NULL, &b, &err));
      CHECK_INT(sawlog_batch_rows(b), 1998);
      sawlog_batch_free(b);
    }
    CHECK(alarms > 50);
  } else if (!strcmp(what, "quiet")) { /* nothing in the library disturbs a host that sleeps */
    for (int i = 0; i < 200; i++) CHECK(poll(NULL, 0, 1) == 0);
  } else if (!strcmp(what, "exit")) { /* with everything still alive */
    sawlog_stream *s;
    CHECK_OK(sawlog_stream_new(parser, NULL, 0, &s, &err));
    exit(0);
  }
  return 0;
}

static void check_process(const char *self, const char *what, int want_signal) {
  char *argv[] = {(char *)self, (char *)what, NULL};
  pid_t pid;
  int status;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0); /* Go says nothing here, but a shell might */
  CHECK(posix_spawn(&pid, "/proc/self/exe", &actions, NULL, argv, environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  CHECK(waitpid(pid, &status, 0) == pid);
  int ended_by = WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
  if (ended_by != want_signal) fprintf(stderr, "%s: ended by %d, not %d\n", what, ended_by, want_signal);
  CHECK_INT(ended_by, want_signal);
}

/* ---- Stacks of the host's own ---- */

static ucontext_t host, guest;
static double per_call;

static void many_calls(void) {
  enum { CALLS = 5000 };
  per_call = 1;
  for (int round = 0; round < 5; round++) { /* the best of five: the machine may be busy */
    double t = seconds();
    for (int i = 0; i < CALLS; i++) {
      sawlog_batch *b;
      CHECK_OK(sawlog_parse_record(parser, (const uint8_t *)"x", 1, &b, &err));
      sawlog_batch_free(b);
    }
    t = (seconds() - t) / CALLS;
    if (t < per_call) per_call = t;
  }
}

static void foreign_stack(void) {
  size_t size = 1 << 20;
  many_calls();
  double own = per_call;
  CHECK(getcontext(&guest) == 0);
  guest.uc_stack.ss_size = size;
  guest.uc_stack.ss_sp = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(guest.uc_stack.ss_sp != MAP_FAILED);
  guest.uc_link = &host;
  makecontext(&guest, many_calls, 0);
  CHECK(swapcontext(&host, &guest) == 0);
  double foreign = per_call;
  munmap(guest.uc_stack.ss_sp, size);
  printf("own stack %.0f ns, foreign stack %.0f ns\n", own * 1e9, foreign * 1e9);
  CHECK(foreign < own * 8); /* without stackbound.c: 60 times */
}

/* ---- Threads ---- */

static void *parse_often(void *arg) {
  int64_t *rows = arg;
  for (int i = 0; i < 30; i++) {
    sawlog_batch *b;
    CHECK(sawlog_parse(parser, (const uint8_t *)data, data_n, NULL, &b, NULL) == SAWLOG_OK);
    *rows += sawlog_batch_rows(b);
    sawlog_batch_free(b);
    for (int k = 0; k < 100; k++) {
      CHECK(sawlog_parse_record(parser, (const uint8_t *)LINE, sizeof LINE - 1, &b, NULL) == SAWLOG_OK);
      CHECK(sawlog_batch_rows(b) == 1 && sawlog_batch_find_column(b, "status", 6) >= 0);
      sawlog_batch_free(b);
    }
  }
  return NULL;
}

static void *one_call(void *arg) {
  sawlog_batch *b;
  CHECK(sawlog_parse_record(parser, (const uint8_t *)LINE, sizeof LINE - 1, &b, NULL) == SAWLOG_OK);
  sawlog_batch_free(b);
  return arg;
}

static void threads(void) {
  pthread_t t[8];
  int64_t rows[8] = {0};
  for (int i = 0; i < 8; i++) CHECK(pthread_create(&t[i], NULL, parse_often, &rows[i]) == 0);
  for (int i = 0; i < 8; i++) {
    pthread_join(t[i], NULL);
    CHECK_INT(rows[i], 30 * 1998);
  }
  pthread_attr_t small; /* 200 short-lived threads with small stacks: Go has its own */
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  for (int i = 0; i < 200; i++) {
    CHECK(pthread_create(&t[0], &small, one_call, NULL) == 0);
    pthread_join(t[0], NULL);
  }
  pthread_attr_destroy(&small);
}

int main(int argc, char **argv) {
  if (argc > 1) return in_process(argv[1]);
  check_process(argv[0], "segv", SIGSEGV);
  check_process(argv[0], "fpe", SIGFPE);
  check_process(argv[0], "pipe", SIGPIPE);
  check_process(argv[0], "epipe", 0);
  check_process(argv[0], "term", SIGTERM);
  check_process(argv[0], "alarm", 0);
  check_process(argv[0], "quiet", 0);
  check_process(argv[0], "exit", 0);
  parser = parser_of("combined");
  data = lines(2000, &data_n);
  foreign_stack();
  threads();
  sawlog_parser_free(parser);
  free(data);
  check_nothing_alive();
  return 0;
}
