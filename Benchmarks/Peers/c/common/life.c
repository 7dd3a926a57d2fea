#define _GNU_SOURCE
#include "bench.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

static const char *program_name = "bench";
static volatile sig_atomic_t interrupted = 0;

void bench_start(const char *program) {
  program_name = program;
  // A driver that is killed cannot end its children; the kernel can.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

void bench_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

static void remember_interrupt(int number) {
  (void)number;
  interrupted = 1;
}

void bench_catch_interrupts(void) {
  // Without SA_RESTART: the call that waits has to return.
  struct sigaction action = {.sa_handler = remember_interrupt};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

bool bench_interrupted(void) { return interrupted != 0; }

void bench_fail(const char *sentence, ...) {
  va_list arguments;
  va_start(arguments, sentence);
  fprintf(stderr, "%s: ", program_name);
  vfprintf(stderr, sentence, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

void bench_fail_errno(const char *call) { bench_fail("%s: %s", call, strerror(errno)); }

static uint64_t nanoseconds(struct timespec time) {
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t bench_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return nanoseconds(now);
}

uint64_t bench_cpu_of(int pid) {
  clockid_t clock;
  struct timespec spent;
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &spent) != 0) return 0;
  return nanoseconds(spent);
}
