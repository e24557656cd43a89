/* Which names a folder had before they were changed: one record for each change since its last sync. */
#include "power.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The layout is known to ../support/records.ts; the name follows. */
struct renaming {
  uint64_t operation; /* the same for both ends of a rename */
  uint64_t before;    /* the inode that had the name; 0: none */
  uint64_t after;     /* the inode that has it; 0: none */
  uint64_t length;    /* of the name */
};

static int open_folder(int at, const char *path, size_t length) {
  char folder[PATH_MAX];
  if (length >= sizeof folder) return -1;
  memcpy(folder, path, length);
  folder[length] = '\0';
  const char *name = length == 0 ? "." : folder;
  return (int)kernel(SYS_openat, at, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool place_open(int at, const char *path, struct place *place) {
  if (power.root == NULL || path == NULL) return false;
  int error = errno;
  size_t end = strlen(path);
  while (end > 1 && path[end - 1] == '/') end -= 1;
  size_t start = end;
  while (start > 0 && path[start - 1] != '/') start -= 1;
  if (end == start || end - start > NAME_MAX) return false;
  memcpy(place->name, path + start, end - start);
  place->name[end - start] = '\0';
  place->folder = open_folder(at, path, start);
  char canonical[PATH_MAX];
  struct stat found;
  bool covered = place->folder >= 0 && path_of(place->folder, canonical) &&
                 is_covered_path(canonical) && fstat(place->folder, &found) == 0;
  if (covered) place->inode = found.st_ino;
  else if (place->folder >= 0) kernel(SYS_close, place->folder);
  errno = error;
  return covered;
}

void place_close(struct place *place) {
  int error = errno;
  kernel(SYS_close, place->folder);
  errno = error;
}

/* One lock for all names: a rename is in two folders at once. No inode has number 0. */
int names_lock(void) {
  disk_operation();
  return records_open("names", 0);
}

void names_unlock(int lock) {
  records_close(lock);
}

uint64_t names_operation(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Written after the change: a kill in between leaves a change that outlives the cut, as some do. */
void names_record(const struct place *place, uint64_t operation, uint64_t before, uint64_t after) {
  int error = errno;
  struct renaming renaming = {operation, before, after, strlen(place->name)};
  int records = records_open("names", place->inode);
  records_append(records, &renaming, sizeof renaming, place->name, renaming.length);
  records_close(records);
  errno = error;
}

void limbo_path(char path[PATH_MAX], uint64_t inode) {
  snprintf(path, PATH_MAX, "%s/limbo/%ju", power.state, (uintmax_t)inode);
}
