#include "bench.h"
#include "server.h"

#include <poll.h>
#include <sys/sendfile.h>
#include <unistd.h>

void serve_blocking(const server *server) {
  for (;;) {
    struct pollfd waiting = {.fd = server->listener, .events = POLLIN};
    poll(&waiting, 1, -1);
    int client = bench_accept(server->listener, false);
    if (client < 0) continue;
    // An explicit offset: one open file serves everyone.
    off_t offset = 0;
    while (offset < server->size) {
      // Zero bytes: the file shrank. Less than promised is all there is to give.
      if (sendfile(client, server->file, &offset, (size_t)(server->size - offset)) <= 0) break;
    }
    close(client);
  }
}
