// The limit for a file server: accept, send the whole file by sendfile, close.
// The socket buffers stay as the kernel made them.

#include "bench.h"
#include "server.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

int main(int argc, char **argv) {
  bench_start("bare-sendfile");
  bench_ignore_sigpipe();

  uint64_t listen = 0;
  const char *path = NULL, *mode = "epoll";
  const bench_option options[] = {
      {"--listen", .number = &listen, .most = 65535, .required = true},
      {"--file", .text = &path, .required = true},
      {"--mode", .text = &mode},
  };
  bench_parse(argc, argv, options, sizeof options / sizeof *options);

  void (*serve)(const server *) = NULL;
  if (strcmp(mode, "blocking") == 0) serve = serve_blocking;
  if (strcmp(mode, "epoll") == 0) serve = serve_epoll;
  if (serve == NULL) bench_fail("--mode is blocking or epoll, not '%s'.", mode);

  server server = {.file = open(path, O_RDONLY | O_CLOEXEC)};
  struct stat facts;
  if (server.file < 0 || fstat(server.file, &facts) != 0) bench_fail_errno(path);
  if (!S_ISREG(facts.st_mode)) bench_fail("%s is not a regular file.", path);
  server.size = facts.st_size;

  uint16_t chosen;
  server.listener = bench_listen((uint16_t)listen, &chosen);
  bench_ready(&chosen, 1);
  serve(&server);
}
