/* Times at fixed places, for those who read them by hand: whoever calls has seen that digits are where digits belong. */
#ifndef TIMES_H
#define TIMES_H

#include <stdint.h>
#include <string.h>

static inline int64_t days(int64_t y, int64_t m, int64_t d) {
  y -= m <= 2;
  int64_t era = y / 400, yoe = y - era * 400, doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static inline int month(const char *p) {
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (int i = 0; i < 12; i++)
    if (!memcmp(names + 3 * i, p, 3)) return i + 1;
  return 1;
}

static inline int64_t two(const char *p) { return 10 * (p[0] - '0') + p[1] - '0'; }
static inline int64_t four(const char *p) { return 100 * two(p) + two(p + 2); }
static inline int64_t three(const char *p) { return 10 * two(p) + p[2] - '0'; }
static inline int64_t clock_of(const char *p) { return two(p) * 3600 + two(p + 3) * 60 + two(p + 6); }

/* Milliseconds of 02/Mar/2026:09:00:01 +0100 */
static inline int64_t stamp(const char *p) {
  int64_t s = days(four(p + 7), month(p + 3), two(p)) * 86400 + clock_of(p + 12), offset = two(p + 22) * 3600 + two(p + 24) * 60;
  return (p[21] == '-' ? s + offset : s - offset) * 1000;
}

/* of 2026-03-02T09:00:01 */
static inline int64_t iso(const char *p) { return (days(four(p), two(p + 5), two(p + 8)) * 86400 + clock_of(p + 11)) * 1000; }

/* of Mar  2 09:00:01 in 2026 */
static inline int64_t bsd(const char *p) {
  int64_t day = p[4] == ' ' ? p[5] - '0' : two(p + 4);
  return (days(2026, month(p), day) * 86400 + clock_of(p + 7)) * 1000;
}

#endif
