/*
 * A disk that forgets, and a clock that jumps, for one tree of processes (LD_PRELOAD, Linux, 64 bits).
 *
 * Environment, handed on to every program that is started:
 *   POWER_ROOT     the folder that is covered, canonical; without it no write is recorded
 *   POWER_STATE    a folder on the same file system, not below it, with data/, names/ and limbo/
 *   POWER_CONTROL  a file of `struct control`, read at every call: it may be written at any time
 *
 * What is written below POWER_ROOT is recorded in POWER_STATE before it is done, and forgotten when
 * that file (or that folder, for names) is synced. ../support/power-cut.ts reads the records when all
 * processes are dead, and puts back what a disk may hold by then.
 *
 * Nothing is remembered in the process: each call asks the kernel what its descriptor is, and holds a
 * lock that the kernel frees after a kill. So dup, fork, exec and several writers need no care.
 *
 * Not recorded: rights, times, symbolic links; a removed folder stays removed; files ending in -shm
 * (shared memory is not a promise of any disk). What could not be recorded fails or aborts.
 */
#ifndef POWER_H
#define POWER_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#if !defined(__LP64__)
#error "offsets are passed in one register: 64 bits only"
#endif

/* Which syncs lie; the numbers are known to ../support/control.ts. */
enum lie { NO_LIE, EVERY_SYNC, SYNCS_OF_FOLDERS, SYNCS_OF_FILES };

/* The order is known to ../support/control.ts. */
struct control {
  _Atomic int64_t clock_offset_ms; /* added to the wall clock, never to a monotonic one */
  _Atomic int64_t sync_delay_ms;   /* what each sync takes longer; below POWER_ROOT, if there is one */
  _Atomic int64_t lying;           /* a lie of these: the sync reports success and makes nothing durable */
  _Atomic int64_t failing_syncs;   /* so many of the next syncs fail with EIO */
  _Atomic int64_t cut_after;       /* the power goes at the nth change of the disk from now; 0: never */
  _Atomic int64_t is_cut;          /* it has gone: who touches the disk is killed */
  _Atomic int64_t operations;      /* changes and syncs so far */
};

struct settings {
  const char *root;
  const char *state;
  struct control *control;
};

extern struct settings power;

/* The kernel, past everything that is interposed; sets errno. */
long kernel_call(long number, long a, long b, long c, long d, long e, long f);
#define kernel_six(number, a, b, c, d, e, f, ...) \
  kernel_call(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define kernel(...) kernel_six(__VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* Before each change and each sync: counts it, and is where the power goes. */
void disk_operation(void);
_Noreturn void give_up(const char *what);
bool is_covered_path(const char *path);
/* The path of a descriptor as the kernel knows it. */
bool path_of(int fd, char path[PATH_MAX]);

/* A record file: the number of bytes that count, then records. Locked while it is open. */
int records_open(const char *folder, uint64_t inode);
void records_append(int records, const void *head, size_t head_size, const void *tail, size_t tail_size);
void records_clear(int records);
void records_close(int records);
void records_forget(const char *folder, uint64_t inode);

/* data.c: the lock of a covered file's records, or -1 for what is not covered. */
int data_begin(int fd, struct stat *found);
void data_will_write(int records, int fd, const struct stat *before, uint64_t offset, uint64_t length);
void data_will_resize(int records, int fd, const struct stat *before, uint64_t size);
void data_end(int records, int fd, bool synced);

/* names.c: a name in a covered folder. */
struct place {
  int folder;
  uint64_t inode; /* of the folder */
  char name[NAME_MAX + 1];
};

bool place_open(int at, const char *path, struct place *place);
void place_close(struct place *place);
int names_lock(void);
void names_unlock(int lock);
uint64_t names_operation(void);
void names_record(const struct place *place, uint64_t operation, uint64_t before, uint64_t after);
void limbo_path(char path[PATH_MAX], uint64_t inode);

#endif
