/* The calls that change what is in a file, and those that sync it. */
#include "power.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const off_t here = -1;

static uint64_t start_of(int fd, const struct stat *found, off_t offset) {
  if ((fcntl(fd, F_GETFL) & O_APPEND) != 0) return (uint64_t)found->st_size;
  return (uint64_t)(offset == here ? lseek(fd, 0, SEEK_CUR) : offset);
}

/* Records what a write is going to change; to be ended by data_end unless it is -1. */
static int before_write(int fd, off_t offset, size_t length) {
  struct stat found;
  int records = data_begin(fd, &found);
  if (records >= 0) data_will_write(records, fd, &found, start_of(fd, &found, offset), length);
  return records;
}

static size_t total(const struct iovec *parts, int count) {
  size_t sum = 0;
  for (int i = 0; i < count; i += 1) sum += parts[i].iov_len;
  return sum;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  int records = before_write(fd, here, length);
  ssize_t result = kernel(SYS_write, fd, bytes, length);
  if (records >= 0) data_end(records, fd, false);
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  int records = before_write(fd, offset, length);
  ssize_t result = kernel(SYS_pwrite64, fd, bytes, length, offset);
  if (records >= 0) data_end(records, fd, false);
  return result;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  int records = before_write(fd, here, total(parts, count));
  ssize_t result = kernel(SYS_writev, fd, parts, count);
  if (records >= 0) data_end(records, fd, false);
  return result;
}

ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags) {
  int records = before_write(fd, offset, total(parts, count));
  ssize_t result = kernel(SYS_pwritev2, fd, parts, count, offset, 0, flags);
  if (records >= 0) data_end(records, fd, (flags & (RWF_DSYNC | RWF_SYNC)) != 0);
  return result;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  int records = before_write(fd, offset, total(parts, count));
  ssize_t result = kernel(SYS_pwritev, fd, parts, count, offset);
  if (records >= 0) data_end(records, fd, false);
  return result;
}

int ftruncate(int fd, off_t size) {
  struct stat found;
  int records = size < 0 ? -1 : data_begin(fd, &found);
  if (records >= 0) data_will_resize(records, fd, &found, (uint64_t)size);
  int result = (int)kernel(SYS_ftruncate, fd, size);
  if (records >= 0) data_end(records, fd, false);
  return result;
}

int truncate(const char *path, off_t size) {
  int fd = (int)kernel(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return -1;
  int result = ftruncate(fd, size), error = errno;
  kernel(SYS_close, fd);
  errno = error;
  return result;
}

/* Room that is set aside is a new size; holes and the like are refused, as many file systems do. */
int fallocate(int fd, int mode, off_t offset, off_t length) {
  struct stat found;
  int records = data_begin(fd, &found);
  if (records < 0) return (int)kernel(SYS_fallocate, fd, mode, offset, length);
  int result = 0, error = EOPNOTSUPP;
  if (mode != 0) result = -1;
  else if (offset + length > found.st_size) {
    data_will_resize(records, fd, &found, (uint64_t)(offset + length));
    result = (int)kernel(SYS_ftruncate, fd, offset + length);
    error = errno;
  }
  data_end(records, fd, false);
  errno = error;
  return result;
}

int posix_fallocate(int fd, off_t offset, off_t length) {
  return fallocate(fd, 0, offset, length) == 0 ? 0 : errno;
}

ssize_t pwrite64(int, const void *, size_t, off_t) __attribute__((alias("pwrite")));
ssize_t pwritev64(int, const struct iovec *, int, off_t) __attribute__((alias("pwritev")));
ssize_t pwritev64v2(int, const struct iovec *, int, off_t, int) __attribute__((alias("pwritev2")));
int ftruncate64(int, off_t) __attribute__((alias("ftruncate")));
int truncate64(const char *, off_t) __attribute__((alias("truncate")));
int fallocate64(int, int, off_t, off_t) __attribute__((alias("fallocate")));
int posix_fallocate64(int, off_t, off_t) __attribute__((alias("posix_fallocate")));

static bool is_covered(int fd) {
  char path[PATH_MAX];
  return power.root != NULL && path_of(fd, path) && is_covered_path(path);
}

/* Copies inside the kernel: whoever asks falls back to reading and writing. */
ssize_t copy_file_range(int in, off_t *from, int out, off_t *to, size_t length, unsigned flags) {
  if (!is_covered(out)) return kernel(SYS_copy_file_range, in, from, out, to, length, flags);
  errno = ENOSYS;
  return -1;
}

ssize_t sendfile(int out, int in, off_t *offset, size_t length) {
  if (!is_covered(out)) return kernel(SYS_sendfile, out, in, offset, length);
  errno = EINVAL;
  return -1;
}

ssize_t sendfile64(int, int, off_t *, size_t) __attribute__((alias("sendfile")));

int ioctl(int fd, unsigned long request, ...) {
  const unsigned long clone = 0x40049409, clone_range = 0x4020940d;
  va_list list;
  va_start(list, request);
  long argument = va_arg(list, long);
  va_end(list);
  if ((request != clone && request != clone_range) || !is_covered(fd))
    return (int)kernel(SYS_ioctl, fd, request, argument);
  errno = EOPNOTSUPP;
  return -1;
}

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
  struct stat found;
  if (fd >= 0 && (flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0) {
    int records = data_begin(fd, &found);
    if (records >= 0) give_up("a covered file is mapped to be written, which cannot be recorded");
  }
  return (void *)kernel(SYS_mmap, at, length, protection, flags, fd, offset);
}

void *mmap64(void *, size_t, int, int, int, off_t) __attribute__((alias("mmap")));

/* What goes past the functions above would not be recorded. */
long syscall(long number, ...) {
  long a[6];
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; i += 1) a[i] = va_arg(list, long);
  va_end(list);
  if (number == SYS_copy_file_range)
    return copy_file_range((int)a[0], (off_t *)a[1], (int)a[2], (off_t *)a[3], (size_t)a[4], 0);
  if (number == SYS_io_uring_setup && power.root != NULL) {
    errno = ENOSYS;
    return -1;
  }
  return kernel(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void wait_for_disk(void) {
  int64_t ms = atomic_load(&power.control->sync_delay_ms);
  struct timespec rest = {ms / 1000, ms % 1000 * 1000000};
  while (ms > 0 && nanosleep(&rest, &rest) < 0 && errno == EINTR) continue;
}

static bool takes_one(_Atomic int64_t *left) {
  int64_t now = atomic_load(left);
  while (now > 0)
    if (atomic_compare_exchange_weak(left, &now, now - 1)) return true;
  return false;
}

static void make_durable(int fd, const struct stat *found) {
  if (S_ISREG(found->st_mode)) {
    /* With its lock: nobody is between the record of a change and the change. */
    int records = records_open("data", found->st_ino);
    data_end(records, fd, true);
  } else if (S_ISDIR(found->st_mode)) {
    int lock = names_lock();
    records_forget("names", found->st_ino);
    names_unlock(lock);
  }
}

static bool is_lie(mode_t mode) {
  int64_t lie = atomic_load(&power.control->lying);
  if (lie == SYNCS_OF_FOLDERS) return S_ISDIR(mode);
  if (lie == SYNCS_OF_FILES) return S_ISREG(mode);
  return lie == EVERY_SYNC;
}

static int sync_file(int fd, long number) {
  struct stat found;
  bool known = fstat(fd, &found) == 0, covered = known && is_covered(fd);
  if (power.control != NULL && known && (covered || power.root == NULL)) {
    wait_for_disk();
    disk_operation();
    if (takes_one(&power.control->failing_syncs)) {
      errno = EIO;
      return -1;
    }
    if (is_lie(found.st_mode)) return 0;
  }
  /* The records are the disk here: waiting for the real one would only take time. */
  if (!covered) return (int)kernel(number, fd);
  make_durable(fd, &found);
  return 0;
}

int fsync(int fd) {
  return sync_file(fd, SYS_fsync);
}

int fdatasync(int fd) {
  return sync_file(fd, SYS_fdatasync);
}
