#define _GNU_SOURCE
#include "bench.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

bool store_file(connection *connection, const files *files) {
  for (;;) {
    size_t rest = (size_t)(files->size - connection->offset);
    ssize_t count = splice(connection->client, NULL, connection->pipe[1], NULL, rest, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (count < 0 && errno == EAGAIN) return false;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    while (count > 0) {
      ssize_t kept = splice(connection->pipe[0], NULL, connection->file, &connection->offset, (size_t)count, SPLICE_F_MOVE);
      if (kept < 0 && errno == EINTR) continue;
      if (kept <= 0) bench_fail_errno("splice into the file");
      count -= kept;
    }
    if (connection->offset < files->size) continue;
    connection->offset = 0;
    // One byte finds room: its client waits for it.
    if (send(connection->client, "\1", 1, MSG_NOSIGNAL) != 1) return true;
  }
}
