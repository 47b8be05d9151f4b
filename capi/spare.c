/*
 * Batches of a line that are used again: a freed one stays with its schema, memory and all, for the next line of the same parser. What lies
 * the same in every batch of one row has been written there already (line.go), so a call writes only values.
 *
 * A place is CLOSED (of a schema that no parser has, or no longer), EMPTY, or has a batch. They are taken in turn, so that a stale handle
 * stays one for a while. Only pointers are exchanged: no lock, nothing to repair after fork().
 */
#include "internal.h"

#include <stdlib.h>

#define CLOSED NULL
#define EMPTY ((sawlog_batch *)1)

enum { LARGEST = 8 << 10 };

#if defined(__SANITIZE_ADDRESS__) || defined(SAW_VALGRIND)
static const int off = 1; /* so that each use of a freed batch is seen */
#else
static const int off = 0;
#endif

static int swap(sawlog_batch **place, sawlog_batch *from, sawlog_batch *to) {
  return __atomic_compare_exchange_n(place, &from, to, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

void saw_spare_open(saw_schema *s) {
  for (int i = 0; i < SAW_SPARES && !off; i++) swap(&s->spares[i], CLOSED, EMPTY);
}

sawlog_batch *saw_spare_take(saw_schema *s) {
  uint32_t turn = __atomic_load_n(&s->turn, __ATOMIC_RELAXED);
  __atomic_store_n(&s->turn, turn + 1, __ATOMIC_RELAXED); /* threads may lose one another's turns */
  sawlog_batch **place = &s->spares[turn % SAW_SPARES], *b = __atomic_load_n(place, __ATOMIC_RELAXED);
  if (b == CLOSED || b == EMPTY || !swap(place, b, EMPTY)) return NULL;
  b->refs = 1;
  saw_slot_again(b, SAW_BATCH);
  return b;
}

int saw_spare_keep(sawlog_batch *b) {
  saw_schema *s = b->schema;
  uint32_t turn = __atomic_load_n(&s->turn, __ATOMIC_RELAXED);
  if (b->body_n > LARGEST || b->n_owned || s->spares[0] == CLOSED) return 0;
  b->release = NULL;
  b->release_ctx = NULL;
  saw_slot_rest(b);
  for (uint32_t i = turn; i != turn - SAW_SPARES; i--) { /* mostly the place that was emptied last is empty */
    sawlog_batch **place = &s->spares[(i - 1) % SAW_SPARES];
    if (__atomic_load_n(place, __ATOMIC_RELAXED) == EMPTY && swap(place, EMPTY, b)) return 1;
  }
  saw_slot_again(b, SAW_BATCH);
  return 0;
}

void saw_spare_close(saw_schema *s) {
  for (int i = 0; i < SAW_SPARES; i++) {
    sawlog_batch *b = __atomic_exchange_n(&s->spares[i], CLOSED, __ATOMIC_ACQ_REL);
    if (b == CLOSED || b == EMPTY) continue;
    saw_slot_again(b, SAW_BATCH);
    saw_batch_unused(b);
  }
}
