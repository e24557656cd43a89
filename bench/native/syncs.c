/*
 * Counts what a tree of processes asks of the disk, by file, and makes each sync slower (LD_PRELOAD).
 *
 *   BENCH_SYNCS  a file of `struct counters`, made by whoever starts the tree; may be read at any time,
 *                and its first field written
 *
 * Waiting is done before the real sync, in the thread that asked for it, as a slow disk would.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* The order of the files is known to ../lib/sync-count.ts. */
static const char *const names[] = {"inbound.db", "inbound.db-wal", "outbound.db", "outbound.db-wal",
                                    "central.db", "central.db-wal"};
enum { FILES = sizeof names / sizeof *names + 1 }; /* the last: all others */

struct counters {
  _Atomic int64_t delay_ms;
  _Atomic int64_t syncs[FILES];
  _Atomic int64_t opens[FILES];
};

static struct counters *counters;

__attribute__((constructor)) static void map_counters(void) {
  const char *path = getenv("BENCH_SYNCS");
  int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *at = mmap(NULL, sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (at != MAP_FAILED) counters = at;
}

static int index_of(const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
  for (int i = 0; i < FILES - 1; i += 1)
    if (strcmp(name, names[i]) == 0) return i;
  return FILES - 1;
}

static int sync_file(int fd, const char *function) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, function);
  if (counters == NULL) return real(fd);
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length < 0 ? 0 : length] = '\0';
  atomic_fetch_add(&counters->syncs[index_of(path)], 1);
  int64_t ms = atomic_load(&counters->delay_ms);
  struct timespec rest = {ms / 1000, ms % 1000 * 1000000};
  while (ms > 0 && nanosleep(&rest, &rest) < 0 && errno == EINTR) continue;
  return real(fd);
}

int fsync(int fd) {
  return sync_file(fd, "fsync");
}

int fdatasync(int fd) {
  return sync_file(fd, "fdatasync");
}

static int open_file(const char *function, const char *path, int flags, mode_t mode) {
  int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, function);
  if (counters != NULL) atomic_fetch_add(&counters->opens[index_of(path)], 1);
  return real(path, flags, mode);
}

#define MODE(flags, mode)         \
  mode_t mode = 0;                \
  if ((flags & (O_CREAT | __O_TMPFILE)) != 0) { \
    va_list list;                 \
    va_start(list, flags);        \
    mode = va_arg(list, mode_t);  \
    va_end(list);                 \
  }

int open(const char *path, int flags, ...) {
  MODE(flags, mode)
  return open_file("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE(flags, mode)
  return open_file("open64", path, flags, mode);
}
