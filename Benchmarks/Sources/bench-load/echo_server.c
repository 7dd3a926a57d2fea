// Sends back what it receives. Runs until SIGTERM.

#define _GNU_SOURCE
#include "bench.h"
#include "roles.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define CHUNK 262144

static uint8_t buffer[CHUNK];

/// Everything, waiting where the socket is full: the other ends here read
/// whatever they are owed, so waiting for one of them holds up nobody for long.
static bool write_all(int fd, size_t count) {
  size_t given = 0;
  while (given < count) {
    ssize_t wrote = write(fd, buffer + given, count - given);
    if (wrote >= 0) {
      given += (size_t)wrote;
    } else if (errno == EAGAIN) {
      struct pollfd full = {.fd = fd, .events = POLLOUT};
      poll(&full, 1, 1000);
      if (bench_interrupted()) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

/// The bytes echoed; -1 at the end of the connection.
static ssize_t echo_some(int fd) {
  ssize_t taken = read(fd, buffer, CHUNK);
  if (taken < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (taken <= 0 || !write_all(fd, (size_t)taken)) return -1;
  return taken;
}

int echo_server(int argc, char **argv) {
  uint64_t port = 0;
  const bench_option options[] = {
      {"--listen", .number = &port, .most = 65535, .required = true},
  };
  bench_parse(argc, argv, options, sizeof options / sizeof *options);
  bench_catch_interrupts();

  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) bench_fail_errno("epoll_create1");
  uint16_t chosen;
  int listener = bench_listen((uint16_t)port, &chosen);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) bench_fail_errno("epoll_ctl");
  bench_ready(&chosen, 1);

  struct epoll_event events[256];
  uint64_t bytes = 0, connections = 0;
  while (!bench_interrupted()) {
    int count = epoll_wait(epoll, events, 256, -1);
    if (count < 0 && errno != EINTR) bench_fail_errno("epoll_wait");
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        while ((fd = bench_accept(listener, true)) >= 0) {
          event = (struct epoll_event){.events = EPOLLIN, .data.fd = fd};
          if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) bench_fail_errno("epoll_ctl");
          connections++;
        }
        continue;
      }
      ssize_t echoed = echo_some(fd);
      if (echoed < 0) close(fd);
      else bytes += (uint64_t)echoed;
    }
  }
  printf("{\"bytes\":%llu,\"connections\":%llu}\n", (unsigned long long)bytes,
         (unsigned long long)connections);
  return 0;
}
