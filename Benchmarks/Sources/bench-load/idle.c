// Opens K connections, proves each with one byte there and back, and holds them.

#define _GNU_SOURCE
#include "bench.h"
#include "roles.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

int idle(int argc, char **argv) {
  uint64_t port = 0, connections = 1, hold = 0;
  const bench_option options[] = {
      {"--connect", .number = &port, .least = 1, .most = 65535, .required = true},
      {"--connections", .number = &connections, .least = 1, .most = MOST_CONNECTIONS,
       .required = true},
      {"--hold", .number = &hold, .most = 1200, .required = true},
  };
  bench_parse(argc, argv, options, sizeof options / sizeof *options);
  bench_catch_interrupts();

  for (uint64_t i = 0; i < connections; i++) {
    int fd = bench_connect((uint16_t)port, false);
    char question = (char)i, answer = 0;
    // An accepted connection proves only the kernel's backlog; an answer proves
    // that the relay has it and its upstream.
    if (write(fd, &question, 1) != 1) bench_fail_errno("write");
    if (read(fd, &answer, 1) != 1 || answer != question) {
      bench_fail("connection %llu of %llu gave no echo.", (unsigned long long)i + 1,
                 (unsigned long long)connections);
    }
  }
  bench_ready(NULL, 0);

  // Until the driver says so, or the time is over, whichever comes first.
  uint64_t start = bench_now();
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  int64_t left = (int64_t)(hold * 1000);
  while (!bench_interrupted() && left > 0) {
    int ready = poll(&input, 1, (int)left);
    if (ready > 0) {
      char word;
      // An input that ended (a program run by hand from /dev/null) is no signal.
      if (read(STDIN_FILENO, &word, 1) > 0) break;
      input.fd = -1;
    }
    left = (int64_t)(hold * 1000) - (int64_t)((bench_now() - start) / 1000000);
  }
  printf("{\"connections\":%llu,\"seconds\":%.3f}\n", (unsigned long long)connections,
         (double)(bench_now() - start) / 1e9);
  return 0;
}
