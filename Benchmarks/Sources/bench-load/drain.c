#define _GNU_SOURCE
#include "drain.h"

#include "bench.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define CHUNK 262144

static uint8_t buffer[CHUNK];
static uint8_t pattern[BENCH_PATTERN];

drain_style drain_style_named(const char *name) {
  bench_pattern(pattern);
  if (strcmp(name, "discard") == 0) return discarding;
  if (strcmp(name, "read") == 0) return reading;
  if (strcmp(name, "check") == 0) return checking;
  bench_fail("--drain is discard, read or check, not '%s'.", name);
}

bool drain_some(drained *stream, drain_style style) {
  ssize_t taken = recv(stream->fd, buffer, CHUNK, style == discarding ? MSG_TRUNC : 0);
  if (taken < 0) {
    if (errno == EAGAIN || errno == EINTR) return true;
    bench_fail_errno("recv");
  }
  if (style == checking &&
      !bench_matches(pattern, stream->received, buffer, (size_t)taken)) {
    bench_fail("the bytes after position %llu are not those that were sent.",
               (unsigned long long)stream->received);
  }
  stream->received += (uint64_t)taken;
  return taken > 0;
}
