#define _GNU_SOURCE
#include "http.h"

#include <errno.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

typedef enum { whole, partly, gone } progress;

static progress answer(connection *connection, const content *content) {
  bool has_file = content->file >= 0;
  while (connection->from_memory < content->memory_length) {
    // Head and file leave together.
    ssize_t sent = send(connection->client, content->memory + connection->from_memory,
                        content->memory_length - connection->from_memory, has_file ? MSG_MORE : 0);
    if (sent < 0 && errno == EAGAIN) return partly;
    if (sent < 0 && errno != EINTR) return gone;
    if (sent > 0) connection->from_memory += (size_t)sent;
  }
  while (has_file && connection->from_file < content->size) {
    size_t rest = (size_t)(content->size - connection->from_file);
    ssize_t sent = sendfile(connection->client, content->file, &connection->from_file, rest);
    if (sent < 0 && errno == EAGAIN) return partly;
    // The client is gone, or the file shrank.
    if (sent == 0 || (sent < 0 && errno != EINTR)) return gone;
  }
  return whole;
}

/// The length of the first request in the buffer, 0 where it is not whole.
static size_t request_length(const connection *connection) {
  const char *end = memmem(connection->request, connection->filled, "\r\n\r\n", 4);
  return end == NULL ? 0 : (size_t)(end - connection->request) + 4;
}

/// Looks at the method and at the target, and at nothing else.
static bool begin(connection *connection, content *content) {
  const char *target = connection->request + 4;
  const char *end = memchr(target, ' ', connection->filled - 4);
  if (memcmp(connection->request, "GET /", 5) != 0 || end == NULL) return false;
  connection->from_memory = 0;
  connection->from_file = 0;
  return connection->answering = find(content, target, (size_t)(end - target));
}

bool serve(connection *connection, content *content) {
  for (;;) {
    if (connection->answering) {
      progress progress = answer(connection, content);
      if (progress != whole) return progress == gone;
      connection->answering = false;
    }
    size_t length = request_length(connection);
    if (length > 0) {
      if (!begin(connection, content)) return true;
      connection->filled -= length;
      memmove(connection->request, connection->request + length, connection->filled);
      // What is behind it has to wait; nothing behind it means that there is nothing to read before the next event.
      if (connection->filled == 0) {
        progress progress = answer(connection, content);
        connection->answering = progress == partly;
        return progress == gone;
      }
      continue;
    }
    size_t room = sizeof connection->request - connection->filled;
    if (room == 0) return true;
    ssize_t count = recv(connection->client, connection->request + connection->filled, room, 0);
    if (count < 0 && errno == EAGAIN) return false;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    connection->filled += (size_t)count;
  }
}
