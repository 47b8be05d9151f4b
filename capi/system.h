/* What differs between operating systems: locks, and memory by the page (system.c). */
#ifndef SAWLOG_SYSTEM_H
#define SAWLOG_SYSTEM_H

#include <stddef.h>

#if defined(_WIN32)
typedef struct saw_mutex {
  void *lock; /* SRWLOCK */
} saw_mutex;
#define SAW_MUTEX {NULL}
#else
#include <pthread.h>
typedef pthread_mutex_t saw_mutex;
#define SAW_MUTEX PTHREAD_MUTEX_INITIALIZER
#endif

void saw_lock(saw_mutex *mutex);
void saw_unlock(saw_mutex *mutex);

/* A thread that was cancelled ends in the next function that waits, as close() does. Between these two it does not. */
int saw_no_cancel(void);
void saw_cancel(int before);

void *saw_aligned(size_t n); /* to 64 bytes; NULL: no memory */
void saw_aligned_free(void *p);

void *saw_pages(size_t n); /* zeroed, and not there before they are touched; NULL: no memory */
void saw_pages_free(void *p, size_t n);

/* Of Linux only, where memory.c makes arenas. */
void *saw_pages_huge(size_t n, int advise); /* begin at a huge page, and are made of such where the system does that */
void saw_pages_settle(void *p, size_t n);   /* pages that are there become huge ones */
void saw_pages_forget(void *p, size_t n);   /* gives the memory back and keeps the place */
void saw_system_trim(void);                 /* malloc gives back what it can */

#endif
