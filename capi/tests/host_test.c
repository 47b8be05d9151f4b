/* Hosts that do with their threads what Go does not expect: signals that are waited for, handlers on whatever stack, another rounding, no
   descriptors left, an input that goes away. Each in a process of its own. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/wait.h>

enum { FILES = 32 }; /* may be open in each of the processes */

extern char **environ;
static const char *folder;

static void use_library(void) {
  sawlog_parser *p = parser_of("combined");
  sawlog_batch *b;
  CHECK_OK(sawlog_parse_record(p, (const uint8_t *)LINE, sizeof LINE - 1, &b, &err));
  sawlog_batch_free(b);
  sawlog_parser_free(p);
}

/* ---- Signals that a host has blocked everywhere, to read them where it likes ---- */

static void *use_in_thread(void *arg) {
  sigset_t before, after;
  pthread_sigmask(SIG_SETMASK, NULL, &before);
  use_library();
  pthread_sigmask(SIG_SETMASK, NULL, &after);
  for (int i = 1; i <= SIGRTMAX; i++) CHECK_INT(sigismember(&after, i), sigismember(&before, i));
  return arg;
}

static void waits_for_signals(void) {
  const int all[] = {SIGUSR1, SIGTERM, SIGCHLD, SIGPROF, SIGRTMIN, SIGRTMIN + 1};
  struct signalfd_siginfo got;
  sigset_t set;
  pthread_t thread;
  sigemptyset(&set);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) sigaddset(&set, all[i]);
  CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
  int fd = signalfd(-1, &set, 0);
  CHECK(fd >= 0);
  use_in_thread(NULL);
  CHECK(pthread_create(&thread, NULL, use_in_thread, NULL) == 0);
  pthread_join(thread, NULL);
  for (int round = 0; round < 3; round++) {
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
      CHECK(kill(getpid(), all[i]) == 0);
      CHECK(read(fd, &got, sizeof got) == sizeof got);
      CHECK_INT(got.ssi_signo, all[i]);
    }
  }
}

/* ---- A handler without SA_ONSTACK, as most are, that needs some memory ---- */

static volatile long handled;

static void handler(int signal) {
  volatile char room[16384];
  for (size_t i = 0; i < sizeof room; i += 64) room[i] = (char)signal;
  handled++;
}

static void handles_signals(void) {
  static const char *const definitions[] = {"combined", "{\"grok\": \"%{COMBINEDAPACHELOG}\"}", "{\"json\": {}}", "syslog"};
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  struct itimerval often = {{0, 100}, {0, 100}};
  size_t n;
  char *data = lines(2000, &n);
  CHECK_OK(sawlog_configure("{\"gc_percent\": 20}", 18, &err)); /* Go looks at all of its memory, again and again */
  CHECK(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &often, NULL) == 0);
  for (double end = seconds() + 3; seconds() < end;) {
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++) {
      sawlog_parser *p = parser_of(definitions[i]);
      sawlog_batch *b;
      sawlog_bytes text;
      CHECK_OK(sawlog_parse(p, (const uint8_t *)data, n, NULL, &b, &err));
      CHECK_INT(sawlog_batch_lines(b), 2000);
      CHECK_OK(sawlog_batch_to_json(b, 0, 200, 0, &text, &err));
      sawlog_bytes_release(&text);
      sawlog_batch_free(b);
      sawlog_parser_free(p);
    }
  }
  setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
  CHECK(handled > 100);
  free(data);
}

/* ---- Rounding, and floats that are traps ---- */

static void floats(void) {
  static const char definition[] = "{\"json\": {}, \"fields\": {\"x\": \"float\"}}";
  static const int roundings[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
  static const char *const texts[] = {"0.1", "0.793", "490027.2362", "1.3926e-13", "4.9406564584124654e-324", "1e23"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    double want = strtod(texts[i], NULL), got;
    char line[100];
    int n = snprintf(line, sizeof line, "{\"x\": %s}\n", texts[i]);
    for (size_t k = 0; k < sizeof roundings / sizeof *roundings; k++) {
      sawlog_batch *b;
      CHECK(fesetround(roundings[k]) == 0);
      feclearexcept(FE_ALL_EXCEPT);
      feenableexcept(FE_ALL_EXCEPT); /* not all processors have traps */
      sawlog_parser *p = parser_of(definition);
      CHECK_OK(sawlog_parse(p, (const uint8_t *)line, (size_t)n, NULL, &b, &err));
      CHECK_INT(fegetround(), roundings[k]);
      fedisableexcept(FE_ALL_EXCEPT);
      fesetround(FE_TONEAREST);
      CHECK_OK(sawlog_batch_get_f64(b, sawlog_batch_find_column(b, "x", 1), 0, &got));
      CHECK(memcmp(&got, &want, sizeof got) == 0);
      sawlog_batch_free(b);
      sawlog_parser_free(p);
    }
  }
}

/* ---- A host may rely on its limit of open files; and all of them are in use when the first file is opened ---- */

static void no_descriptors(void) {
  struct rlimit limit;
  sawlog_reader *r;
  sawlog_bytes found;
  int taken[64], n = 0;
  char path[512];
  size_t size;
  char *data = lines(100, &size);
  snprintf(path, sizeof path, "%s/host-test-%d.log", folder, (int)getpid());
  FILE *f = fopen(path, "w");
  CHECK(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max > 40); /* as it was: Go has not raised it */
  CHECK_INT(limit.rlim_cur, FILES);
  while ((taken[n] = dup(0)) >= 0) n++;
  CHECK(errno == EMFILE && n > 4);
  for (int spare = 0; spare < 2; spare++) { /* Go wants two */
    CHECK_INT(sawlog_open_path(NULL, path, strlen(path), NULL, 0, &r, &err), SAWLOG_E_IO);
    CHECK_INT(err.detail, EMFILE);
    CHECK(strstr(err.message, "Too many open files"));
    CHECK_INT(sawlog_detect_path(path, strlen(path), NULL, 0, &found, &err), SAWLOG_E_IO);
    use_library(); /* needs none */
    close(taken[--n]);
  }
  while (n > 0) close(taken[--n]);
  CHECK_OK(sawlog_detect_path(path, strlen(path), NULL, 0, &found, &err));
  sawlog_bytes_release(&found);
  CHECK_OK(sawlog_open_path(NULL, path, strlen(path), NULL, 0, &r, &err));
  sawlog_reader_free(r);
  remove(path);
  free(data);
}

/* ---- A thread that was cancelled goes on until it comes to something of the host's: nothing of ours is left locked ---- */

static void *use_cancelled(void *arg) {
  pthread_cancel(pthread_self());
  use_library();
  handled++;
  pthread_testcancel();
  return arg;
}

static void cancelled(void) {
  for (int i = 0; i < 3; i++) {
    pthread_t thread;
    void *ended = NULL;
    CHECK(pthread_create(&thread, NULL, use_cancelled, NULL) == 0 && pthread_join(thread, &ended) == 0);
    CHECK(ended == PTHREAD_CANCELED);
    CHECK_INT(handled, i + 1);
  }
  use_library();
}

/* ---- A file that the host has mapped becomes shorter, as logs do that are rotated ---- */

static void mapped(void) {
  static const char *const definitions[] = {"combined", "auto", "{\"json\": {}}"};
  char path[512];
  sawlog_bytes found;
  sawlog_templates *t;
  sawlog_batch *b;
  sawlog_stream *s;
  size_t n, lines_n;
  char *data = lines(20000, &n);
  snprintf(path, sizeof path, "%s/host-test-%d.log", folder, (int)getpid());
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0 && write(fd, data, n) == (ssize_t)n);
  uint8_t *map = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
  CHECK(map != MAP_FAILED && ftruncate(fd, 50000) == 0);
  CHECK_OK(sawlog_templates_new(NULL, 0, &t, &err));
  for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++) {
    sawlog_parser *p = parser_of(definitions[i]);
    CHECK_INT(sawlog_parse(p, map, n, NULL, &b, &err), SAWLOG_E_IO);
    CHECK(b == NULL && err.detail == EFAULT && strstr(err.message, "memory"));
    CHECK_OK(sawlog_stream_new(p, NULL, 0, &s, &err));
    CHECK_INT(sawlog_stream_feed(s, map + 100000, n - 100000, NULL, &b, &err), SAWLOG_E_IO);
    sawlog_stream_free(s);
    CHECK_INT(sawlog_detect(map + 100000, n - 100000, NULL, 0, &found, &err), SAWLOG_E_IO);
    CHECK_INT(sawlog_templates_add_lines(t, map, n, NULL, 0, &lines_n, &err), SAWLOG_E_IO);
    CHECK_OK(sawlog_parse(p, (const uint8_t *)data, n, NULL, &b, &err)); /* and goes on */
    CHECK_INT(sawlog_batch_lines(b), 20000);
    sawlog_batch_free(b);
    sawlog_parser_free(p);
  }
  CHECK_OK(sawlog_templates_add_lines(t, (const uint8_t *)data, n, NULL, 0, &lines_n, &err));
  CHECK_INT(lines_n, 20000);
  sawlog_templates_free(t);
  munmap(map, n);
  close(fd);
  remove(path);
  free(data);
}

static const struct {
  const char *name;
  void (*run)(void);
} cases[] = {{"waits for signals", waits_for_signals}, {"handles signals", handles_signals}, {"floats", floats}, {"no descriptors", no_descriptors}, {"cancelled", cancelled}, {"mapped", mapped}};

int main(int argc, char **argv) {
  CHECK(argc > 1);
  folder = argv[1];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (argc > 2) {
      if (strcmp(argv[2], cases[i].name)) continue;
      cases[i].run();
      check_nothing_alive();
      return 0;
    }
    struct rlimit files;
    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = FILES;
    CHECK(setrlimit(RLIMIT_NOFILE, &files) == 0);
    char *args[] = {argv[0], argv[1], (char *)cases[i].name, NULL};
    pid_t pid;
    int status;
    CHECK(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, args, environ) == 0 && waitpid(pid, &status, 0) == pid);
    if (status) fprintf(stderr, "%s: ended with %#x\n", cases[i].name, status);
    CHECK_INT(status, 0);
  }
  return 0;
}
