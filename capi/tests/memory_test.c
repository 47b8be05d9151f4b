/* Memory stays flat: so many bytes are parsed in a loop, by buffers and by readers, and the process is as large as after the first. */
#include "check.h"

#include <unistd.h>

static double resident(void) {
  long pages = 0, total = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  CHECK(f && fscanf(f, "%ld %ld", &total, &pages) == 2);
  fclose(f);
  return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

static void parse(const sawlog_parser *p, const char *data, size_t n) {
  sawlog_batch *b;
  CHECK_OK(sawlog_parse(p, (const uint8_t *)data, n, NULL, &b, &err));
  CHECK(sawlog_batch_rows(b) > 0);
  sawlog_batch_free(b);
}

static void read_file(const sawlog_parser *p, const char *path) {
  sawlog_reader *r;
  sawlog_batch *b;
  CHECK_OK(sawlog_open_path(p, path, strlen(path), NULL, 0, &r, &err));
  do {
    CHECK_OK(sawlog_reader_next(r, NULL, &b, &err));
    sawlog_batch_free(b);
  } while (b);
  sawlog_reader_free(r);
}

int main(int argc, char **argv) {
  double total = (argc > 2 ? atof(argv[2]) : 2000) * 1e6;
  char path[512];
  size_t n;
  char *data = lines(40000, &n);
  snprintf(path, sizeof path, "%s/sawlog-memory-test-%d.log", argc > 1 ? argv[1] : ".", (int)getpid());
  FILE *f = fopen(path, "w");
  CHECK(f && fwrite(data, 1, n, f) == n && fclose(f) == 0);
  sawlog_parser *p = parser_of("combined");
  sawlog_release_memory();
  double base = resident(), warm = 0, most = 0;
  int rounds = (int)(total / (double)n / 2) + 20;
  for (int i = 0; i < rounds; i++) {
    parse(p, data, n);
    read_file(p, path);
    double now = resident();
    if (i == rounds / 2) warm = most;
    if (now > most) most = now;
  }
  sawlog_parser_free(p);
  sawlog_release_memory();
  double after = resident();
  printf("%.0f MB parsed: base %.1f MiB, warm %.1f, most %.1f, after release %.1f\n", rounds * 2.0 * (double)n / 1e6, base, warm, most, after);
  CHECK(most <= warm * 1.05 + 1);
  CHECK(after <= base + 16);
  remove(path);
  free(data);
  check_nothing_alive();
  return 0;
}
