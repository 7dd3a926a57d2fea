// The epoll loop: who is ready, and when a connection is over. What moves the
// bytes is the pump's own.

#ifndef EPOLL_H
#define EPOLL_H

#include "relay.h"

typedef enum { flowing, ended, broken } flow;

typedef struct {
  int source, sink;
  flow flow;
  int pipe[2];        // this direction's own
  size_t capacity;
  size_t held;        // bytes taken from the source and not accepted by the sink
  bool end_announced; // EPOLLRDHUP was seen: the last read must reach the end
  bool source_ended;
} direction;

typedef struct {
  void (*open)(direction *way, const relay *relay);
  /// Moves bytes until one side says EAGAIN, and updates `flow`.
  void (*move)(direction *way);
  void (*close)(direction *way);
} pump;

void run_epoll(const relay *relay, const pump *pump);

#endif
