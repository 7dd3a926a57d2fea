// Accepts and drains; ends after --connections of them have ended, or at SIGTERM.
// With --announce it says {"flowing":true} once that many bytes came, for a driver
// that has to know that a bulk transfer is under way.

#define _GNU_SOURCE
#include "bench.h"
#include "drain.h"
#include "roles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static void accept_all(int epoll, int listener) {
  int fd;
  while ((fd = bench_accept(listener, true)) >= 0) {
    drained *stream = calloc(1, sizeof *stream);
    if (stream == NULL) bench_fail("no memory for a connection.");
    stream->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = stream};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) bench_fail_errno("epoll_ctl");
  }
}

int sink(int argc, char **argv) {
  uint64_t port = 0, connections = UINT64_MAX, announce = UINT64_MAX;
  const char *style_name = "discard";
  const bench_option options[] = {
      {"--listen", .number = &port, .most = 65535, .required = true},
      {"--connections", .number = &connections, .least = 1, .most = MOST_CONNECTIONS},
      {"--announce", .number = &announce, .least = 1, .most = UINT64_MAX / 2},
      {"--drain", .text = &style_name},
  };
  bench_parse(argc, argv, options, sizeof options / sizeof *options);
  drain_style style = drain_style_named(style_name);
  bench_catch_interrupts();

  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) bench_fail_errno("epoll_create1");
  uint16_t chosen;
  int listener = bench_listen((uint16_t)port, &chosen);
  struct epoll_event listening = {.events = EPOLLIN};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &listening) != 0) bench_fail_errno("epoll_ctl");
  bench_ready(&chosen, 1);

  struct epoll_event events[64];
  uint64_t bytes = 0, ended = 0, first = 0, last = 0;
  while (ended < connections && !bench_interrupted()) {
    int count = epoll_wait(epoll, events, 64, -1);
    if (count < 0 && errno != EINTR) bench_fail_errno("epoll_wait");
    if (count > 0 && first == 0) first = bench_now();
    for (int i = 0; i < count; i++) {
      drained *stream = events[i].data.ptr;
      if (stream == NULL) {
        accept_all(epoll, listener);
        continue;
      }
      uint64_t before = stream->received;
      bool more = drain_some(stream, style);
      bytes += stream->received - before;
      if (bytes >= announce) {
        puts("{\"flowing\":true}");
        fflush(stdout);
        announce = UINT64_MAX;
      }
      if (more) continue;
      close(stream->fd);
      free(stream);
      ended++;
    }
  }
  last = bench_now();
  printf("{\"bytes\":%llu,\"connections\":%llu,\"seconds\":%.6f}\n", (unsigned long long)bytes,
         (unsigned long long)ended, first == 0 ? 0.0 : (double)(last - first) / 1e9);
  return 0;
}
