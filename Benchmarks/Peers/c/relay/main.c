// The limit for a relay: the plain loop a good C programmer would write, with
// the socket buffers as the kernel made them.

#include "bench.h"
#include "relay.h"

int main(int argc, char **argv) {
  bench_start("bench-relay");
  bench_ignore_sigpipe();

  uint64_t listen[MOST_LISTENERS], to[MOST_LISTENERS], pipe_bytes = 1 << 20;
  size_t listens = 0, tos = 0;
  const bench_option options[] = {
      {"--listen", .number = listen, .most = 65535, .count = &listens, .capacity = MOST_LISTENERS,
       .required = true},
      {"--to", .number = to, .least = 1, .most = 65535, .count = &tos, .capacity = MOST_LISTENERS,
       .required = true},
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

  bench_ready(chosen, tos);
  relay_splice(&relay);
}
