#include "bench.h"
#include "roles.h"

#include <string.h>
#include <unistd.h>

/// No role outlives this, whoever forgot it.
#define LONGEST_LIFE_SECONDS 1800

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*run)(int, char **);
  } roles[] = {
      {"source", source}, {"sink", sink}, {"fetch", fetch},
      {"echo-server", echo_server}, {"echo", echo}, {"idle", idle}, {"short", short_connections},
  };
  bench_start("bench-load");
  bench_ignore_sigpipe();
  alarm(LONGEST_LIFE_SECONDS);
  for (size_t i = 0; argc > 1 && i < sizeof roles / sizeof *roles; i++) {
    if (strcmp(argv[1], roles[i].name) == 0) return roles[i].run(argc - 1, argv + 1);
  }
  bench_fail("the first argument is source, sink, fetch, echo-server, echo, idle or short.");
}
