// What both programs of files share: one thread, edge-triggered epoll, a state for each connection.

#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct {
  int listener;
  /// Bytes of a file.
  off_t size;
  /// The file that is served, or -1.
  int file;
  /// The folder for what comes, or NULL.
  const char *folder;
} files;

typedef struct {
  int client;
  /// Bytes of the file that were sent, or are in the file.
  off_t offset;
  /// Files that were asked for, and not begun or not sent yet.
  size_t owed;
  /// Where what comes is kept, and the pipe on the way.
  int file, pipe[2];
} connection;

/// What can be done now; true when the connection is over.
bool send_file(connection *connection, const files *files);
bool store_file(connection *connection, const files *files);

#endif
