/*
 * What a thread of the host needs before Go code runs on it, and what Go must not see or change there.
 *
 *   stack        Go code has a stack of its own, of a few kilobytes, and a signal handler of the host without SA_ONSTACK runs on it: with vector
 *                registers the kernel's frame alone takes 3 KiB, and what lay below was Go's heap. So the first call of a thread makes it large
 *   mask         that call also unblocks signals that the host may have blocked to wait for them (Go built without our table): they are blocked again
 *   descriptors  Go ends the process when it has none left for its poller, which it makes with the first file or timer. So it is made with the
 *                first call; while that cannot be, files are not opened
 *   cancel       what takes locks, or Go's, is no place to end a thread that was cancelled
 *   floats       rounding and traps of the host are not Go's: SAW_GO of internal.h
 */
#define _GNU_SOURCE
#include "internal.h"
#include "system.h"

#if defined(__linux__)

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static uint32_t polling; /* the generation that has a poller, plus one */
static saw_mutex mutex = SAW_MUTEX;

pthread_key_t saw_arrived = -1; /* without a key each call is a thread's first: slower, and right */

__attribute__((constructor(102))) static void make_key(void) {
  pthread_key_t key;
  if (pthread_key_create(&key, NULL) == 0) saw_arrived = key;
}

void saw_visit_after_fork(void) {
  static const saw_mutex unlocked = SAW_MUTEX;
  mutex = unlocked;
}

/* 0 or errno: whether there are the two descriptors that Go will ask for. */
static int two_descriptors(void) {
  int queue = epoll_create1(EPOLL_CLOEXEC), rc = queue < 0 ? errno : 0;
  if (rc) return rc;
  int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event < 0) rc = errno;
  else close(event);
  close(queue);
  return rc;
}

/* 0 or errno: why there is no poller yet. */
static int poller(const saw_go *go) {
  uint32_t now = saw_generation() + 1;
  if (__atomic_load_n(&polling, __ATOMIC_ACQUIRE) == now) return 0;
  int cancel = saw_no_cancel();
  saw_lock(&mutex);
  int rc = polling == now ? 0 : two_descriptors();
  if (rc == 0) {
    SAW_GO(go->poller());
    __atomic_store_n(&polling, now, __ATOMIC_RELEASE);
  }
  saw_unlock(&mutex);
  saw_cancel(cancel);
  return rc;
}

void saw_arrive(const saw_go *go) {
  int kept = errno, cancel = saw_no_cancel(); /* Go waits in pthread_cond_wait until it has started */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  SAW_GO(go->arrive());
  int rc = poller(go);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  saw_cancel(cancel);
  if (rc == 0 && saw_arrived != (pthread_key_t)-1) pthread_setspecific(saw_arrived, go);
  errno = kept;
}

int32_t saw_may_open(const saw_go *go, sawlog_error *err) {
  int rc = poller(go);
  if (rc == 0) return SAWLOG_OK;
  sawlog_error full = {.struct_size = sizeof full, .code = SAWLOG_E_IO, .detail = rc, .offset = -1};
  snprintf(full.message, sizeof full.message, "before the first file is opened two descriptors must be free: %s", strerror(rc));
  return saw_done(err, SAWLOG_E_IO, &full);
}

#else

void saw_visit_after_fork(void) {}
int32_t saw_may_open(const saw_go *go, sawlog_error *err) {
  (void)go, (void)err;
  return SAWLOG_OK;
}

#endif
