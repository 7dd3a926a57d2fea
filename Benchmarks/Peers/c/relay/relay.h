// What the parts of the relay share.

#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOST_LISTENERS 4

typedef struct {
  int listener;
  uint16_t to;
} relay_port;

typedef struct relay {
  relay_port ports[MOST_LISTENERS];
  size_t count;
  size_t pipe_bytes;
} relay;

/// Many connections, one thread, edge-triggered epoll, splice.
void relay_splice(const relay *relay);

/// A pipe of `bytes`, or of what the kernel gives; `capacity` says which.
void open_pipe(int ends[2], size_t bytes, bool nonblocking, size_t *capacity);

#endif
