/* Memory stays flat: so many bytes are parsed in a loop, by buffers and by readers. How large the process is meanwhile has a bound, and is
   in the second half what it was in the first, within 5 % and a block; so is what is left when free memory is given back. And what a host
   keeps stays whole, and goes when it goes: every second batch, in any order, then all. */
#include "check.h"

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

/* sums is what the statuses of a batch come to. */
static int64_t sums(const sawlog_batch *b) {
  sawlog_column c = {.struct_size = sizeof c};
  int64_t sum = 0;
  CHECK_OK(sawlog_batch_column(b, sawlog_batch_find_column(b, "status", 6), &c));
  for (int64_t i = 0; i < sawlog_batch_rows(b); i++) sum += ((const int64_t *)c.data)[i];
  return sum;
}

enum { KEPT = 200 };

static void keep(const sawlog_parser *p, const char *data, size_t n) {
  static sawlog_batch *b[KEPT];
  CHECK_OK(sawlog_parse(p, (const uint8_t *)data, n, NULL, &b[0], &err));
  int64_t sum = sums(b[0]);
  sawlog_release_memory();
  double base = resident();
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < KEPT; i++) {
      if (!b[i]) CHECK_OK(sawlog_parse(p, (const uint8_t *)data, n, NULL, &b[i], &err));
    }
    double all = resident();
    for (int i = 0; i < KEPT; i++) CHECK(sums(b[i]) == sum);
    for (int i = 0; i < KEPT; i++) {
      int one = i * 7 % KEPT;
      if (one % 2 == round % 2) sawlog_batch_free(b[one]), b[one] = NULL;
    }
    double half = resident();
    for (int i = 0; i < KEPT; i++) CHECK(!b[i] || sums(b[i]) == sum);
    printf("round %d: %d kept %.1f MiB, half of them %.1f, base %.1f\n", round, KEPT, all, half, base);
    CHECK(half - base < (all - base) * 0.6 + 28); /* 24 MiB are kept for the next */
  }
  for (int i = 0; i < KEPT; i++) sawlog_batch_free(b[i]), b[i] = NULL;
  sawlog_release_memory();
  CHECK(resident() <= base + 16);
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
  double base = resident(), half = 0, most = 0, first = 0, heap = 0;
  int rounds = (int)(total / (double)n / 2) + 20;
  for (int i = 0; i < rounds; i++) {
    parse(p, data, n);
    read_file(p, path);
    double now = resident();
    if (now > most) most = now;
    sawlog_stats s = {.struct_size = sizeof s};
    CHECK_OK(sawlog_get_stats(&s));
    if ((double)s.go_heap_bytes > heap) heap = (double)s.go_heap_bytes;
    if (i == rounds / 2) {
      sawlog_release_memory();
      half = resident();
      first = most, most = 0;
    }
  }
  sawlog_release_memory();
  double end = resident();
  keep(p, data, n / 8);
  sawlog_parser_free(p);
  sawlog_release_memory();
  double after = resident();
  printf("%.0f MB parsed: base %.1f MiB, most %.1f and %.1f, left after half %.1f, after all %.1f, at the end %.1f, Go's heap up to %.1f\n", rounds * 2.0 * (double)n / 1e6, base, first, most, half, end, after, heap / 1048576);
  CHECK(first <= base + 64 && most <= first * 1.05 + 1);
  CHECK(heap < 16 << 20);
  CHECK(end <= half * 1.05 + 1);
  CHECK(after <= base + 16);
  remove(path);
  free(data);
  check_nothing_alive();
  return 0;
}
