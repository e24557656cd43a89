/* What the environment says, and the few things that all other files lean on. */
#include "power.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct settings power;

long kernel_call(long number, long a, long b, long c, long d, long e, long f) {
  static _Atomic(void *) found;
  void *next = atomic_load(&found);
  if (next == NULL) atomic_store(&found, next = dlsym(RTLD_NEXT, "syscall"));
  long (*call)(long, ...) = (long (*)(long, ...))next;
  return call(number, a, b, c, d, e, f);
}

__attribute__((constructor)) static void read_environment(void) {
  const char *control = getenv("POWER_CONTROL");
  if (control != NULL) {
    int fd = (int)kernel(SYS_openat, AT_FDCWD, control, O_RDWR | O_CLOEXEC);
    void *at = fd < 0 ? MAP_FAILED
                      : mmap(NULL, sizeof *power.control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) give_up("POWER_CONTROL cannot be mapped");
    kernel(SYS_close, fd);
    power.control = at;
  }
  const char *root = getenv("POWER_ROOT"), *state = getenv("POWER_STATE");
  if ((root == NULL) != (state == NULL)) give_up("POWER_ROOT and POWER_STATE belong together");
  power.root = root == NULL ? NULL : strdup(root);
  power.state = state == NULL ? NULL : strdup(state);
}

void give_up(const char *what) {
  dprintf(2, "power: %s: %s\n", what, strerror(errno));
  abort();
}

void disk_operation(void) {
  struct control *control = power.control;
  if (control == NULL) return;
  atomic_fetch_add(&control->operations, 1);
  if (atomic_load(&control->cut_after) > 0 && atomic_fetch_sub(&control->cut_after, 1) == 1)
    atomic_store(&control->is_cut, 1);
  if (atomic_load(&control->is_cut) == 0) return;
  for (;;) kernel(SYS_kill, getpid(), SIGKILL);
}

static bool is_below(const char *path, const char *folder, size_t length) {
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

bool is_covered_path(const char *path) {
  if (power.root == NULL) return false;
  if (is_below(path, power.root, strlen(power.root))) return true;
  char limbo[PATH_MAX];
  int length = snprintf(limbo, sizeof limbo, "%s/limbo", power.state);
  return is_below(path, limbo, (size_t)length);
}

bool path_of(int fd, char path[PATH_MAX]) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return false;
  path[length] = '\0';
  return true;
}

static void record_path(char path[PATH_MAX], const char *folder, uint64_t inode) {
  snprintf(path, PATH_MAX, "%s/%s/%ju", power.state, folder, (uintmax_t)inode);
}

static void lock(int fd) {
  while (kernel(SYS_flock, fd, LOCK_EX) < 0)
    if (errno != EINTR) give_up("a record cannot be locked");
}

int records_open(const char *folder, uint64_t inode) {
  char path[PATH_MAX];
  record_path(path, folder, inode);
  /* Its own description each time, so that the lock keeps other threads out as well. */
  int fd = (int)kernel(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) give_up("a record cannot be opened");
  lock(fd);
  return fd;
}

/* The bytes that count are raised last: a kill in between leaves nothing of a record. */
void records_append(int records, const void *head, size_t head_size, const void *tail, size_t tail_size) {
  uint64_t used = 0;
  if (pread(records, &used, sizeof used, 0) < 0) give_up("a record cannot be read");
  long at = (long)(sizeof used + used);
  if (kernel(SYS_pwrite64, records, head, head_size, at) != (long)head_size ||
      (tail_size > 0 &&
       kernel(SYS_pwrite64, records, tail, tail_size, at + head_size) != (long)tail_size))
    give_up("a record cannot be written");
  used += head_size + tail_size;
  if (kernel(SYS_pwrite64, records, &used, sizeof used) != sizeof used)
    give_up("a record cannot be written");
}

void records_clear(int records) {
  kernel(SYS_ftruncate, records);
}

void records_close(int records) {
  int error = errno;
  kernel(SYS_close, records);
  errno = error;
}

void records_forget(const char *folder, uint64_t inode) {
  int records = records_open(folder, inode);
  records_clear(records);
  records_close(records);
}
