// What the three ways of relaying share.

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

/// One connection at a time, one thread a direction, blocking splice.
void relay_blocking(const relay *relay);
/// Many connections, one thread, edge-triggered epoll, splice.
void relay_epoll_splice(const relay *relay);
/// The same with read and write through one 64 KiB buffer.
void relay_epoll_buffered(const relay *relay);

/// A pipe of `bytes`, or of what the kernel gives; `capacity` says which.
void open_pipe(int ends[2], size_t bytes, bool nonblocking, size_t *capacity);

#endif
