#define _GNU_SOURCE
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in loopback(uint16_t port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void send_at_once(int fd) {
  // The last segment of an echo must not wait for the delayed acknowledgement
  // of the one before it.
  int on = 1;
  if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
    bench_fail_errno("setsockopt(TCP_NODELAY)");
  }
}

int bench_listen(uint16_t port, uint16_t *chosen) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) bench_fail_errno("socket");
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = loopback(port);
  socklen_t length = sizeof address;
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) bench_fail_errno("bind");
  // A backlog for every idle connection of the idle scenario at once.
  if (listen(fd, 4096) != 0) bench_fail_errno("listen");
  if (getsockname(fd, (struct sockaddr *)&address, &length) != 0) bench_fail_errno("getsockname");
  *chosen = ntohs(address.sin_port);
  return fd;
}

int bench_accept(int listener, bool nonblocking) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0));
    if (fd >= 0) {
      send_at_once(fd);
      return fd;
    }
    if (errno == EAGAIN || errno == EINTR) return -1;
    if (errno != ECONNABORTED) bench_fail_errno("accept4");
  }
}

int bench_connect(uint16_t port, bool nonblocking) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) bench_fail_errno("socket");
  struct sockaddr_in address = loopback(port);
  // Blocking, also for the programs of one thread: over loopback the handshake
  // is over before connect returns.
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) bench_fail_errno("connect");
  send_at_once(fd);
  if (nonblocking && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0) {
    bench_fail_errno("fcntl(O_NONBLOCK)");
  }
  return fd;
}

void bench_ready(const uint16_t *ports, size_t count) {
  printf("{\"ready\":true");
  if (count > 0) printf(",\"port\":%u,\"ports\":[", ports[0]);
  for (size_t i = 0; i < count; i++) printf(i == 0 ? "%u" : ",%u", ports[i]);
  puts(count > 0 ? "]}" : "}");
  fflush(stdout);
}
