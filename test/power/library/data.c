/* What a covered file held before it was written to: one record for each change since its last sync. */
#include "power.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { WRITTEN, RESIZED, KEPT /* more of what the resize before it took away */ };

/* The layout is known to ../support/records.ts. */
struct change {
  uint64_t kind;
  uint64_t offset; /* of the bytes kept; of those written */
  uint64_t length; /* how many are written; the new size for RESIZED */
  uint64_t size;   /* of the file before */
  uint64_t kept;   /* how many bytes of before follow */
};

static bool is_shared_memory(const char *path) {
  size_t length = strlen(path);
  return length >= 4 && strcmp(path + length - 4, "-shm") == 0;
}

int data_begin(int fd, struct stat *found) {
  char path[PATH_MAX];
  if (power.root == NULL || fstat(fd, found) < 0 || !S_ISREG(found->st_mode)) return -1;
  if (!path_of(fd, path) || !is_covered_path(path) || is_shared_memory(path)) return -1;
  disk_operation();
  int records = records_open("data", found->st_ino);
  /* Again, now that nobody else changes it. */
  if (fstat(fd, found) < 0) give_up("a file cannot be looked at");
  return records;
}

void data_end(int records, int fd, bool synced) {
  int error = errno;
  int flags = fcntl(fd, F_GETFL);
  /* More than such a write promises: what was written before it becomes durable, too. */
  if (synced || (flags >= 0 && (flags & O_DSYNC) != 0)) records_clear(records);
  records_close(records);
  errno = error;
}

/* A descriptor that can be read, where this one can only be written. */
static int readable(int fd) {
  if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_WRONLY) return fd;
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  return (int)kernel(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC);
}

static uint64_t least(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

void data_will_write(int records, int fd, const struct stat *before, uint64_t offset, uint64_t length) {
  char bytes[65536];
  uint64_t size = (uint64_t)before->st_size;
  int reader = readable(fd);
  for (uint64_t done = 0; done < length;) {
    uint64_t at = offset + done, part = least(length - done, sizeof bytes);
    struct change change = {WRITTEN, at, part, size, at < size ? least(part, size - at) : 0};
    if (change.kept > 0 && pread(reader, bytes, change.kept, (off_t)at) != (ssize_t)change.kept)
      give_up("what is overwritten cannot be read");
    records_append(records, &change, sizeof change, bytes, change.kept);
    done += part;
  }
  if (reader != fd) kernel(SYS_close, reader);
}

void data_will_resize(int records, int fd, const struct stat *before, uint64_t size) {
  char bytes[65536];
  uint64_t old = (uint64_t)before->st_size, at = least(size, old);
  int reader = readable(fd);
  enum kind kind = RESIZED;
  do {
    struct change change = {kind, at, size, old, least(old - at, sizeof bytes)};
    if (change.kept > 0 && pread(reader, bytes, change.kept, (off_t)at) != (ssize_t)change.kept)
      give_up("what is cut off cannot be read");
    records_append(records, &change, sizeof change, bytes, change.kept);
    at += change.kept;
    kind = KEPT;
  } while (at < old);
  if (reader != fd) kernel(SYS_close, reader);
}
