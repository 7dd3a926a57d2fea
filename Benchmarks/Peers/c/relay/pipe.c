#define _GNU_SOURCE
#include "relay.h"

#include "bench.h"

#include <fcntl.h>
#include <unistd.h>

void open_pipe(int ends[2], size_t bytes, bool nonblocking, size_t *capacity) {
  if (pipe2(ends, O_CLOEXEC | (nonblocking ? O_NONBLOCK : 0)) != 0) bench_fail_errno("pipe2");
  // The kernel refuses to grow the pipes of a user who owns many pages of them;
  // what it gave then still works.
  int size = fcntl(ends[1], F_SETPIPE_SZ, (int)bytes);
  if (size < 0) size = fcntl(ends[1], F_GETPIPE_SZ);
  if (size < 0) bench_fail_errno("fcntl(F_GETPIPE_SZ)");
  *capacity = (size_t)size;
}
