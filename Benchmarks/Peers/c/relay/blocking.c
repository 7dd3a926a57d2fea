// One connection at a time; two threads, one a direction, each in a loop of two
// blocking splices. Nothing is cheaper in user space, and nothing scales less.

#define _GNU_SOURCE
#include "bench.h"
#include "relay.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  int source, sink;
  size_t pipe_bytes;
} direction;

static void *pump(void *argument) {
  const direction *way = argument;
  int ends[2];
  size_t capacity;
  open_pipe(ends, way->pipe_bytes, false, &capacity);
  for (;;) {
    ssize_t taken = splice(way->source, NULL, ends[1], NULL, capacity, SPLICE_F_MOVE);
    if (taken <= 0) break;
    while (taken > 0) {
      ssize_t given = splice(ends[0], NULL, way->sink, NULL, (size_t)taken, SPLICE_F_MOVE);
      if (given <= 0) goto over;
      taken -= given;
    }
  }
over:
  // The pipe is empty here unless the sink is gone: the end cannot overtake a byte.
  shutdown(way->sink, SHUT_WR);
  close(ends[0]);
  close(ends[1]);
  return NULL;
}

void relay_blocking(const relay *relay) {
  const relay_port *port = &relay->ports[0];
  for (;;) {
    struct pollfd waiting = {.fd = port->listener, .events = POLLIN};
    poll(&waiting, 1, -1);
    int client = bench_accept(port->listener, false);
    if (client < 0) continue;
    int upstream = bench_connect(port->to, false);
    direction there = {client, upstream, relay->pipe_bytes};
    direction back = {upstream, client, relay->pipe_bytes};
    pthread_t thread;
    if (pthread_create(&thread, NULL, pump, &back) != 0) bench_fail("no thread for a connection.");
    pump(&there);
    pthread_join(thread, NULL);
    close(client);
    close(upstream);
  }
}
