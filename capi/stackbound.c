/*
 * At each call from C the Go runtime asks pthread_getattr_np for the thread's stack when the stack pointer is outside of what it knows.
 * A host that calls on a stack of its own (koffi, coroutines) is outside every time, and on a main thread glibc answers by reading
 * /proc/self/maps: 58 us a call. This stand-in, seen by this library only, answers from a small cache per thread.
 *
 * The first that asks is the first thread of Go, which takes over the signal mask and the floats of the thread that loads the library, and all others
 * take over its. A signal that the host has blocked in all its threads, to wait for it, would go to one of Go's and end the process; and
 * one that the host has a handler for would run that on a stack too small. So here it blocks what can be blocked.
 *
 * The cache hangs on a pthread key: a __thread variable would enlarge the library's static TLS block, of which a process has little.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#if defined(__GLIBC__)
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

typedef int (*getattr_fn)(pthread_t thread, pthread_attr_t *attr);
typedef struct range {
  uintptr_t lo, hi;
} range;
typedef struct cache {
  range seen[4];
  unsigned next;
} cache;

static pthread_key_t key;
static int key_ok;

__attribute__((constructor(102))) static void make_key(void) { key_ok = pthread_key_create(&key, free) == 0; }

int saw_getattr(pthread_t thread, pthread_attr_t *attr) __asm__("pthread_getattr_np") __attribute__((visibility("hidden")));

static int ask_libc(pthread_t thread, pthread_attr_t *attr) {
  static getattr_fn known;
  getattr_fn f = __atomic_load_n(&known, __ATOMIC_ACQUIRE);
  if (!f) {
    f = (getattr_fn)dlsym(RTLD_NEXT, "pthread_getattr_np");
    if (!f) f = (getattr_fn)dlsym(RTLD_DEFAULT, "pthread_getattr_np");
    __atomic_store_n(&known, f, __ATOMIC_RELEASE);
  }
  return f && f != saw_getattr ? f(thread, attr) : -1;
}

static int inside(range r, uintptr_t sp) { return sp > r.lo && sp < r.hi; }

/* The mapping around sp; {0, 0} when there is none. */
static range mapping(uintptr_t sp) {
  range found = {0, 0};
  FILE *f = fopen("/proc/self/maps", "rce"); /* c: a thread that was cancelled does not end here, in the middle of Go */
  char line[512];
  unsigned long lo, hi;
  while (f && fgets(line, sizeof line, f)) {
    if (sscanf(line, "%lx-%lx", &lo, &hi) == 2 && sp >= lo && sp < hi) {
      found.lo = lo;
      found.hi = hi;
      break;
    }
  }
  if (f) fclose(f);
  return found;
}

static int answer(pthread_attr_t *attr, range r) { return pthread_attr_setstack(attr, (void *)r.lo, r.hi - r.lo); }

static void first_thread(void) {
  sigset_t all;
  if (syscall(SYS_gettid) == getpid()) return; /* this is a Go program, a test, and the thread its own */
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  saw_floats_set(SAW_FLOATS_USUAL);
}

int saw_getattr(pthread_t thread, pthread_attr_t *attr) {
  static int asked;
  if (!__atomic_exchange_n(&asked, 1, __ATOMIC_RELAXED)) first_thread();
  if (!pthread_equal(thread, pthread_self())) return ask_libc(thread, attr);
  uintptr_t sp = (uintptr_t)__builtin_frame_address(0);
  cache *c = key_ok ? pthread_getspecific(key) : NULL;
  for (int i = 0; c && i < 4; i++) {
    if (inside(c->seen[i], sp)) return answer(attr, c->seen[i]);
  }
  int rc = ask_libc(thread, attr);
  range r = {0, 0};
  void *base;
  size_t n;
  if (rc == 0 && pthread_attr_getstack(attr, &base, &n) == 0) r = (range){(uintptr_t)base, (uintptr_t)base + n};
  if (!inside(r, sp)) r = mapping(sp);
  if (!r.hi) return rc;
  if (!c && key_ok && (c = calloc(1, sizeof *c))) pthread_setspecific(key, c);
  if (c) c->seen[c->next++ & 3] = r;
  return answer(attr, r);
}
#endif
