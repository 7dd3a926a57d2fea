// The least that can answer a GET: one thread, edge-triggered epoll, and files that stay open.

#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <sys/types.h>

/// Up to this many bytes of a file go out with the head, from memory.
#define SMALL (16 << 10)

/// What is answered to a target, from the first time on.
typedef struct content {
  char target[256];
  size_t target_length;
  /// The head, and a small file behind it.
  char memory[SMALL + 256];
  size_t memory_length;
  /// A larger file, or -1.
  int file;
  off_t size;
  struct content *next;
} content;

typedef struct {
  const char *root;
  content *known;
} site;

typedef struct {
  int client;
  char request[4096];
  size_t filled;
  /// Whether the client has said its last.
  bool ended;
  /// The answer that is under way, or NULL, and how much of it has gone.
  const content *answer;
  size_t from_memory;
  off_t from_file;
} connection;

/// What is answered to `target`; NULL where there is no such file.
const content *find(site *site, const char *target, size_t length);

/// Does what can be done now; true when the connection is over.
bool serve(connection *connection, site *site);

#endif
