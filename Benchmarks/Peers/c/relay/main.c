// The limit for a relay: the plain loops a good C programmer would write, with
// the socket buffers as the kernel made them.

#include "bench.h"
#include "relay.h"

#include <string.h>

int main(int argc, char **argv) {
  bench_start("bare-splice");
  bench_ignore_sigpipe();

  uint64_t listen[MOST_LISTENERS], to[MOST_LISTENERS], pipe_bytes = 1 << 20;
  size_t listens = 0, tos = 0;
  const char *mode = "epoll";
  const bench_option options[] = {
      {"--listen", .number = listen, .most = 65535, .count = &listens, .capacity = MOST_LISTENERS,
       .required = true},
      {"--to", .number = to, .least = 1, .most = 65535, .count = &tos, .capacity = MOST_LISTENERS,
       .required = true},
      {"--mode", .text = &mode},
      {"--pipe", .number = &pipe_bytes, .least = 4096, .most = 1 << 30},
  };
  bench_parse(argc, argv, options, sizeof options / sizeof *options);
  if (listens != tos) bench_fail("every --listen needs its --to.");

  relay relay = {.count = tos, .pipe_bytes = pipe_bytes};
  uint16_t chosen[MOST_LISTENERS];
  for (size_t i = 0; i < tos; i++) {
    relay.ports[i].listener = bench_listen((uint16_t)listen[i], &chosen[i]);
    relay.ports[i].to = (uint16_t)to[i];
  }

  void (*run)(const struct relay *) = NULL;
  if (strcmp(mode, "blocking") == 0) run = relay_blocking;
  if (strcmp(mode, "epoll") == 0) run = relay_epoll_splice;
  if (strcmp(mode, "buffered") == 0) run = relay_epoll_buffered;
  if (run == NULL) bench_fail("--mode is blocking, epoll or buffered, not '%s'.", mode);
  if (run == relay_blocking && tos != 1) bench_fail("--mode blocking relays one port.");

  bench_ready(chosen, tos);
  run(&relay);
}
