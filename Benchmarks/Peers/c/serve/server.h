// What both ways of serving the file share.

#ifndef SERVER_H
#define SERVER_H

#include <sys/types.h>

typedef struct {
  int listener;
  int file;
  off_t size;
} server;

/// One connection at a time, blocking sendfile.
void serve_blocking(const server *server);
/// Many connections in one thread, edge-triggered epoll.
void serve_epoll(const server *server);

#endif
