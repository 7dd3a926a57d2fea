// What every program of this package needs: options, loopback sockets, one
// line of JSON out, and the promise that nobody outlives the harness.

#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- life.c

/// Names the program in its messages, lets it have as many descriptors as the hard
/// limit allows, and asks the kernel to end it when its parent ends.
void bench_start(const char *program);

/// splice and sendfile have no MSG_NOSIGNAL. The engine has its own answer.
void bench_ignore_sigpipe(void);

/// One sentence on standard error, exit 1.
_Noreturn void bench_fail(const char *sentence, ...) __attribute__((format(printf, 1, 2)));
/// The same with the text of errno after it.
_Noreturn void bench_fail_errno(const char *call);

// ---- options.c

typedef struct {
  const char *name;      // "--listen"
  const char **text;     // takes a word, or
  bool *flag;            // takes nothing, or
  uint64_t *number;      // takes a number between `least` and `most`
  uint64_t least, most;
  size_t *count;         // with a number: how many were given ...
  size_t capacity;       // ... into an array of this many
  bool required;
} bench_option;

/// Fills the options from the arguments; a bad one ends the program with a sentence.
void bench_parse(int argc, char **argv, const bench_option *options, size_t count);

// ---- sockets.c

/// A listener on 127.0.0.1. Port 0 lets the kernel choose; the chosen one is stored.
int bench_listen(uint16_t port, uint16_t *chosen);
/// The next connection with TCP_NODELAY, or -1 with errno for EAGAIN and EINTR.
int bench_accept(int listener, bool nonblocking);
/// A connection to 127.0.0.1 with TCP_NODELAY.
int bench_connect(uint16_t port, bool nonblocking);

/// {"ready":true,...} on standard output: what the driver waits for.
void bench_ready(const uint16_t *ports, size_t count);

#endif
