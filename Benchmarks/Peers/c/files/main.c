// The limit for files over connections: each byte asks for the file (--serve), by sendfile; or each --size bytes become
// a file (--store), by splice, and a byte answers.

#define _GNU_SOURCE
#include "bench.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS 256

static void prepare(connection *connection, const files *files) {
  static unsigned number;
  if (files->folder == NULL) return;
  char path[4096];
  snprintf(path, sizeof path, "%s/stored-%u-c", files->folder, number++);
  connection->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (connection->file < 0) bench_fail_errno(path);
  if (pipe2(connection->pipe, O_CLOEXEC) != 0) bench_fail_errno("pipe2");
  // As much as one may have without privileges; less will do.
  fcntl(connection->pipe[1], F_SETPIPE_SZ, 1 << 20);
}

static void accept_all(int epoll, const files *files) {
  int fd;
  while ((fd = bench_accept(files->listener, true)) >= 0) {
    connection *made = calloc(1, sizeof *made);
    if (made == NULL) bench_fail("no memory for a connection.");
    made->client = fd;
    made->file = made->pipe[0] = made->pipe[1] = -1;
    prepare(made, files);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = made};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) bench_fail_errno("epoll_ctl");
  }
}

static void end(connection *connection) {
  int all[] = {connection->client, connection->file, connection->pipe[0], connection->pipe[1]};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (all[i] >= 0) close(all[i]);
  }
  free(connection);
}

static void run(const files *files) {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) bench_fail_errno("epoll_create1");
  struct epoll_event listening = {.events = EPOLLIN};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, files->listener, &listening) != 0) bench_fail_errno("epoll_ctl");
  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, -1);
    if (count < 0 && errno != EINTR) bench_fail_errno("epoll_wait");
    for (int i = 0; i < count; i++) {
      connection *connection = events[i].data.ptr;
      if (connection == NULL) {
        accept_all(epoll, files);
      } else if (files->folder == NULL ? send_file(connection, files) : store_file(connection, files)) {
        end(connection);
      }
    }
  }
}

int main(int argc, char **argv) {
  bench_start("files");
  bench_ignore_sigpipe();

  uint64_t listen = 0, size = 0;
  const char *serve = NULL, *store = NULL;
  const bench_option options[] = {
      {"--listen", .number = &listen, .most = 65535, .required = true},
      {"--size", .number = &size, .least = 1, .most = 1ul << 40, .required = true},
      {"--serve", .text = &serve},
      {"--store", .text = &store},
  };
  bench_parse(argc, argv, options, sizeof options / sizeof *options);
  if ((serve == NULL) == (store == NULL)) bench_fail("either --serve FILE or --store FOLDER is needed.");

  files files = {.size = (off_t)size, .file = -1, .folder = store};
  if (serve != NULL && (files.file = open(serve, O_RDONLY | O_CLOEXEC)) < 0) bench_fail_errno(serve);
  uint16_t chosen;
  files.listener = bench_listen((uint16_t)listen, &chosen);
  bench_ready(&chosen, 1);
  run(&files);
}
