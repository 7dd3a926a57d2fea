// Sends N/K bytes on each of K connections, then ends them.

#define _GNU_SOURCE
#include "bench.h"
#include "roles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  int fd;
  uint64_t sent, total;
} stream;

/// Once round the pattern at most; false when the connection is finished.
static bool send_some(stream *stream, const uint8_t *pattern) {
  size_t at = stream->sent % BENCH_PATTERN;
  uint64_t owed = stream->total - stream->sent;
  size_t piece = BENCH_PATTERN - at < owed ? BENCH_PATTERN - at : (size_t)owed;
  ssize_t sent = send(stream->fd, pattern + at, piece, 0);
  if (sent < 0) {
    if (errno == EAGAIN || errno == EINTR) return true;
    bench_fail_errno("send");
  }
  stream->sent += (uint64_t)sent;
  return stream->sent < stream->total;
}

int source(int argc, char **argv) {
  uint64_t port = 0, bytes = 0, connections = 1;
  const bench_option options[] = {
      {"--connect", .number = &port, .least = 1, .most = 65535, .required = true},
      {"--bytes", .number = &bytes, .least = 1, .most = UINT64_MAX / 2, .required = true},
      {"--connections", .number = &connections, .least = 1, .most = MOST_CONNECTIONS},
  };
  bench_parse(argc, argv, options, sizeof options / sizeof *options);
  bench_catch_interrupts();

  static uint8_t pattern[BENCH_PATTERN];
  bench_pattern(pattern);
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) bench_fail_errno("epoll_create1");
  stream *streams = calloc(connections, sizeof *streams);
  if (streams == NULL) bench_fail("no memory for the connections.");
  uint64_t start = bench_now(), open = connections;
  for (uint64_t i = 0; i < connections; i++) {
    // The first ones carry what does not divide.
    uint64_t share = bytes / connections + (i < bytes % connections ? 1 : 0);
    streams[i] = (stream){.fd = bench_connect((uint16_t)port, true), .total = share};
    // Level-triggered: every connection gets its turn with one piece.
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = &streams[i]};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, streams[i].fd, &event) != 0) bench_fail_errno("epoll_ctl");
  }

  struct epoll_event events[64];
  while (open > 0 && !bench_interrupted()) {
    int count = epoll_wait(epoll, events, 64, -1);
    if (count < 0 && errno != EINTR) bench_fail_errno("epoll_wait");
    for (int i = 0; i < count; i++) {
      stream *stream = events[i].data.ptr;
      if (send_some(stream, pattern)) continue;
      close(stream->fd);
      open--;
    }
  }
  uint64_t sent = 0;
  for (uint64_t i = 0; i < connections; i++) sent += streams[i].sent;
  printf("{\"bytes\":%llu,\"connections\":%llu,\"seconds\":%.6f}\n", (unsigned long long)sent,
         (unsigned long long)connections, (double)(bench_now() - start) / 1e9);
  return 0;
}
