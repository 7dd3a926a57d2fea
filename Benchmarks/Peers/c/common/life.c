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

static const char *program_name = "bench";

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
