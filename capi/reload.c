/*
 * Which Go runtime answers. A child of fork() has the memory of its parent's runtime but none of its threads: a call into it may hang for
 * ever. So every call goes through a table of functions; in a child the table is empty, and the first call there loads a copy of this
 * library from its own file, with a runtime of its own. Handles stay what they are (C memory); a parser is made again from its definition,
 * streams and readers are refused, batches need no runtime.
 *
 * That is so on Linux. Elsewhere a child is told that it cannot go on, and Windows has no fork().
 *
 *   load    constructor: remember the signal handlers, open the library's file, tell fork() to call us
 *   fork    child handler: forget the table, count the generation. Nothing else, it must be async-signal-safe
 *   call    saw_runtime: the table, or wake
 */
#define _GNU_SOURCE
#include "internal.h"

#include "_cgo_export.h"

#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

/* ---- Where Go gets its C memory ---- */

static const saw_host own_host = {saw_memory, saw_memory_free, saw_batch_new, saw_schema_parse, saw_schema_retain, saw_schema_release};
static const saw_host *host = &own_host;

void *saw_host_memory(size_t n, size_t *capacity) { return host->memory(n, capacity); }
void saw_host_memory_free(void *p) { host->memory_free(p); }
sawlog_batch *saw_host_batch_new(size_t body) { return host->batch_new(body); }
saw_schema *saw_host_schema_parse(const char *json, size_t n) { return host->schema_parse(json, n); }
saw_schema *saw_host_schema_retain(saw_schema *schema) { return host->schema_retain(schema); }
void saw_host_schema_release(saw_schema *schema) { host->schema_release(schema); }

static void attach(const saw_host *to) { host = to; }

/* ---- The table ---- */

#define TABLE_MAGIC 0x31656c6261742d73u
static const saw_go own = {
    TABLE_MAGIC, sizeof own, attach, sawgo_arrive, sawgo_poller, sawgo_configure, sawgo_apply, sawgo_stats, sawgo_release_memory, sawgo_build_info, sawgo_formats, sawgo_describe, sawgo_detect, sawgo_detect_path,
    sawgo_parser_new, sawgo_parser_free, sawgo_parser_info, sawgo_parser_explain, sawgo_parse, sawgo_parse_record,
    sawgo_stream_new, sawgo_stream_feed, sawgo_stream_flush, sawgo_stream_free,
    sawgo_open_path, sawgo_open_fd, sawgo_reader_next, sawgo_reader_take, sawgo_reader_info, sawgo_reader_schema, sawgo_reader_free, sawgo_batch_json,
    sawgo_templates_new, sawgo_templates_load, sawgo_templates_add, sawgo_templates_add_lines, sawgo_templates_list,
    sawgo_templates_match, sawgo_templates_resolve, sawgo_templates_merge, sawgo_templates_save, sawgo_templates_free,
};

static const saw_go *current = &own;
static uint32_t generation;
static int32_t *page; /* 1 here, wiped to 0 by the kernel in a child that no handler saw (a raw clone); NULL: not to be had */
static saw_mutex mutex = SAW_MUTEX;
static saw_config config = {INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN};

uint32_t saw_generation(void) { return __atomic_load_n(&generation, __ATOMIC_RELAXED); }

void saw_configured(const saw_config *c) {
  saw_lock(&mutex);
  if (c->gc_percent != INT64_MIN) config.gc_percent = c->gc_percent;
  if (c->memory_limit != INT64_MIN) config.memory_limit = c->memory_limit;
  if (c->max_threads != INT64_MIN) config.max_threads = c->max_threads;
  if (c->after_fork != INT64_MIN) config.after_fork = c->after_fork;
  saw_unlock(&mutex);
}

#if !defined(_WIN32)
static void in_child(void) {
  static const saw_mutex unlocked = SAW_MUTEX;
  mutex = unlocked;
  saw_slots_after_fork();
  saw_memory_after_fork();
  saw_visit_after_fork();
  __atomic_store_n(&current, NULL, __ATOMIC_RELEASE);
  __atomic_add_fetch(&generation, 1, __ATOMIC_RELAXED);
  if (page) __atomic_store_n(page, 1, __ATOMIC_RELEASE);
}
#endif

#if defined(__linux__)

/* ---- Signals: in a child, the handlers of the dead runtime give way to those that were there before it ---- */

static const int ours[] = {SIGSEGV, SIGBUS, SIGFPE, SIGPIPE, SIGURG};
static struct sigaction before[sizeof ours / sizeof *ours];

static int is_ours(const struct sigaction *a) {
  Dl_info handler, self;
  if (a->sa_handler == SIG_DFL || a->sa_handler == SIG_IGN) return 0;
  return dladdr((void *)a->sa_sigaction, &handler) && dladdr((const void *)&own, &self) && handler.dli_fbase == self.dli_fbase;
}

static void restore_signals(void) {
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
    struct sigaction now;
    if (sigaction(ours[i], NULL, &now) == 0 && is_ours(&now)) sigaction(ours[i], &before[i], NULL);
  }
}

static int file = -1; /* this library, as it was loaded, even if it is replaced on disk */
static dev_t file_device;
static ino_t file_number;
static char file_name[PATH_MAX];

static int identify(int fd, struct stat *st) { return (int)syscall(SYS_fstat, fd, st); } /* fstat() came late into glibc */

static void keep_file(const char *name) {
  struct stat st;
  file = open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0 || identify(file, &st)) return;
  file_device = st.st_dev;
  file_number = st.st_ino;
  if (!realpath(name, file_name)) file_name[0] = 0;
}

static int is_file(int fd) {
  struct stat st;
  return identify(fd, &st) == 0 && st.st_dev == file_device && st.st_ino == file_number;
}

/* A daemon closes all descriptors that it finds, this one too; the number may be that of a file of its own then. 0: it is gone. */
static int find_file(void) {
  if (is_file(file)) return 1;
  int fd = open(file_name, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  if (is_file(fd)) {
    file = fd;
    return 1;
  }
  close(fd);
  errno = ESTALE;
  return 0;
}

/* Before Go's own entry in .init_array. */
__attribute__((constructor(101))) static void at_load(void) {
  Dl_info self;
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) sigaction(ours[i], NULL, &before[i]);
  pthread_atfork(NULL, NULL, in_child);
  /* A copy is loaded from /proc/self: it leaves the next generation to the library that the program loaded. */
  if (dladdr((const void *)&own, &self) && self.dli_fname && strncmp(self.dli_fname, "/proc/", 6)) keep_file(self.dli_fname);
  long size = sysconf(_SC_PAGESIZE);
  void *p = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return;
#ifdef MADV_WIPEONFORK
  if (madvise(p, (size_t)size, MADV_WIPEONFORK)) {
    munmap(p, (size_t)size);
    return;
  }
#endif
  page = p;
  *page = 1;
}

/* ---- A new runtime ---- */

/* A file in memory with the bytes of this library; -1 with errno. */
static int copy_of_file(void) {
  static const unsigned flags[] = {0x1u | 0x10u, 0x1u, 0x1u | 0x8u}; /* CLOEXEC with EXEC, without (older kernels), with NOEXEC_SEAL */
  int fd = -1;
  for (int i = 0; i < 3 && fd < 0; i++) fd = (int)syscall(SYS_memfd_create, "sawlog", flags[i]);
  if (fd < 0) { /* no memfd here: a file that is unlinked at once */
    char name[] = "/tmp/sawlog-XXXXXX";
    fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0) return -1;
    unlink(name);
  }
  off_t size = lseek(file, 0, SEEK_END), at = 0;
  while (at < size && sendfile(fd, file, &at, (size_t)(size - at)) > 0) {
  }
  if (size > 0 && at == size) return fd;
  close(fd);
  return -1;
}

/* The table of a freshly loaded copy. It lies as far from a public function there as here: the files are the same. */
static const saw_go *table_of(void *library) {
  char *theirs = dlsym(library, "sawlog_abi_version");
  if (!theirs || theirs == (char *)&sawlog_abi_version) return NULL;
  const saw_go *t = (const saw_go *)(theirs + ((const char *)&own - (char *)&sawlog_abi_version));
  return t->magic == TABLE_MAGIC && t->size == sizeof *t ? t : NULL;
}

static int reload_allowed(void) {
  const char *wish = getenv("SAWLOG_AFTER_FORK"); /* C's environment: Go knows only that of the process's start */
  if (wish && !strcmp(wish, "error")) return 0;
  if (wish && !strcmp(wish, "reload")) return 1;
  return config.after_fork != 0;
}

static const saw_go *load_copy(char *why, size_t room) {
  char name[512];
  if (file < 0) {
    snprintf(why, room, "the library's own file could not be opened at load");
    return NULL;
  }
  if (!find_file()) {
    snprintf(why, room, "the program has closed the descriptor of the library's file, and %.160s cannot be had: %.40s", file_name, strerror(errno));
    return NULL;
  }
  int fd = copy_of_file();
  if (fd < 0) {
    snprintf(why, room, "copying the library: %s", strerror(errno));
    return NULL;
  }
  /* The loader compares names first, and descriptor numbers come again: one more "./" for each generation makes the name new. */
  int n = snprintf(name, sizeof name, "/proc/self/");
  for (uint32_t i = 0; i < generation && n < (int)sizeof name - 32; i++) n += snprintf(name + n, sizeof name - (size_t)n, "./");
  snprintf(name + n, sizeof name - (size_t)n, "fd/%d", fd);
  restore_signals();
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  close(fd);
  const saw_go *t = library ? table_of(library) : NULL;
  if (!t) {
    const char *reason = library ? NULL : dlerror();
    snprintf(why, room, "%s", reason ? reason : "the copy is not this library (is it linked statically?)");
    return NULL;
  }
  t->attach(&own_host);
  SAW_GO(t->apply(&config));
  return t;
}

/* A child that no handler saw: one thread does the handler's work, others wait for it. */
static void notice_raw_fork(void) {
  int32_t zero = 0;
  if (__atomic_compare_exchange_n(page, &zero, 2, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    in_child();
  } else {
    while (__atomic_load_n(page, __ATOMIC_ACQUIRE) != 1) sched_yield();
  }
}

#else

#if !defined(_WIN32)
__attribute__((constructor)) static void at_load(void) { pthread_atfork(NULL, NULL, in_child); }
#endif

static int reload_allowed(void) { return 1; } /* so that load_copy says why it does not */

static const saw_go *load_copy(char *why, size_t room) {
  snprintf(why, room, "on this system its library cannot be loaded once more");
  return NULL;
}

static void notice_raw_fork(void) {}

#endif

static const saw_go *wake(sawlog_error *err) {
  char why[300] = "after_fork is \"error\"";
  int cancel = saw_no_cancel();
  saw_lock(&mutex);
  const saw_go *t = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
  if (!t && reload_allowed() && (t = load_copy(why, sizeof why))) __atomic_store_n(&current, t, __ATOMIC_RELEASE);
  saw_unlock(&mutex);
  saw_cancel(cancel);
  if (!t) saw_fail(err, SAWLOG_E_FORKED, "sawlog cannot work in a process made by fork(): %s", why);
  return saw_ready(t);
}

const saw_go *saw_runtime_now(void) {
  if (page && __builtin_expect(__atomic_load_n(page, __ATOMIC_ACQUIRE) != 1, 0)) notice_raw_fork();
  return saw_ready(__atomic_load_n(&current, __ATOMIC_ACQUIRE));
}

const saw_go *saw_runtime(sawlog_error *err) {
  const saw_go *t = saw_runtime_now();
  return __builtin_expect(t != NULL, 1) ? t : wake(err);
}
