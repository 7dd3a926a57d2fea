#define _GNU_SOURCE
#include "http.h"

#include <errno.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

typedef enum { whole, partly, gone } progress;

static progress answer(connection *connection) {
  const content *content = connection->answer;
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
static bool begin(connection *connection, site *site) {
  const char *target = connection->request + 4;
  const char *end = memchr(target, ' ', connection->filled - 4);
  if (memcmp(connection->request, "GET /", 5) != 0 || end == NULL) return false;
  connection->from_memory = 0;
  connection->from_file = 0;
  connection->answer = find(site, target, (size_t)(end - target));
  return connection->answer != NULL;
}

bool serve(connection *connection, site *site) {
  // A read that did not fill the room has taken all there was: what comes later is an event of its own, but for an end that
  // has come already.
  bool is_drained = false;
  for (;;) {
    if (connection->answer != NULL) {
      progress progress = answer(connection);
      if (progress != whole) return progress == gone;
      connection->answer = NULL;
    }
    size_t length = request_length(connection);
    if (length > 0) {
      if (!begin(connection, site)) return true;
      connection->filled -= length;
      memmove(connection->request, connection->request + length, connection->filled);
      continue;
    }
    if (is_drained && !connection->ended) return false;
    size_t room = sizeof connection->request - connection->filled;
    if (room == 0) return true;
    ssize_t count = recv(connection->client, connection->request + connection->filled, room, 0);
    if (count < 0 && errno == EAGAIN) return false;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    connection->filled += (size_t)count;
    is_drained = (size_t)count < room;
  }
}
