#define _GNU_SOURCE
#include "bench.h"
#include "files.h"

#include <errno.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

bool send_file(connection *connection, const files *files) {
  for (;;) {
    while (connection->owed > 0) {
      size_t rest = (size_t)(files->size - connection->offset);
      ssize_t sent = sendfile(connection->client, files->file, &connection->offset, rest);
      if (sent < 0 && errno == EAGAIN) return false;
      if (sent < 0 && errno == EINTR) continue;
      // The client is gone, or the file shrank.
      if (sent <= 0) return true;
      if (connection->offset < files->size) continue;
      connection->offset = 0;
      connection->owed--;
    }
    char asked[64];
    ssize_t count = recv(connection->client, asked, sizeof asked, 0);
    if (count < 0 && errno == EAGAIN) return false;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    connection->owed = (size_t)count;
  }
}
