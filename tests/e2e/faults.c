// Preloaded by survival_test.py: makes one call to the file system fail. LOCKSTEP_FAULT is "N ERRNO FOLDER": of the
// calls of write, pwrite, writev, fsync, rename and close on files below FOLDER, the N-th and all later ones of its
// kind fail with ERRNO, as on a disk that has filled up or broken.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;
static const char* _Atomic failing_kind;

// The error for this call on `path`, or 0.
static int fault(const char* kind, const char* path) {
  const char* text = getenv("LOCKSTEP_FAULT");
  long number = 0;
  int error = 0;
  char folder[4096];
  if (text == NULL || sscanf(text, "%ld %d %4095s", &number, &error, folder) != 3) return 0;
  if (strstr(path, folder) == NULL) return 0;
  if (atomic_fetch_add(&calls, 1) + 1 == number) failing_kind = kind;
  if (failing_kind == NULL || strcmp(failing_kind, kind) != 0) return 0;
  const char* report = getenv("LOCKSTEP_FAULT_REPORT");
  FILE* file = report != NULL ? fopen(report, "w") : NULL;
  if (file != NULL) {
    fputs(kind, file);
    fclose(file);
  }
  return error;
}

static int fault_on(const char* kind, int descriptor) {
  char link[64];
  char path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return fault(kind, path);
}

#define FAIL_OR_CALL(error, result, name, ...)                 \
  do {                                                         \
    const int cause = (error);                                 \
    if (cause != 0) {                                          \
      errno = cause;                                           \
      return -1;                                               \
    }                                                          \
    return ((result(*)())dlsym(RTLD_NEXT, name))(__VA_ARGS__); \
  } while (0)

ssize_t write(int descriptor, const void* data, size_t size) {
  FAIL_OR_CALL(fault_on("write", descriptor), ssize_t, "write", descriptor, data, size);
}

ssize_t writev(int descriptor, const struct iovec* parts, int count) {
  FAIL_OR_CALL(fault_on("write", descriptor), ssize_t, "writev", descriptor, parts, count);
}

ssize_t pwrite(int descriptor, const void* data, size_t size, off_t offset) {
  FAIL_OR_CALL(fault_on("write", descriptor), ssize_t, "pwrite", descriptor, data, size, offset);
}

ssize_t pwrite64(int descriptor, const void* data, size_t size, off64_t offset) {
  FAIL_OR_CALL(fault_on("write", descriptor), ssize_t, "pwrite64", descriptor, data, size, offset);
}

int fsync(int descriptor) {
  FAIL_OR_CALL(fault_on("fsync", descriptor), int, "fsync", descriptor);
}

int close(int descriptor) {
  const int cause = fault_on("close", descriptor);
  const int result = ((int (*)(int))dlsym(RTLD_NEXT, "close"))(descriptor);
  if (cause == 0) return result;
  errno = cause;
  return -1;
}

int rename(const char* from, const char* to) {
  FAIL_OR_CALL(fault("rename", to), int, "rename", from, to);
}
