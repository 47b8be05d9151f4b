/* Inputs far larger than memory should be: a file, and a line, of so many megabytes. What they take at most stays below 64 MiB above what
   the process had. */
#include "check.h"

#include <fcntl.h>
#include <unistd.h>

enum { MOST_KB = 64 << 10 };

/* A line of /proc/self/status in KiB. */
static long memory(const char *key) {
  char line[128];
  long kb = -1;
  FILE *status = fopen("/proc/self/status", "r");
  CHECK(status);
  while (fgets(line, sizeof line, status))
    if (strncmp(line, key, strlen(key)) == 0) kb = atol(line + strlen(key));
  fclose(status);
  CHECK(kb > 0);
  return kb;
}

/* From here on the peak is counted anew; where the system does not do that, it is that of the whole process, which is stricter. */
static long begin(void) {
  FILE *f = fopen("/proc/self/clear_refs", "w");
  sawlog_release_memory();
  if (f) {
    fputs("5", f);
    fclose(f);
  }
  return memory("VmRSS:");
}

typedef struct counts {
  int64_t rows, rejects, lines;
  sawlog_reject last;
} counts;

static counts read_all(const char *what, const char *definition, const char *path, const char *options) {
  sawlog_parser *p = parser_of(definition);
  sawlog_reader *r;
  sawlog_batch *b;
  counts c = {.last = {.struct_size = sizeof(sawlog_reject)}};
  long base = begin();
  double start = seconds();
  CHECK_OK(sawlog_open_path(p, path, strlen(path), options, strlen(options), &r, &err));
  for (;;) {
    CHECK_OK(sawlog_reader_next(r, NULL, &b, &err));
    if (!b) break;
    int64_t rejects = sawlog_batch_reject_count(b);
    c.rows += sawlog_batch_rows(b);
    c.lines += sawlog_batch_lines(b);
    c.rejects += rejects;
    if (rejects) CHECK_OK(sawlog_batch_reject(b, rejects - 1, &c.last));
    sawlog_batch_free(b);
  }
  sawlog_reader_free(r);
  sawlog_parser_free(p);
  long most = memory("VmHWM:") - base;
  printf("%s: %lld rows, %lld rejects, %.1f MiB above %.1f, %.2f s\n", what, (long long)c.rows, (long long)c.rejects, (double)most / 1024, (double)base / 1024, seconds() - start);
  CHECK(most < MOST_KB);
  return c;
}

static void write_all(int fd, const char *data, size_t n) {
  while (n > 0) {
    ssize_t written = write(fd, data, n);
    CHECK(written > 0);
    data += written;
    n -= (size_t)written;
  }
}

static void large_file(const char *path, int64_t megabytes) {
  size_t n, many = 6000; /* lines: about a megabyte */
  char *data = lines(many, &n);
  int64_t pieces = megabytes * 1000000 / (int64_t)n + 1;
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0);
  for (int64_t i = 0; i < pieces; i++) write_all(fd, data, n);
  close(fd);
  free(data);
  for (int threads = 1; threads <= 4; threads *= 2) {
    char options[64];
    snprintf(options, sizeof options, "{\"threads\": %d}", threads);
    counts c = read_all(options, "combined", path, options);
    CHECK_INT(c.lines, pieces * (int64_t)many);
    CHECK_INT(c.rejects, pieces * 6); /* one in a thousand */
    CHECK_INT(c.rows, c.lines - c.rejects);
  }
  remove(path);
}

/* A hole in the file, which reads as zeros: no disk is written. */
static void long_line(const char *path, const char *definition, const char *line, int64_t megabytes) {
  int64_t hole = megabytes * 1000000;
  size_t n = strlen(line);
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0);
  write_all(fd, line, n);
  CHECK(lseek(fd, hole, SEEK_CUR) > hole);
  write_all(fd, "\n", 1);
  write_all(fd, line, n);
  close(fd);
  counts c = read_all("one line", definition, path, "");
  CHECK_INT(c.rows, 2);
  CHECK_INT(c.rejects, 1);
  CHECK_INT(c.last.line, 2);
  CHECK_INT(c.last.offset, (int64_t)n);
  CHECK_INT(c.last.length, hole);
  CHECK(!strcmp(sawlog_fault_name(c.last.fault), "too_long"));
  remove(path);
}

int main(int argc, char **argv) {
  int64_t megabytes = argc > 2 ? atoll(argv[2]) : 1000;
  char path[512];
  snprintf(path, sizeof path, "%s/sawlog-large-test-%d.log", argc > 1 ? argv[1] : ".", (int)getpid());
  large_file(path, megabytes);
  long_line(path, "combined", LINE "\n", megabytes);
  long_line(path, "{\"json\": {}}", "{\"a\": 1}\n", megabytes);
  check_nothing_alive();
  return 0;
}
