/*
 * Handles. Each is one slot of 256 bytes in slabs that are never unmapped, so whether an address is a live handle can always be told
 * without touching memory that is not ours: is it in a slab, at the beginning of a slot, and does the slot's first word say so?
 * Freed slots are used again in the order they were freed, as late as possible; those of a parser's lines in turn (spare.c).
 */
#include "internal.h"
#include "system.h"

#include <string.h>

enum { SLABS = 24, FIRST = 256 /* slots; each slab has twice as many as the one before */ };

typedef struct slot {
  uint32_t magic;
  uint32_t was;
  struct slot *next;
} slot;

_Static_assert(sizeof(struct sawlog_parser) <= SAW_SLOT, "a parser fits a slot");
_Static_assert(sizeof(struct sawlog_stream) <= SAW_SLOT, "a stream fits a slot");
_Static_assert(sizeof(struct sawlog_reader) <= SAW_SLOT, "a reader fits a slot");
_Static_assert(sizeof(struct sawlog_batch) <= SAW_SLOT, "a batch fits a slot");
_Static_assert(sizeof(struct sawlog_templates) <= SAW_SLOT, "templates fit a slot");

static char *slabs[SLABS]; /* published with release order, the first NULL ends the list */
static size_t used;        /* slots taken from the last slab */
static slot *oldest, *newest;
static saw_mutex mutex = SAW_MUTEX;

static size_t slots_of(int slab) { return (size_t)FIRST << slab; }

/* Counted when somebody asks: counters would cost each line two atomic additions. */
int64_t saw_alive(uint32_t magic) {
  int64_t n = 0;
  saw_lock(&mutex);
  for (int i = 0; i < SLABS && slabs[i]; i++) {
    size_t slots = i + 1 < SLABS && slabs[i + 1] ? slots_of(i) : used;
    for (size_t k = 0; k < slots; k++) n += __atomic_load_n((uint32_t *)(slabs[i] + SAW_SLOT * k), __ATOMIC_RELAXED) == magic;
  }
  saw_unlock(&mutex);
  return n;
}

/* A slot never used before. The mutex is held. */
static slot *fresh(void) {
  int last = -1;
  while (last + 1 < SLABS && slabs[last + 1]) last++;
  if (last < 0 || used == slots_of(last)) {
    if (++last == SLABS) return NULL;
    char *p = saw_pages(slots_of(last) * SAW_SLOT);
    if (!p) return NULL;
    used = 0;
    __atomic_store_n(&slabs[last], p, __ATOMIC_RELEASE);
  }
  return (slot *)(slabs[last] + SAW_SLOT * used++);
}

void *saw_slot_new(uint32_t magic) {
  saw_lock(&mutex);
  slot *s = oldest;
  if (s) {
    oldest = s->next;
    if (!oldest) newest = NULL;
  } else {
    s = fresh();
  }
  saw_unlock(&mutex);
  if (!s) return NULL;
  memset(s, 0, SAW_SLOT);
  saw_slot_again(s, magic);
  return s;
}

void saw_slot_rest(void *p) { __atomic_store_n(&((slot *)p)->magic, 0, __ATOMIC_RELEASE); }

void saw_slot_again(void *p, uint32_t magic) { __atomic_store_n(&((slot *)p)->magic, magic, __ATOMIC_RELEASE); }

void saw_slot_free(void *p) {
  slot *s = p;
  saw_slot_rest(s);
  s->next = NULL;
  saw_lock(&mutex);
  if (newest) newest->next = s;
  else oldest = s;
  newest = s;
  saw_unlock(&mutex);
}

int saw_is(const void *handle, uint32_t magic) {
  const char *p = handle;
  for (int i = 0; i < SLABS; i++) {
    const char *slab = __atomic_load_n(&slabs[i], __ATOMIC_ACQUIRE);
    if (!slab) return 0;
    size_t at = (size_t)((uintptr_t)p - (uintptr_t)slab);
    if (at < slots_of(i) * SAW_SLOT) return at % SAW_SLOT == 0 && __atomic_load_n((const uint32_t *)handle, __ATOMIC_ACQUIRE) == magic;
  }
  return 0;
}

/* Another thread of the parent may have been at work here: its lists are left alone, a few slots with them. */
void saw_slots_after_fork(void) {
  static const saw_mutex unlocked = SAW_MUTEX;
  mutex = unlocked;
  oldest = newest = NULL;
}
