/* A machine of a test's own: its wall clock and its boot, for every process that preloads this.
 *
 * FANGAN_TEST_MACHINE is a folder with `ahead` (seconds to add to the real time, a long in memory
 * that all processes share, so that the clock can be moved while they run), and `boot_id` and
 * `stat`, which are read in place of the kernel's. The monotonic clock stays real: what waits,
 * waits as long as it says.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const long none = 0;
static const volatile long *ahead = &none;

static int in_folder(char *path, size_t size, const char *name) {
    const char *folder = getenv("FANGAN_TEST_MACHINE");
    return folder && snprintf(path, size, "%s/%s", folder, name) < (int)size;
}

__attribute__((constructor)) static void share_clock(void) {
    char path[4096];
    int file = in_folder(path, sizeof path, "ahead") ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(0, sizeof none, PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) ahead = page;
    if (file >= 0) close(file);
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int code = real(clock, at);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) at->tv_sec += *ahead;
    return code;
}

time_t time(time_t *to) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (to) *to = at.tv_sec;
    return at.tv_sec;
}

int gettimeofday(struct timeval *at, void *zone) {
    (void)zone;
    struct timespec exact;
    int code = clock_gettime(CLOCK_REALTIME, &exact);
    at->tv_sec = exact.tv_sec;
    at->tv_usec = exact.tv_nsec / 1000;
    return code;
}

int sem_timedwait(sem_t *semaphore, const struct timespec *until) {
    static int (*real)(sem_t *, const struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec at = *until;
    at.tv_sec -= *ahead;
    return real(semaphore, &at);
}

int open64(const char *path, int flags, ...) {
    static int (*real)(const char *, int, ...);
    if (!real) real = dlsym(RTLD_NEXT, "open64");
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    char ours[4096];
    const char *name = !strcmp(path, "/proc/stat")                          ? "stat"
                       : !strcmp(path, "/proc/sys/kernel/random/boot_id") ? "boot_id"
                                                                            : NULL;
    return real(name && in_folder(ours, sizeof ours, name) ? ours : path, flags, mode);
}
