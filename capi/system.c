#define _GNU_SOURCE
#include "system.h"

#include <stdint.h>
#include <stdlib.h>

#define ROUND(n, to) (((n) + (to)-1) & ~(size_t)((to)-1))

#if defined(_WIN32)

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <malloc.h>

_Static_assert(sizeof(saw_mutex) == sizeof(SRWLOCK), "a lock is a word, which is zero while nobody has it");

void saw_lock(saw_mutex *mutex) { AcquireSRWLockExclusive((SRWLOCK *)mutex); }
void saw_unlock(saw_mutex *mutex) { ReleaseSRWLockExclusive((SRWLOCK *)mutex); }

int saw_no_cancel(void) { return 0; }
void saw_cancel(int before) { (void)before; }

void *saw_aligned(size_t n) { return _aligned_malloc(ROUND(n ? n : 1, 64), 64); }
void saw_aligned_free(void *p) { _aligned_free(p); }

void *saw_pages(size_t n) { return VirtualAlloc(NULL, n, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE); }
void saw_pages_free(void *p, size_t n) {
  (void)n;
  VirtualFree(p, 0, MEM_RELEASE);
}

#else

#include <sys/mman.h>

void saw_lock(saw_mutex *mutex) { pthread_mutex_lock(mutex); }
void saw_unlock(saw_mutex *mutex) { pthread_mutex_unlock(mutex); }

int saw_no_cancel(void) {
  int before;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  return before;
}
void saw_cancel(int before) { pthread_setcancelstate(before, NULL); }

void *saw_aligned(size_t n) {
  void *p = NULL;
  return posix_memalign(&p, 64, ROUND(n ? n : 1, 64)) == 0 ? p : NULL;
}
void saw_aligned_free(void *p) { free(p); }

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

void *saw_pages(size_t n) {
  void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? NULL : p;
}
void saw_pages_free(void *p, size_t n) { munmap(p, n); }

#endif

#if defined(__linux__)

#include <malloc.h>

#define HUGE_PAGE ((size_t)2 << 20)
#define COLLAPSE 25 /* MADV_COLLAPSE, of Linux 6.1, which older headers have not */

void *saw_pages_huge(size_t n, int advise) {
  char *p = mmap(NULL, n + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return NULL;
  size_t before = -(uintptr_t)p & (HUGE_PAGE - 1);
  if (before) munmap(p, before);
  munmap(p + before + n, HUGE_PAGE - before);
#ifdef MADV_HUGEPAGE
  if (advise) madvise(p + before, n, MADV_HUGEPAGE);
#endif
  return p + before;
}

void saw_pages_settle(void *p, size_t n) {
#if defined(MADV_HUGEPAGE)
  if (madvise(p, n, MADV_HUGEPAGE) == 0) madvise(p, n, COLLAPSE);
#endif
}

void saw_pages_forget(void *p, size_t n) { madvise(p, n, MADV_DONTNEED); }
void saw_system_trim(void) { malloc_trim(0); }

#else

void *saw_pages_huge(size_t n, int advise) {
  (void)advise;
  return saw_pages(n);
}
void saw_pages_settle(void *p, size_t n) { (void)p, (void)n; }
void saw_pages_forget(void *p, size_t n) { (void)p, (void)n; }
void saw_system_trim(void) {}

#endif
