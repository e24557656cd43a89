/* The calls that change names. What loses its last one goes to limbo, where a cut finds it again. */
#include "power.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool look(const struct place *place, struct stat *found) {
  return fstatat(place->folder, place->name, found, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A new inode may have the number of one that was recorded and has gone. */
static void record_new(const struct place *place) {
  struct stat made;
  if (!look(place, &made)) give_up("what was made cannot be looked at");
  records_forget(S_ISDIR(made.st_mode) ? "names" : "data", made.st_ino);
  names_record(place, names_operation(), 0, made.st_ino);
}

static int create(struct place *place, int flags, mode_t mode) {
  struct stat before;
  int lock = names_lock();
  bool existed = look(place, &before);
  int fd = (int)kernel(SYS_openat, place->folder, place->name, flags & ~O_TRUNC, mode);
  if (fd >= 0 && !existed) record_new(place);
  names_unlock(lock);
  return fd;
}

static int open_any(int at, const char *path, int flags, mode_t mode) {
  struct place place;
  bool temporary = (flags & O_TMPFILE) == O_TMPFILE;
  if ((flags & (O_CREAT | O_TRUNC)) == 0 || temporary || !place_open(at, path, &place))
    return (int)kernel(SYS_openat, at, path, flags, mode);
  int fd = (flags & O_CREAT) != 0
               ? create(&place, flags, mode)
               : (int)kernel(SYS_openat, at, path, flags & ~O_TRUNC, mode);
  struct stat found;
  if (fd >= 0 && (flags & O_TRUNC) != 0 && fstat(fd, &found) == 0 && found.st_size > 0)
    if (ftruncate(fd, 0) < 0) give_up("a file cannot be emptied as it is opened");
  place_close(&place);
  return fd;
}

static mode_t mode_in(int flags, va_list list) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(list, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = mode_in(flags, list);
  va_end(list);
  return open_any(AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = mode_in(flags, list);
  va_end(list);
  return open_any(at, path, flags, mode);
}

int creat(const char *path, mode_t mode) {
  return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* What glibc's fortified headers call. */
int __open_2(const char *path, int flags) {
  return open_any(AT_FDCWD, path, flags, 0);
}

int __openat_2(int at, const char *path, int flags) {
  return open_any(at, path, flags, 0);
}

int open64(const char *, int, ...) __attribute__((alias("open")));
int openat64(int, const char *, int, ...) __attribute__((alias("openat")));
int creat64(const char *, mode_t) __attribute__((alias("creat")));
int __open64_2(const char *, int) __attribute__((alias("__open_2")));
int __openat64_2(int, const char *, int) __attribute__((alias("__openat_2")));

static int to_limbo(const struct place *place, uint64_t inode) {
  char limbo[PATH_MAX];
  limbo_path(limbo, inode);
  return (int)kernel(SYS_renameat2, place->folder, place->name, AT_FDCWD, limbo);
}

int unlinkat(int at, const char *path, int flags) {
  struct place place;
  struct stat found;
  if (!place_open(at, path, &place)) return (int)kernel(SYS_unlinkat, at, path, flags);
  int lock = names_lock();
  bool file = look(&place, &found) && S_ISREG(found.st_mode) && flags == 0;
  /* Moved, not linked: how many names a file has can be seen. */
  int result = file && found.st_nlink == 1
                   ? to_limbo(&place, found.st_ino)
                   : (int)kernel(SYS_unlinkat, place.folder, place.name, flags);
  if (file && result == 0) names_record(&place, names_operation(), found.st_ino, 0);
  names_unlock(lock);
  place_close(&place);
  return result;
}

int unlink(const char *path) {
  return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path) {
  return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int remove(const char *path) {
  int result = unlinkat(AT_FDCWD, path, 0);
  return result < 0 && errno == EISDIR ? rmdir(path) : result;
}

int mkdirat(int at, const char *path, mode_t mode) {
  struct place place;
  if (!place_open(at, path, &place)) return (int)kernel(SYS_mkdirat, at, path, mode);
  int lock = names_lock();
  int result = (int)kernel(SYS_mkdirat, place.folder, place.name, mode);
  if (result == 0) record_new(&place);
  names_unlock(lock);
  place_close(&place);
  return result;
}

int mkdir(const char *path, mode_t mode) {
  return mkdirat(AT_FDCWD, path, mode);
}

int linkat(int from_at, const char *from, int at, const char *path, int flags) {
  struct place place;
  struct stat made;
  if (!place_open(at, path, &place))
    return (int)kernel(SYS_linkat, from_at, from, at, path, flags);
  int lock = names_lock();
  int result = (int)kernel(SYS_linkat, from_at, from, place.folder, place.name, flags);
  if (result == 0 && look(&place, &made)) names_record(&place, names_operation(), 0, made.st_ino);
  names_unlock(lock);
  place_close(&place);
  return result;
}

int link(const char *from, const char *path) {
  return linkat(AT_FDCWD, from, AT_FDCWD, path, 0);
}

/* Where a file is replaced, the two change places first, so that the old one can go to limbo. */
static int replace(const struct place *from, const struct place *to, const struct stat *old) {
  int result = (int)kernel(SYS_renameat2, from->folder, from->name, to->folder, to->name,
                           RENAME_EXCHANGE);
  return result < 0 ? result : to_limbo(from, old->st_ino);
}

static int move(const struct place *from, const struct place *to, unsigned flags) {
  struct stat source, target = {0};
  bool known = look(from, &source), replaces = look(to, &target);
  bool files = known && replaces && S_ISREG(source.st_mode) && S_ISREG(target.st_mode);
  bool same = files && source.st_ino == target.st_ino;
  int result = files && !same && flags == 0 && target.st_nlink == 1
                   ? replace(from, to, &target)
                   : (int)kernel(SYS_renameat2, from->folder, from->name, to->folder, to->name,
                                 flags);
  if (result < 0 || same) return result;
  uint64_t operation = names_operation();
  names_record(from, operation, source.st_ino, 0);
  names_record(to, operation, replaces ? target.st_ino : 0, source.st_ino);
  return result;
}

int renameat2(int from_at, const char *from, int at, const char *path, unsigned flags) {
  struct place source, target;
  bool leaves = place_open(from_at, from, &source), enters = place_open(at, path, &target);
  int result;
  if (leaves != enters) give_up("a file is moved into what is covered, or out of it");
  if (!leaves) return (int)kernel(SYS_renameat2, from_at, from, at, path, flags);
  int lock = names_lock();
  result = move(&source, &target, flags);
  names_unlock(lock);
  place_close(&source);
  place_close(&target);
  return result;
}

int renameat(int from_at, const char *from, int at, const char *path) {
  return renameat2(from_at, from, at, path, 0);
}

int rename(const char *from, const char *path) {
  return renameat2(AT_FDCWD, from, AT_FDCWD, path, 0);
}
