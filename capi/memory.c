/*
 * Memory of blocks and columns. A batch of some hundred kilobytes touches hundreds of pages; given back and taken again they would be faulted in
 * and cleared for every batch, which costs more than parsing. So freed pieces are kept, by size class, up to a bound. And a host that
 * keeps its batches always needs new memory: it comes from arenas of huge pages, a fault for two megabytes instead of 512. The first
 * arena is of small pages, so that a process that parses a little does not have megabytes cleared for it, unless much is to be read;
 * when its pieces have been used again and again it is made of huge pages too, since a batch with many columns is at work in more pages
 * than the processor remembers. That stops all threads for a millisecond.
 *
 *   arena:  | piece | piece | piece | not used yet |         aligned to 2 MiB
 *   piece:  | header 64 | what the caller sees, aligned to 64 ...
 *
 * Sixteen classes for each doubling from 64 KiB to 32 MiB. Pieces up to 2 MiB stand in arenas, larger ones are mappings of their own;
 * smaller ones come from malloc. A freed piece of an arena that is not kept gives its pages back at once and its place to the next of
 * its class; an arena without a piece in use is unmapped.
 * Under a sanitizer or valgrind everything is malloc, so that each mistake is seen, and where the system is not Linux, too.
 */
#include "internal.h"
#include "system.h"

#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(SAW_VALGRIND) || !defined(__linux__)
#define PLAIN 1
#else
#define PLAIN 0
#endif

enum { HEADER = 64, STEPS = 16, CLASSES = 9 * STEPS + 1, NEARBY = 6, SMALL = -1, HUGE = -2 };
#define SMALLEST ((size_t)64 << 10)
#define PAGE ((size_t)4096)
#define IN_ARENA ((size_t)2 << 20) /* the largest piece of an arena, header not counted */
#define FIRST_ARENA ((size_t)4 << 20)
#define ARENA ((size_t)16 << 20)
#define KEEP ((int64_t)24 << 20) /* bytes kept at most */
#define KEEP_READING ((int64_t)96 << 20) /* the same while a reader is open: a host with a garbage collector frees many batches at once, and wants as many again */
#define KEEP_ONE ((size_t)8 << 20)
#define MUCH ((int64_t)8 << 20) /* bytes of an input for which the first arena is like the others */
#define OFTEN 32 /* kept pieces taken from an arena of small pages until it gets huge ones: that is some megabytes of a log */

typedef struct piece piece;

typedef struct arena {
  char *start;
  size_t size, used;
  int64_t live; /* pieces that are in use or kept */
  int again; /* how often a piece was taken that had been kept */
  unsigned generation;
} arena;

struct piece {
  uint64_t magic;
  int64_t class;
  size_t size; /* header included */
  piece *next, *before;
  arena *arena; /* NULL: memory of its own */
  uint64_t empty; /* its pages are given back */
};

_Static_assert(sizeof(piece) <= HEADER, "the header fits");
#define MAGIC 0x6b636f6c42776153u

static piece *kept[CLASSES], *empty[CLASSES]; /* empty: places in arenas whose pages are given back */
static arena *current;
static int64_t kept_bytes, held_bytes, arenas, expected, readers;
static unsigned generation;
static saw_mutex mutex = SAW_MUTEX;

/* 64 KiB, 68, 72, 76 ... 124, 128, 136 ... */
static size_t class_size(int c) { return (SMALLEST << (c / STEPS)) / STEPS * (STEPS + (size_t)(c % STEPS)); }

static int class_of(size_t size) {
  if (PLAIN || size <= SMALLEST / 2) return SMALL;
  if (size > class_size(CLASSES - 1)) return HUGE;
  int c = 0;
  while (c + STEPS < CLASSES && class_size(c + STEPS) <= size) c += STEPS;
  while (class_size(c) < size) c++;
  return c;
}

/* The lists. All of what follows is called with the mutex held, up to the next such line. */

static void push(piece **list, piece *b) {
  b->next = *list;
  b->before = NULL;
  if (b->next) b->next->before = b;
  *list = b;
}

static void pull(piece **list, piece *b) {
  if (b->before) b->before->next = b->next;
  else *list = b->next;
  if (b->next) b->next->before = b->before;
}

static piece *pop_kept(int c) {
  piece *b = kept[c];
  if (!b) return NULL;
  pull(&kept[c], b);
  kept_bytes -= (int64_t)b->size;
  return b;
}

/* grow makes a new arena the current one. */
static int grow(void) {
  arena *a = calloc(1, sizeof *a);
  if (!a) return 0;
  int large = arenas > 0 || expected >= MUCH;
  a->size = large ? ARENA : FIRST_ARENA;
  a->again = large ? OFTEN : 0;
  a->generation = generation;
  if (!(a->start = saw_pages_huge(a->size, large))) {
    free(a);
    return 0;
  }
  arenas++;
  current = a;
  return 1;
}

/* drop takes an arena that has nothing in use out of the lists; it is to be unmapped then. */
static int drop(arena *a) {
  if (a->live > 0 || a == current) return 0;
  for (size_t at = 0; at < a->used;) {
    piece *b = (piece *)(a->start + at);
    pull(&empty[b->class], b);
    at += b->size;
  }
  arenas--;
  return 1;
}

static piece *carve(int c, size_t size) {
  piece *b = empty[c];
  if (b) {
    pull(&empty[c], b);
    b->empty = 0;
  } else {
    if ((!current || current->size - current->used < size) && !grow()) return NULL;
    b = (piece *)(current->start + current->used);
    *b = (piece){.magic = MAGIC, .class = c, .size = size, .arena = current};
    current->used += size;
  }
  b->arena->live++;
  return b;
}

/* Up to here. */

static void unmap(arena *a) {
  saw_pages_free(a->start, a->size);
  free(a);
}

static piece *fresh(int c, size_t size) {
  void *p = NULL;
  if (c == SMALL) {
    if (!(p = saw_aligned(size))) return NULL;
  } else if (c >= 0 && size <= IN_ARENA) {
    saw_lock(&mutex);
    p = carve(c, size);
    saw_unlock(&mutex);
    return p;
  } else if (!(p = saw_pages_huge(size, 1))) {
    return NULL;
  }
  *(piece *)p = (piece){.magic = MAGIC, .class = c, .size = size};
  return p;
}

void *saw_memory(size_t n, size_t *capacity) {
  if (n > (SIZE_MAX >> 1)) return NULL;
  size_t size = (n + HEADER + 63) & ~(size_t)63;
  int c = class_of(size);
  piece *b = NULL;
  if (c >= 0) {
    size = class_size(c);
    saw_lock(&mutex);
    for (int near = c; !b && near < CLASSES && near <= c + NEARBY; near++) b = pop_kept(near);
    int often = b && b->arena && b->arena->again < OFTEN && ++b->arena->again == OFTEN;
    saw_unlock(&mutex);
    if (often) saw_pages_settle(b->arena->start, b->arena->size); /* the caller has a piece of it; where the system cannot, all stays as it is */
  }
  if (c == HUGE) size = (size + PAGE - 1) & ~(PAGE - 1);
  if (!b) {
    if (!(b = fresh(c, size))) return NULL;
    __atomic_add_fetch(&held_bytes, (int64_t)b->size, __ATOMIC_RELAXED);
  }
  *capacity = b->size - HEADER;
  return (char *)b + HEADER;
}

static void give_back(piece *b) {
  __atomic_sub_fetch(&held_bytes, (int64_t)b->size, __ATOMIC_RELAXED);
  arena *a = b->arena;
  if (b->class == SMALL) {
    b->magic = 0;
    saw_aligned_free(b);
  } else if (!a) {
    saw_pages_free(b, b->size);
  } else {
    saw_pages_forget((char *)b + PAGE, b->size - PAGE);
    b->empty = 1;
    if (a->generation != generation) return; /* the parent's, of which this process has no lists */
    saw_lock(&mutex);
    push(&empty[b->class], b);
    a->live--;
    int last = drop(a);
    saw_unlock(&mutex);
    if (last) unmap(a);
  }
}

void saw_memory_free(void *p) {
  if (!p) return;
  piece *b = (piece *)((char *)p - HEADER);
  if (b->magic != MAGIC || b->empty) abort(); /* memory is damaged: going on would damage more */
  if (b->class >= 0 && b->size <= KEEP_ONE && (!b->arena || b->arena->generation == generation)) {
    saw_lock(&mutex);
    int keep = kept_bytes + (int64_t)b->size <= (readers ? KEEP_READING : KEEP);
    if (keep) {
      push(&kept[b->class], b);
      kept_bytes += (int64_t)b->size;
    }
    saw_unlock(&mutex);
    if (keep) return;
  }
  give_back(b);
}

void saw_memory_reader(int64_t bytes) {
  saw_lock(&mutex);
  expected = bytes;
  readers++;
  saw_unlock(&mutex);
}

/* shed gives back what is kept beyond so many bytes, the largest pieces first; bytes. */
static int64_t shed(int64_t most) {
  int64_t bytes = 0;
  for (int c = CLASSES - 1; c >= 0;) {
    saw_lock(&mutex);
    int over = kept_bytes > most;
    piece *b = over ? pop_kept(c) : NULL;
    saw_unlock(&mutex);
    if (!over) break;
    if (!b) {
      c--;
      continue;
    }
    bytes += (int64_t)b->size;
    give_back(b);
  }
  return bytes;
}

void saw_memory_reader_gone(void) {
  saw_lock(&mutex);
  int last = --readers == 0;
  saw_unlock(&mutex);
  if (last) shed(KEEP);
}

void *saw_malloc(size_t n) { return malloc(n); }

int64_t saw_memory_held(void) { return __atomic_load_n(&held_bytes, __ATOMIC_RELAXED); }

int64_t saw_memory_trim(void) {
  saw_lock(&mutex);
  arena *last = current;
  current = NULL; /* so that it goes with its last piece, or now when it has none */
  int unused = last && drop(last);
  saw_unlock(&mutex);
  if (unused) unmap(last);
  int64_t bytes = shed(0);
  saw_system_trim();
  return bytes;
}

/* Another thread of the parent may have been at work here: what was kept, and the arenas, stay the parent's. */
void saw_memory_after_fork(void) {
  static const saw_mutex unlocked = SAW_MUTEX;
  mutex = unlocked;
  memset(kept, 0, sizeof kept);
  memset(empty, 0, sizeof empty);
  current = NULL;
  arenas = 0;
  generation++;
  held_bytes -= kept_bytes;
  kept_bytes = readers = 0;
}
