// The least that can answer a GET: one thread, edge-triggered epoll, and one file, which stays open, for all who ask at a time.

#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <sys/types.h>

/// Up to this many bytes of a file go out with the head, from memory.
#define SMALL (16 << 10)

/// What is answered to a target.
typedef struct {
  const char *root;
  /// The target that it is for, without its end; the next one takes its place.
  char target[1024];
  size_t target_length;
  /// The head, and a small file behind it.
  char memory[SMALL + 256];
  size_t memory_length;
  /// A larger file, or -1.
  int file;
  off_t size;
} content;

typedef struct {
  int client;
  char request[4096];
  size_t filled;
  /// Whether an answer is under way, and how much of it has gone.
  bool answering;
  size_t from_memory;
  off_t from_file;
} connection;

/// Makes `content` that of `target`; false where there is no such file.
bool find(content *content, const char *target, size_t length);

/// Does what can be done now; true when the connection is over.
bool serve(connection *connection, content *content);

#endif
