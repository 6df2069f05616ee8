// A library to preload: it numbers everything that a program and what it starts write below one
// directory, and at a chosen step lets the machine die, or the disk fail from then on.
//
//   FAULT_BELOW  the directory; what is written elsewhere is not counted
//   FAULT_PAGE   a file of sizeof(struct page) zeros, shared by all processes of one run
//   FAULT_AT     at which step; 0 or absent only counts
//   FAULT_DO     "kill": all processes of the run; "killself": the one that takes the step alone;
//                "short": from then on each write takes half of what it is given;
//                "nospace", "readonly", "denied", "ioerror": from then on such calls fail
//   FAULT_ONLY   the name of the only program whose steps count; absent for all
//   FAULT_CLOCK  seconds that the clock is ahead of the true time, or behind it
//   FAULT_LOG    a file to which each step is written as a line
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_PROCESSES 1000
#define MOST_FILES 1024

struct page {
  atomic_uint steps, dead, processes;
  atomic_int process[MOST_PROCESSES];
};

static struct page *page;
static const char *below, *deed = "";
static size_t below_length;
static unsigned at;
static int counts, log_file = -1;
// Which descriptors stand for a file below the directory.
static _Atomic unsigned char ours[MOST_FILES];

enum kind { MAKE, WRITE, NAME, REMOVE, FLUSH };

// Whether the process is still one of this run: its number may be another's by now.
static int is_of_this_run(int process) {
  char place[64], bytes[65536];
  snprintf(place, sizeof place, "/proc/%d/environ", process);
  int descriptor = syscall(SYS_openat, AT_FDCWD, place, O_RDONLY | O_CLOEXEC, 0);
  if (descriptor < 0) return 0;
  long length = 0, got;
  while (length < (long)sizeof bytes
         && (got = syscall(SYS_read, descriptor, bytes + length, sizeof bytes - length)) > 0)
    length += got;
  syscall(SYS_close, descriptor);
  const char *file = getenv("FAULT_PAGE");
  return file && memmem(bytes, length, file, strlen(file)) != NULL;
}

static void die(void) {
  if (strcmp(deed, "killself") == 0) syscall(SYS_kill, getpid(), SIGKILL);
  atomic_store(&page->dead, 1);
  unsigned count = atomic_load(&page->processes);
  for (unsigned i = 0; i < count && i < MOST_PROCESSES; i++) {
    int process = atomic_load(&page->process[i]);
    if (process > 0 && process != getpid() && is_of_this_run(process)) syscall(SYS_kill, process, SIGKILL);
  }
  syscall(SYS_kill, getpid(), SIGKILL);
}

static void leave(void) {
  if (!page) return;
  unsigned count = atomic_load(&page->processes);
  for (unsigned i = 0; i < count && i < MOST_PROCESSES; i++) {
    int me = getpid();
    atomic_compare_exchange_strong(&page->process[i], &me, 0);
  }
}

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("FAULT_PAGE");
  below = getenv("FAULT_BELOW");
  if (!file || !below) return;
  int descriptor = syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0);
  if (descriptor < 0) return;
  void *memory = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  syscall(SYS_close, descriptor);
  if (memory == MAP_FAILED) return;
  below_length = strlen(below);
  at = getenv("FAULT_AT") ? atoi(getenv("FAULT_AT")) : 0;
  if (getenv("FAULT_DO")) deed = getenv("FAULT_DO");
  const char *only = getenv("FAULT_ONLY");
  counts = !only || strcmp(only, program_invocation_short_name) == 0;
  if (getenv("FAULT_LOG"))
    log_file = syscall(
      SYS_openat, AT_FDCWD, getenv("FAULT_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  page = memory;
  unsigned slot = atomic_fetch_add(&page->processes, 1);
  if (slot < MOST_PROCESSES) atomic_store(&page->process[slot], getpid());
  // Started by one that is dead already.
  if (atomic_load(&page->dead)) die();
}

// A process that ended well must not be killed later, when its number is another's.
__attribute__((destructor)) static void end(void) { leave(); }

static int is_below(int directory, const char *path) {
  if (!page || !counts || !path) return 0;
  if (path[0] == '/') return strncmp(path, below, below_length) == 0;
  char link[64], place[PATH_MAX];
  if (directory == AT_FDCWD) strcpy(link, "/proc/self/cwd");
  else snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, place, sizeof place - 1);
  if (length < 0) return 0;
  place[length] = 0;
  return strncmp(place, below, below_length) == 0;
}

static int is_ours(int descriptor) {
  return page && counts && descriptor >= 0 && descriptor < MOST_FILES && ours[descriptor];
}

static int failure(enum kind kind) {
  if (strcmp(deed, "nospace") == 0) return kind == REMOVE ? 0 : ENOSPC;
  if (strcmp(deed, "readonly") == 0) return EROFS;
  if (strcmp(deed, "denied") == 0) return kind == WRITE || kind == FLUSH ? 0 : EACCES;
  if (strcmp(deed, "ioerror") == 0) return kind == WRITE || kind == FLUSH ? EIO : 0;
  return 0;
}

// Counts one step. Returns the error the call shall fail with; *torn where the process dies in the
// midst of it.
static int step(enum kind kind, const char *what, const char *name, int *torn) {
  if (atomic_load(&page->dead)) die();
  unsigned number = atomic_fetch_add(&page->steps, 1) + 1;
  if (log_file >= 0) {
    char line[PATH_MAX + 200];
    int length = snprintf(
      line, sizeof line, "%u %s %s %s\n", number, program_invocation_short_name, what, name);
    if (length > 0) syscall(SYS_write, log_file, line, (size_t)length);
  }
  if (at == 0 || number < at) return 0;
  if (strncmp(deed, "kill", 4) == 0) {
    if (number > at) return 0;
    if (torn) {
      *torn = 1;
      return 0;
    }
    die();
  }
  if (strcmp(deed, "short") == 0 && torn) {
    *torn = 1;
    return 0;
  }
  return failure(kind);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// MARK: Opening

static int opened(int descriptor, int is_ours_now) {
  if (descriptor >= 0 && descriptor < MOST_FILES) ours[descriptor] = is_ours_now;
  return descriptor;
}

static int open_it(int directory, const char *path, int flags, mode_t mode) {
  int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
  if (!writes || !is_below(directory, path))
    return opened(syscall(SYS_openat, directory, path, flags, mode), 0);
  int isNew = (flags & O_CREAT) && syscall(SYS_faccessat, directory, path, F_OK) != 0;
  if (isNew || (flags & O_TRUNC)) {
    int error = step(MAKE, isNew ? "create" : "truncate", path, NULL);
    if (error) { errno = error; return -1; }
  } else if (at && atomic_load(&page->steps) >= at && failure(MAKE) && failure(MAKE) != ENOSPC) {
    errno = failure(MAKE);
    return -1;
  }
  return opened(syscall(SYS_openat, directory, path, flags, mode), 1);
}

#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) { MODE(flags) return open_it(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return open_it(AT_FDCWD, path, flags, mode); }
int openat(int directory, const char *path, int flags, ...) { MODE(flags) return open_it(directory, path, flags, mode); }
int openat64(int directory, const char *path, int flags, ...) { MODE(flags) return open_it(directory, path, flags, mode); }
int __open_2(const char *path, int flags) { return open_it(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_it(AT_FDCWD, path, flags, 0); }
int creat(const char *path, mode_t mode) { return open_it(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return open_it(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

static FILE *open_stream(const char *path, const char *mode, FILE *(*real)(const char *, const char *)) {
  int writes = strpbrk(mode, "wa+") != NULL;
  if (!writes || !is_below(AT_FDCWD, path)) return real(path, mode);
  // What stdio writes after that goes past this library: a stream counts as one step.
  int error = step(MAKE, "fopen", path, NULL);
  if (error) { errno = error; return NULL; }
  return real(path, mode);
}
FILE *fopen(const char *path, const char *mode) { return open_stream(path, mode, REAL(fopen)); }
FILE *fopen64(const char *path, const char *mode) { return open_stream(path, mode, REAL(fopen64)); }

int close(int descriptor) {
  if (descriptor >= 0 && descriptor < MOST_FILES) ours[descriptor] = 0;
  return REAL(close)(descriptor);
}

// MARK: Writing

static const char *name_of(int descriptor, char *place, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, place, size - 1);
  place[length < 0 ? 0 : length] = 0;
  return place;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  if (!is_ours(descriptor)) return REAL(write)(descriptor, bytes, count);
  char name[PATH_MAX];
  int torn = 0, error = step(WRITE, "write", name_of(descriptor, name, sizeof name), &torn);
  if (error) { errno = error; return -1; }
  if (!torn || strcmp(deed, "short") != 0) {
    if (torn) { REAL(write)(descriptor, bytes, count / 2); die(); }
    return REAL(write)(descriptor, bytes, count);
  }
  return REAL(write)(descriptor, bytes, count > 1 ? count / 2 : count);
}

static ssize_t pwrite_it(int descriptor, const void *bytes, size_t count, off64_t offset) {
  if (!is_ours(descriptor)) return REAL(pwrite64)(descriptor, bytes, count, offset);
  char name[PATH_MAX];
  int torn = 0, error = step(WRITE, "pwrite", name_of(descriptor, name, sizeof name), &torn);
  if (error) { errno = error; return -1; }
  if (torn) count = count > 1 ? count / 2 : count;
  ssize_t result = REAL(pwrite64)(descriptor, bytes, count, offset);
  if (torn && strcmp(deed, "short") != 0) die();
  return result;
}
ssize_t pwrite(int d, const void *b, size_t c, off_t o) { return pwrite_it(d, b, c, o); }
ssize_t pwrite64(int d, const void *b, size_t c, off64_t o) { return pwrite_it(d, b, c, o); }

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  if (!is_ours(descriptor)) return REAL(writev)(descriptor, parts, count);
  char name[PATH_MAX];
  int torn = 0, error = step(WRITE, "writev", name_of(descriptor, name, sizeof name), &torn);
  if (error) { errno = error; return -1; }
  if (torn && strcmp(deed, "short") != 0) { REAL(writev)(descriptor, parts, count / 2); die(); }
  return REAL(writev)(descriptor, parts, count);
}

#define ON_DESCRIPTOR(kind, call, parameters, arguments) \
  int call parameters { \
    if (is_ours(descriptor)) { \
      char name[PATH_MAX]; \
      int error = step(kind, #call, name_of(descriptor, name, sizeof name), NULL); \
      if (error) { errno = error; return -1; } \
    } \
    return REAL(call) arguments; \
  }
ON_DESCRIPTOR(FLUSH, fsync, (int descriptor), (descriptor))
ON_DESCRIPTOR(FLUSH, fdatasync, (int descriptor), (descriptor))
ON_DESCRIPTOR(WRITE, ftruncate, (int descriptor, off_t length), (descriptor, length))
ON_DESCRIPTOR(WRITE, ftruncate64, (int descriptor, off64_t length), (descriptor, length))

// MARK: The clock

static long ahead(void) {
  const char *seconds = getenv("FAULT_CLOCK");
  return seconds ? atol(seconds) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += ahead();
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec time;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *place) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (place) *place = now.tv_sec;
  return now.tv_sec;
}

// MARK: Names

#define ON_NAME(kind, call, parameters, arguments, directory, path) \
  int call parameters { \
    if (is_below(directory, path)) { \
      int error = step(kind, #call, path, NULL); \
      if (error) { errno = error; return -1; } \
    } \
    return REAL(call) arguments; \
  }
ON_NAME(NAME, rename, (const char *old, const char *new), (old, new), AT_FDCWD, new)
ON_NAME(NAME, renameat, (int d1, const char *old, int d2, const char *new), (d1, old, d2, new), d2, new)
ON_NAME(NAME, renameat2, (int d1, const char *old, int d2, const char *new, unsigned flags), (d1, old, d2, new, flags), d2, new)
ON_NAME(NAME, link, (const char *old, const char *new), (old, new), AT_FDCWD, new)
ON_NAME(NAME, linkat, (int d1, const char *old, int d2, const char *new, int flags), (d1, old, d2, new, flags), d2, new)
ON_NAME(NAME, symlink, (const char *old, const char *new), (old, new), AT_FDCWD, new)
ON_NAME(MAKE, mkdir, (const char *path, mode_t mode), (path, mode), AT_FDCWD, path)
ON_NAME(MAKE, mkdirat, (int directory, const char *path, mode_t mode), (directory, path, mode), directory, path)
ON_NAME(REMOVE, unlink, (const char *path), (path), AT_FDCWD, path)
ON_NAME(REMOVE, unlinkat, (int directory, const char *path, int flags), (directory, path, flags), directory, path)
ON_NAME(REMOVE, rmdir, (const char *path), (path), AT_FDCWD, path)
ON_NAME(REMOVE, remove, (const char *path), (path), AT_FDCWD, path)
ON_NAME(WRITE, truncate, (const char *path, off_t length), (path, length), AT_FDCWD, path)

char *mkdtemp(char *template) {
  if (is_below(AT_FDCWD, template)) {
    int error = step(MAKE, "mkdtemp", template, NULL);
    if (error) { errno = error; return NULL; }
  }
  return REAL(mkdtemp)(template);
}

#define TEMPORARY(call, parameters, arguments) \
  int call parameters { \
    int below_it = is_below(AT_FDCWD, template); \
    if (below_it) { \
      int error = step(MAKE, #call, template, NULL); \
      if (error) { errno = error; return -1; } \
    } \
    return opened(REAL(call) arguments, below_it); \
  }
TEMPORARY(mkstemp, (char *template), (template))
TEMPORARY(mkstemp64, (char *template), (template))
TEMPORARY(mkostemp, (char *template, int flags), (template, flags))
TEMPORARY(mkostemp64, (char *template, int flags), (template, flags))
