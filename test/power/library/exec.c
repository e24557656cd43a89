/* Programs that are started stand under the same power, whatever environment they are given. */
#include "power.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

enum { HANDED_ON = 4 };
static char handed_on[HANDED_ON][PATH_MAX];

__attribute__((constructor)) static void remember(void) {
  static const char *const names[HANDED_ON] = {"LD_PRELOAD", "POWER_ROOT", "POWER_STATE",
                                               "POWER_CONTROL"};
  for (int i = 0; i < HANDED_ON; i += 1) {
    const char *value = getenv(names[i]);
    if (value == NULL || strlen(names[i]) + strlen(value) + 2 > PATH_MAX) continue;
    stpcpy(stpcpy(stpcpy(handed_on[i], names[i]), "="), value);
  }
}

static size_t count(char *const list[]) {
  size_t found = 0;
  while (list != NULL && list[found] != NULL) found += 1;
  return found;
}

static bool has(char *const list[], const char *setting) {
  size_t length = (size_t)(strchr(setting, '=') - setting) + 1;
  for (size_t i = 0; i < count(list); i += 1)
    if (strncmp(list[i], setting, length) == 0) return true;
  return false;
}

/* On the caller's stack: it may be a child that shares its parent's memory. */
#define WITH_POWER(environment, result)                                             \
  char *result[count(environment) + HANDED_ON + 1];                                 \
  do {                                                                              \
    size_t used = count(environment);                                               \
    for (size_t i = 0; i < used; i += 1) result[i] = environment[i];                \
    for (int i = 0; i < HANDED_ON; i += 1)                                          \
      if (handed_on[i][0] != '\0' && !has(environment, handed_on[i])) result[used++] = handed_on[i]; \
    result[used] = NULL;                                                            \
  } while (0)

int execve(const char *path, char *const arguments[], char *const environment[]) {
  WITH_POWER(environment, extended);
  return (int)kernel(SYS_execve, path, arguments, extended);
}

int execv(const char *path, char *const arguments[]) {
  return execve(path, arguments, environ);
}

int execvpe(const char *file, char *const arguments[], char *const environment[]) {
  WITH_POWER(environment, extended);
  int (*next)(const char *, char *const[], char *const[]) =
      (int (*)(const char *, char *const[], char *const[]))dlsym(RTLD_NEXT, "execvpe");
  return next(file, arguments, extended);
}

int execvp(const char *file, char *const arguments[]) {
  return execvpe(file, arguments, environ);
}
