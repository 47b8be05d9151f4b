/*
 * Memory of blocks and columns. A batch of a megabyte touches hundreds of pages; given back and taken again they would be faulted in
 * and cleared for every batch, which costs more than parsing. So freed pieces are kept, by size class, up to a bound.
 *
 *   | header 64 | what the caller sees, aligned to 64 ...
 *
 * Four classes for each doubling from 64 KiB to 32 MiB; smaller pieces come from malloc, larger ones from the system each time.
 * Under a sanitizer or valgrind everything is malloc, so that each mistake is seen.
 */
#include "internal.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__) || defined(SAW_VALGRIND)
#define PLAIN 1
#else
#define PLAIN 0
#endif

enum { HEADER = 64, CLASSES = 37, SMALL = -1, HUGE = -2 };
#define SMALLEST ((size_t)64 << 10)
#define KEEP ((int64_t)24 << 20) /* bytes kept at most */
#define KEEP_ONE ((size_t)8 << 20)

typedef struct block {
  uint64_t magic;
  int64_t class;
  size_t size; /* header included */
  struct block *next;
} block;

_Static_assert(sizeof(block) <= HEADER, "the header fits");
#define MAGIC 0x6b636f6c42776153u

static block *kept[CLASSES];
static int64_t kept_bytes, held_bytes;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* 64 KiB, 80, 96, 112, 128, 160 ... */
static size_t class_size(int c) { return (SMALLEST << (c >> 2)) / 4 * (4 + (size_t)(c & 3)); }

static int class_of(size_t size) {
  if (PLAIN || size <= SMALLEST / 2) return SMALL;
  if (size > class_size(CLASSES - 1)) return HUGE;
  int c = 0;
  while (c + 4 < CLASSES && class_size(c + 4) <= size) c += 4;
  while (class_size(c) < size) c++;
  return c;
}

static block *take_kept(int c) {
  pthread_mutex_lock(&mutex);
  block *b = kept[c];
  if (b) {
    kept[c] = b->next;
    kept_bytes -= (int64_t)b->size;
  }
  pthread_mutex_unlock(&mutex);
  return b;
}

static block *take(int c, size_t size) {
  void *p = NULL;
  if (c == SMALL) return posix_memalign(&p, 64, size) == 0 ? p : NULL;
  p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return p == MAP_FAILED ? NULL : p;
}

void *saw_memory(size_t n, size_t *capacity) {
  if (n > (SIZE_MAX >> 1)) return NULL;
  size_t size = (n + HEADER + 63) & ~(size_t)63;
  int c = class_of(size);
  block *b = c >= 0 ? take_kept(c) : NULL;
  if (!b) {
    if (c >= 0) size = class_size(c);
    if (c == HUGE) size = (size + 4095) & ~(size_t)4095;
    if (!(b = take(c, size))) return NULL;
    b->magic = MAGIC;
    b->class = c;
    b->size = size;
    __atomic_add_fetch(&held_bytes, (int64_t)size, __ATOMIC_RELAXED);
  }
  *capacity = b->size - HEADER;
  return (char *)b + HEADER;
}

static void give_back(block *b) {
  __atomic_sub_fetch(&held_bytes, (int64_t)b->size, __ATOMIC_RELAXED);
  if (b->class == SMALL) {
    b->magic = 0;
    free(b);
  } else {
    munmap(b, b->size);
  }
}

void saw_memory_free(void *p) {
  if (!p) return;
  block *b = (block *)((char *)p - HEADER);
  if (b->magic != MAGIC) abort(); /* memory is damaged: going on would damage more */
  if (b->class >= 0 && b->size <= KEEP_ONE) {
    pthread_mutex_lock(&mutex);
    int keep = kept_bytes + (int64_t)b->size <= KEEP;
    if (keep) {
      b->next = kept[b->class];
      kept[b->class] = b;
      kept_bytes += (int64_t)b->size;
    }
    pthread_mutex_unlock(&mutex);
    if (keep) return;
  }
  give_back(b);
}

int64_t saw_memory_held(void) { return __atomic_load_n(&held_bytes, __ATOMIC_RELAXED); }

int64_t saw_memory_trim(void) {
  int64_t bytes = 0;
  for (int c = 0; c < CLASSES; c++) {
    for (block *b; (b = take_kept(c));) {
      bytes += (int64_t)b->size;
      give_back(b);
    }
  }
  malloc_trim(0);
  return bytes;
}

/* Another thread of the parent may have been at work here: what was kept stays the parent's. */
void saw_memory_after_fork(void) {
  static const pthread_mutex_t unlocked = PTHREAD_MUTEX_INITIALIZER;
  mutex = unlocked;
  memset(kept, 0, sizeof kept);
  held_bytes -= kept_bytes;
  kept_bytes = 0;
}
