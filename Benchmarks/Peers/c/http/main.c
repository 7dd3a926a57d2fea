// The limit for files over HTTP: a request is what ends with an empty line, its target is a path, and nothing else of it is
// looked at. Files stay open, small ones in memory.

#define _GNU_SOURCE
#include "bench.h"
#include "http.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS 256

static void accept_all(int epoll, int listener) {
  int fd;
  while ((fd = bench_accept(listener, true)) >= 0) {
    connection *made = calloc(1, sizeof *made);
    if (made == NULL) bench_fail("no memory for a connection.");
    made->client = fd;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = made};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) bench_fail_errno("epoll_ctl");
  }
}

static void run(int listener, site *site) {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) bench_fail_errno("epoll_create1");
  struct epoll_event listening = {.events = EPOLLIN};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &listening) != 0) bench_fail_errno("epoll_ctl");
  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, -1);
    if (count < 0 && errno != EINTR) bench_fail_errno("epoll_wait");
    for (int i = 0; i < count; i++) {
      connection *connection = events[i].data.ptr;
      if (connection == NULL) {
        accept_all(epoll, listener);
        continue;
      }
      if (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) connection->ended = true;
      if (serve(connection, site)) {
        close(connection->client);
        free(connection);
      }
    }
  }
}

int main(int argc, char **argv) {
  bench_start("http");
  bench_ignore_sigpipe();

  uint64_t listen = 0;
  const char *root = NULL;
  const bench_option options[] = {
      {"--listen", .number = &listen, .most = 65535, .required = true},
      {"--root", .text = &root, .required = true},
  };
  bench_parse(argc, argv, options, sizeof options / sizeof *options);

  site site = {.root = root};
  uint16_t chosen;
  int listener = bench_listen((uint16_t)listen, &chosen);
  bench_ready(&chosen, 1);
  run(listener, &site);
}
