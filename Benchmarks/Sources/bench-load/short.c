// Short connections: connect, send a message, get it back, close. K at a time, N in all.

#define _GNU_SOURCE
#include "bench.h"
#include "roles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  int fd;
  size_t received;
} visit;

static uint8_t question[BENCH_PATTERN], answer[BENCH_PATTERN];
static size_t size = 1024;

static void begin(int epoll, visit *visit, uint16_t port) {
  visit->fd = bench_connect(port, false);
  visit->received = 0;
  if (write(visit->fd, question, size) != (ssize_t)size) bench_fail_errno("write");
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = visit};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, visit->fd, &event) != 0) bench_fail_errno("epoll_ctl");
}

/// True when the whole answer is there and right.
static bool read_on(visit *visit) {
  ssize_t taken = read(visit->fd, answer, size - visit->received);
  if (taken < 0 && errno == EINTR) return false;
  if (taken < 0) bench_fail_errno("read");
  if (taken == 0) bench_fail("a connection ended before its answer did.");
  if (memcmp(answer, question + visit->received, (size_t)taken) != 0) {
    bench_fail("an answer differs from what was sent.");
  }
  visit->received += (size_t)taken;
  return visit->received == size;
}

int short_connections(int argc, char **argv) {
  uint64_t port = 0, message = 1024, connections = 1, count = 0;
  const bench_option options[] = {
      {"--connect", .number = &port, .least = 1, .most = 65535, .required = true},
      {"--size", .number = &message, .least = 1, .most = BENCH_PATTERN},
      {"--connections", .number = &connections, .least = 1, .most = 1024},
      {"--count", .number = &count, .least = 1, .most = 10000000, .required = true},
  };
  bench_parse(argc, argv, options, sizeof options / sizeof *options);
  bench_catch_interrupts();
  size = message;
  bench_pattern(question);

  int epoll = epoll_create1(EPOLL_CLOEXEC);
  visit *visits = calloc(connections, sizeof *visits);
  if (epoll < 0 || visits == NULL) bench_fail("no epoll or no memory for the connections.");
  uint64_t begun = 0, ended = 0, start = bench_now();
  for (; begun < connections && begun < count; begun++) begin(epoll, &visits[begun], (uint16_t)port);
  struct epoll_event events[256];
  while (ended < count) {
    int ready = epoll_wait(epoll, events, 256, -1);
    if (ready < 0 && errno != EINTR) bench_fail_errno("epoll_wait");
    if (bench_interrupted()) bench_fail("interrupted after %llu connections.", (unsigned long long)ended);
    for (int i = 0; i < ready; i++) {
      visit *visit = events[i].data.ptr;
      if (!read_on(visit)) continue;
      // With a reset: twenty thousand ports in TIME_WAIT would be all there are.
      struct linger at_once = {1, 0};
      setsockopt(visit->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      close(visit->fd);
      ended++;
      if (begun < count) {
        begin(epoll, visit, (uint16_t)port);
        begun++;
      }
    }
  }
  printf("{\"connections\":%llu,\"seconds\":%.6f}\n", (unsigned long long)ended,
         (double)(bench_now() - start) / 1e9);
  return 0;
}
