/* fork() without exec: children under load, four threads racing to the first call, grandchildren, handles from before. */
#define _GNU_SOURCE
#include "check.h"

#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static sawlog_parser *parser;
static sawlog_batch *batch;
static sawlog_reader *reader;
static sawlog_stream *stream;
static char *data;
static size_t data_n;
static volatile int stop;

static void *load(void *arg) {
  (void)arg;
  while (!stop) {
    sawlog_batch *b;
    if (sawlog_parse(parser, (const uint8_t *)data, data_n, NULL, &b, NULL) != SAWLOG_OK) abort();
    sawlog_batch_free(b);
  }
  return NULL;
}

/* In a child: everything that must work, and what must say that it cannot. */
static void *use(void *arg) {
  sawlog_batch *b;
  sawlog_error e = {.struct_size = sizeof e};
  int rc = sawlog_parse(parser, (const uint8_t *)data, data_n, NULL, &b, &e);
  if (rc) fprintf(stderr, "in the child: %s: %s\n", sawlog_status_name(rc), e.message);
  CHECK(rc == SAWLOG_OK && sawlog_batch_rows(b) == 1998);
  sawlog_batch_free(b);
  CHECK(sawlog_parse_record(parser, (const uint8_t *)LINE, sizeof LINE - 1, &b, &e) == SAWLOG_OK);
  CHECK_INT(sawlog_batch_rows(b), 1);
  sawlog_batch_free(b);
  return arg;
}

/* Makes the number free under which this process's copy of the library was loaded: the next copy must not be taken for it. */
static int same_number(struct dl_phdr_info *info, size_t size, void *arg) {
  const char *at = strstr(info->dlpi_name, "/fd/");
  (void)size;
  if (at && !strncmp(info->dlpi_name, "/proc/self/", 11)) *(int *)arg = atoi(at + 4);
  return 0;
}

static void take_same_number(void) {
  int wanted = -1, fd;
  dl_iterate_phdr(same_number, &wanted);
  CHECK(wanted > 2);
  close(wanted);
  while ((fd = dup(0)) >= 0 && fd < wanted) {
  }
  CHECK_INT(fd, wanted);
  close(fd);
}

static void child(int depth) {
  pthread_t threads[4];
  sawlog_batch *b;
  sawlog_read_stats f = {.struct_size = sizeof f};
  CHECK_INT(sawlog_batch_rows(batch), 1998); /* before any runtime is there */
  CHECK_INT(sawlog_reader_next(reader, NULL, &b, &err), SAWLOG_E_FORKED);
  CHECK(strstr(err.message, "before fork"));
  CHECK_INT(sawlog_stream_feed(stream, (const uint8_t *)"x\n", 2, NULL, &b, &err), SAWLOG_E_FORKED);
  CHECK_INT(sawlog_reader_stats(reader, &f), SAWLOG_OK);
  for (int i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, use, NULL) == 0);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  if (depth > 0) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
      take_same_number();
      child(depth - 1);
      _exit(0);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    use(NULL); /* the parent's own runtime is as it was */
  }
  CHECK_INT(sawlog_reader_next(reader, NULL, &b, &err), SAWLOG_E_FORKED);
  sawlog_parser *own = parser_of("common");
  sawlog_parser_free(own);
  sawlog_reader_free(reader);
  sawlog_stream_free(stream);
  sawlog_batch_free(batch);
  sawlog_parser_free(parser);
  sawlog_stats s = stats();
  CHECK(s.generation > 0);
}

static void wait_for(pid_t pid) {
  int status;
  CHECK(waitpid(pid, &status, 0) == pid);
  if (status) fprintf(stderr, "the child ended with %#x\n", status);
  CHECK_INT(status, 0);
}

static void with_limit(void) { alarm(20); }

/* What a daemon does first: it leaves its directory, and closes all that is open. Numbers that were ours are those of its own files then. */
static void become_daemon(int files) {
  CHECK(setsid() >= 0 && chdir("/") == 0);
  for (int fd = 3; fd < 256; fd++) close(fd);
  for (int i = 0; i < files; i++) CHECK(dup(0) >= 0);
}

int main(int argc, char **argv) {
  int forks = argc > 2 ? atoi(argv[2]) : 100;
  char path[512];
  pthread_t threads[3];
  data = lines(2000, &data_n);
  snprintf(path, sizeof path, "%s/sawlog-fork-test-%d.log", argc > 1 ? argv[1] : ".", (int)getpid());
  FILE *f = fopen(path, "w");
  CHECK(f && fwrite(data, 1, data_n, f) == data_n && fclose(f) == 0);
  parser = parser_of("combined");
  CHECK_OK(sawlog_parse(parser, (const uint8_t *)data, data_n, NULL, &batch, &err));
  CHECK_OK(sawlog_open_path(parser, path, strlen(path), NULL, 0, &reader, &err));
  CHECK_OK(sawlog_stream_new(parser, NULL, 0, &stream, &err));
  for (int i = 0; i < 3; i++) CHECK(pthread_create(&threads[i], NULL, load, NULL) == 0);
  for (int i = 0; i < forks; i++) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
      with_limit();
      child(i % 10 == 0);
      _exit(0);
    }
    wait_for(pid);
  }
  /* A raw clone runs no fork handlers. */
  pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  CHECK(pid >= 0);
  if (pid == 0) {
    with_limit();
    use(NULL);
    _exit(0);
  }
  wait_for(pid);
  for (int files = 0; files < 20; files += 19) {
    if ((pid = fork()) == 0) {
      with_limit();
      become_daemon(files);
      use(NULL);
      _exit(0);
    }
    wait_for(pid);
  }
  /* Told not to reload. */
  static const char *const ways[] = {"environment", "setting"};
  for (int i = 0; i < 2; i++) {
    if (i) CHECK_OK(sawlog_configure("{\"after_fork\": \"error\"}", 23, &err));
    if ((pid = fork()) == 0) {
      with_limit();
      sawlog_batch *b;
      if (!i) setenv("SAWLOG_AFTER_FORK", "error", 1);
      CHECK_INT(sawlog_parse_record(parser, (const uint8_t *)"x", 1, &b, &err), SAWLOG_E_FORKED);
      CHECK(strstr(err.message, "after_fork") && ways[i]);
      CHECK_INT(sawlog_batch_rows(batch), 1998);
      sawlog_batch_free(batch);
      sawlog_parser_free(parser);
      _exit(0);
    }
    wait_for(pid);
  }
  stop = 1;
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  int64_t rows = 0;
  sawlog_batch *b;
  do { /* the parent's reader is untouched */
    CHECK_OK(sawlog_reader_next(reader, NULL, &b, &err));
    rows += sawlog_batch_rows(b);
    sawlog_batch_free(b);
  } while (b);
  CHECK_INT(rows, 1998);
  sawlog_reader_free(reader);
  sawlog_stream_free(stream);
  sawlog_batch_free(batch);
  sawlog_parser_free(parser);
  unlink(path);
  free(data);
  check_nothing_alive();
  return 0;
}
