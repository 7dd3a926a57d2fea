// K connections at once, each read to its end, R times over.

#define _GNU_SOURCE
#include "bench.h"
#include "drain.h"
#include "roles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

typedef struct {
  drained stream;
  uint64_t left;  // fetches after this one
} visitor;

static void connect_again(visitor *visitor, int epoll, uint16_t port) {
  visitor->stream = (drained){.fd = bench_connect(port, true)};
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = visitor};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, visitor->stream.fd, &event) != 0) {
    bench_fail_errno("epoll_ctl");
  }
}

int fetch(int argc, char **argv) {
  uint64_t port = 0, connections = 1, repeat = 1;
  const char *style_name = "discard";
  const bench_option options[] = {
      {"--connect", .number = &port, .least = 1, .most = 65535, .required = true},
      {"--connections", .number = &connections, .least = 1, .most = MOST_CONNECTIONS},
      {"--repeat", .number = &repeat, .least = 1, .most = 1000000},
      {"--drain", .text = &style_name},
  };
  bench_parse(argc, argv, options, sizeof options / sizeof *options);
  drain_style style = drain_style_named(style_name);
  bench_catch_interrupts();

  int epoll = epoll_create1(EPOLL_CLOEXEC);
  visitor *visitors = calloc(connections, sizeof *visitors);
  if (epoll < 0 || visitors == NULL) bench_fail("no epoll or no memory for the connections.");
  uint64_t start = bench_now(), bytes = 0, ended = 0;
  for (uint64_t i = 0; i < connections; i++) {
    visitors[i].left = repeat - 1;
    connect_again(&visitors[i], epoll, (uint16_t)port);
  }

  struct epoll_event events[64];
  while (ended < connections * repeat && !bench_interrupted()) {
    int count = epoll_wait(epoll, events, 64, -1);
    if (count < 0 && errno != EINTR) bench_fail_errno("epoll_wait");
    for (int i = 0; i < count; i++) {
      visitor *visitor = events[i].data.ptr;
      if (drain_some(&visitor->stream, style)) continue;
      bytes += visitor->stream.received;
      close(visitor->stream.fd);
      ended++;
      if (visitor->left == 0) continue;
      visitor->left--;
      connect_again(visitor, epoll, (uint16_t)port);
    }
  }
  printf("{\"bytes\":%llu,\"connections\":%llu,\"seconds\":%.6f}\n", (unsigned long long)bytes,
         (unsigned long long)ended, (double)(bench_now() - start) / 1e9);
  return 0;
}
