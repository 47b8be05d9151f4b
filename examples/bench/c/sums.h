/* What the C programs under measurement have in common: see package report beside this folder. */
#ifndef SUMS_H
#define SUMS_H

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { TERMS = 8 };

static struct {
  int64_t rows, rejects, first, last;
  double totals[TERMS];
  int n;
  struct {
    char op[16], column[64], value[32];
    size_t value_n;
    double number; /* the value, where it is one */
  } terms[TERMS];
} sums = {.first = INT64_MAX, .last = INT64_MIN};

static void sums_read(const char *check) {
  char term[128];
  int used;
  for (; sums.n < TERMS && sscanf(check, " %127s%n", term, &used) == 1; check += used, sums.n++) {
    sscanf(term, "%15[^:]:%63[^:]:%31s", sums.terms[sums.n].op, sums.terms[sums.n].column, sums.terms[sums.n].value);
    sums.terms[sums.n].value_n = strlen(sums.terms[sums.n].value);
    sums.terms[sums.n].number = atof(sums.terms[sums.n].value);
  }
}

/* What was added up is forgotten. */
static void sums_reset(void) {
  sums.rows = sums.rejects = 0;
  sums.first = INT64_MAX;
  sums.last = INT64_MIN;
  memset(sums.totals, 0, sizeof sums.totals);
}

static inline void sums_span(int64_t ms) {
  if (ms < sums.first) sums.first = ms;
  if (ms > sums.last) sums.last = ms;
}

static double bench_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A line of /proc/self/status in KiB; 0 where there is none. */
static long bench_memory(const char *key) {
  char line[128];
  long kb = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status))
    if (strncmp(line, key, strlen(key)) == 0) kb = atol(line + strlen(key) + 1);
  if (status) fclose(status);
  return kb;
}

static double bench_cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

static double bench_warm;

/* while (bench_warming()) work on the small input: for a quarter of a second */
static int bench_warming(void) {
  if (bench_warm == 0) bench_warm = bench_now();
  return bench_now() - bench_warm < 0.25;
}

/* A file; a compressed one too for those who include zlib.h before this. */
typedef struct bench_file {
  int plain;
#ifdef ZLIB_H
  gzFile packed;
#endif
} bench_file;

static inline bench_file bench_open(const char *path) {
  bench_file f;
  memset(&f, 0, sizeof f);
  f.plain = -1;
#ifdef ZLIB_H
  size_t n = strlen(path);
  if (n > 3 && !strcmp(path + n - 3, ".gz")) {
    f.packed = gzopen(path, "rb");
    if (!f.packed || gzbuffer(f.packed, 1 << 18)) exit(1);
    return f;
  }
#endif
  f.plain = open(path, O_RDONLY);
  if (f.plain < 0) exit(1);
  return f;
}

static inline ssize_t bench_read(bench_file f, char *to, size_t n) {
#ifdef ZLIB_H
  if (f.packed) return gzread(f.packed, to, (unsigned)n);
#endif
  return read(f.plain, to, n);
}

static inline void bench_close(bench_file f) {
#ifdef ZLIB_H
  if (f.packed) gzclose(f.packed);
#endif
  if (f.plain >= 0) close(f.plain);
}

/* Whole lines of a file, some 384 KiB at a time, with slack bytes behind them. One block is used again and again: what is in the cache need not
 * be fetched, and what is new costs. */
static inline void bench_blocks(const char *path, size_t slack, void (*take)(char *begin, char *end)) {
  size_t room = 3 << 17, held = 0;
  char *block = (char *)calloc(1, room + slack), *end; /* the casts are for C++ */
  bench_file file = bench_open(path);
  if (!block) exit(1);
  for (ssize_t n = 1; n > 0;) {
    if (held == room && !(block = (char *)realloc(block, (room *= 2) + slack))) exit(1); /* a line longer than the block */
    if ((n = bench_read(file, block + held, room - held)) < 0) exit(1);
    held += (size_t)n;
    for (end = block + held; n > 0 && end > block && end[-1] != '\n';) end--;
    if (end > block) take(block, end);
    held -= (size_t)(end - block);
    memmove(block, end, held);
  }
  bench_close(file);
  free(block);
}

static double bench_begun, bench_begun_cpu, bench_seconds, bench_used;

/* Around the work. */
static void bench_begin(void) {
  bench_begun = bench_now();
  bench_begun_cpu = bench_cpu();
}

static void bench_end(void) {
  bench_seconds = bench_now() - bench_begun;
  bench_used = bench_cpu() - bench_begun_cpu;
}

static void sums_print(long base, long peak) {
  printf("{\"rows\": %" PRId64 ", \"rejects\": %" PRId64 ", \"seconds\": %.6f, \"cpu\": %.6f, \"base_kb\": %ld, \"peak_kb\": %ld, \"check\": \"rows=%" PRId64 " rejects=%" PRId64, sums.rows,
         sums.rejects, bench_seconds, bench_used, base, peak, sums.rows, sums.rejects);
  for (int i = 0; i < sums.n; i++) {
    if (strcmp(sums.terms[i].op, "span")) printf(" %.0f", round(sums.totals[i]));
    else if (sums.first <= sums.last) printf(" span=%" PRId64 "-%" PRId64, sums.first, sums.last);
  }
  printf("\"}\n");
}

#endif
