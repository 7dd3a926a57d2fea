#define _GNU_SOURCE
#include "bench.h"
#include "server.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define EVENTS 256

typedef struct {
  int client;
  off_t offset;
} connection;

/// Sends until the socket takes no more; true when the connection is over.
static bool send_on(connection *connection, const server *server) {
  while (connection->offset < server->size) {
    size_t owed = (size_t)(server->size - connection->offset);
    ssize_t sent = sendfile(connection->client, server->file, &connection->offset, owed);
    if (sent > 0) continue;
    if (sent < 0 && errno == EAGAIN) return false;
    if (sent < 0 && errno == EINTR) continue;
    return true;  // the client is gone, or the file shrank
  }
  return true;
}

static void accept_all(int epoll, const server *server) {
  int fd;
  while ((fd = bench_accept(server->listener, true)) >= 0) {
    connection *made = calloc(1, sizeof *made);
    if (made == NULL) bench_fail("no memory for a connection.");
    made->client = fd;
    // The first edge, writable at once, starts the transfer.
    struct epoll_event event = {.events = EPOLLOUT | EPOLLET, .data.ptr = made};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) bench_fail_errno("epoll_ctl");
  }
}

void serve_epoll(const server *server) {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) bench_fail_errno("epoll_create1");
  struct epoll_event listening = {.events = EPOLLIN};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, server->listener, &listening) != 0) {
    bench_fail_errno("epoll_ctl");
  }
  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, -1);
    if (count < 0 && errno != EINTR) bench_fail_errno("epoll_wait");
    for (int i = 0; i < count; i++) {
      connection *connection = events[i].data.ptr;
      if (connection == NULL) {
        accept_all(epoll, server);
      } else if (send_on(connection, server)) {
        close(connection->client);
        free(connection);
      }
    }
  }
}
