/* A wall clock that is off by what the control file says. Waits are turned back to the real one. */
#include "power.h"

#include <dlfcn.h>
#include <semaphore.h>
#include <sys/time.h>
#include <time.h>

static int64_t offset_ms(void) {
  return power.control == NULL ? 0 : atomic_load(&power.control->clock_offset_ms);
}

static struct timespec moved(struct timespec time, int64_t ms) {
  int64_t nanoseconds = time.tv_nsec + ms % 1000 * 1000000;
  time.tv_sec += ms / 1000;
  if (nanoseconds < 0) nanoseconds += 1000000000, time.tv_sec -= 1;
  if (nanoseconds >= 1000000000) nanoseconds -= 1000000000, time.tv_sec += 1;
  time.tv_nsec = nanoseconds;
  return time;
}

static int real_time(clockid_t clock, struct timespec *time) {
  static _Atomic(void *) found;
  void *next = atomic_load(&found);
  if (next == NULL) atomic_store(&found, next = dlsym(RTLD_NEXT, "clock_gettime"));
  int (*call)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))next;
  return call(clock, time);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = real_time(clock, time);
  bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
  if (result == 0 && wall) *time = moved(*time, offset_ms());
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *to) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (to != NULL) *to = now.tv_sec;
  return now.tv_sec;
}

int timespec_get(struct timespec *time, int base) {
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
  static _Atomic(void *) found;
  void *next = atomic_load(&found);
  if (next == NULL) atomic_store(&found, next = dlsym(RTLD_NEXT, "sem_timedwait"));
  int (*call)(sem_t *, const struct timespec *) = (int (*)(sem_t *, const struct timespec *))next;
  struct timespec real = moved(*until, -offset_ms());
  return call(semaphore, &real);
}
