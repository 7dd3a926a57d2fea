#define _GNU_SOURCE
#include "epoll.h"

#include "bench.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256

struct connection;

// What epoll hands back: one end of a connection, or a listener.
typedef struct end {
  struct connection *connection;
  const relay_port *port;
  bool is_client;
} end;

typedef struct connection {
  end client, upstream;
  direction there, back;
  bool over;
  struct connection *next_over;
} connection;

static void watch(int epoll, int fd, uint32_t events, end *end) {
  struct epoll_event event = {.events = events, .data.ptr = end};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) bench_fail_errno("epoll_ctl");
}

static void accept_all(int epoll, const relay_port *port, const relay *relay, const pump *pump) {
  int fd;
  while ((fd = bench_accept(port->listener, true)) >= 0) {
    connection *made = calloc(1, sizeof *made);
    if (made == NULL) bench_fail("no memory for a connection.");
    int upstream = bench_connect(port->to, true);
    made->there = (direction){.source = fd, .sink = upstream};
    made->back = (direction){.source = upstream, .sink = fd};
    pump->open(&made->there, relay);
    pump->open(&made->back, relay);
    made->client = (end){.connection = made, .is_client = true};
    made->upstream = (end){.connection = made};
    uint32_t events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    watch(epoll, fd, events, &made->client);
    watch(epoll, upstream, events, &made->upstream);
  }
}

static void advance(direction *way, const pump *pump) {
  if (way->flow != flowing) return;
  pump->move(way);
  // The end goes on only when nothing is left in between.
  if (way->flow == ended) shutdown(way->sink, SHUT_WR);
}

static void handle(end *end, uint32_t events, const pump *pump) {
  connection *connection = end->connection;
  direction *from_it = end->is_client ? &connection->there : &connection->back;
  direction *to_it = end->is_client ? &connection->back : &connection->there;
  if (events & (EPOLLRDHUP | EPOLLHUP)) from_it->end_announced = true;
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) advance(from_it, pump);
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) advance(to_it, pump);
}

static bool is_over(const connection *connection) {
  if (connection->there.flow == broken || connection->back.flow == broken) return true;
  return connection->there.flow == ended && connection->back.flow == ended;
}

static void release(connection *connection, const pump *pump) {
  close(connection->there.source);
  close(connection->there.sink);
  pump->close(&connection->there);
  pump->close(&connection->back);
  free(connection);
}

void run_epoll(const relay *relay, const pump *pump) {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) bench_fail_errno("epoll_create1");
  end listeners[MOST_LISTENERS];
  for (size_t i = 0; i < relay->count; i++) {
    listeners[i] = (end){.port = &relay->ports[i]};
    watch(epoll, relay->ports[i].listener, EPOLLIN, &listeners[i]);
  }
  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, -1);
    if (count < 0 && errno != EINTR) bench_fail_errno("epoll_wait");
    // Freed after the batch: both ends of a connection can be in it.
    connection *over = NULL;
    for (int i = 0; i < count; i++) {
      end *end = events[i].data.ptr;
      if (end->connection == NULL) {
        accept_all(epoll, end->port, relay, pump);
        continue;
      }
      connection *connection = end->connection;
      if (connection->over) continue;
      handle(end, events[i].events, pump);
      if (is_over(connection)) {
        connection->over = true;
        connection->next_over = over;
        over = connection;
      }
    }
    while (over != NULL) {
      connection *next = over->next_over;
      release(over, pump);
      over = next;
    }
  }
}
