// Ping-pong: one message under way on each of K connections, N in all, every
// answer compared with its question.

#define _GNU_SOURCE
#include "bench.h"
#include "roles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

typedef struct {
  int fd;
  uint8_t *question, *answer;
  size_t sent, received;
  uint64_t rounds, started;
} player;

static size_t size = 64;

/// A new message: the pattern, and in front of it a number no other message of
/// this connection has, so that an old answer never passes for a new one.
static void ask(player *player) {
  player->rounds++;
  memcpy(player->question, &player->rounds,
         size < sizeof player->rounds ? size : sizeof player->rounds);
  player->sent = player->received = 0;
  player->started = bench_now();
}

static void write_on(player *player) {
  while (player->sent < size) {
    ssize_t wrote = write(player->fd, player->question + player->sent, size - player->sent);
    if (wrote >= 0) player->sent += (size_t)wrote;
    else if (errno == EAGAIN) return;
    else if (errno != EINTR) bench_fail_errno("write");
  }
}

/// True when the whole answer is there and right.
static bool read_on(player *player) {
  while (player->received < size) {
    ssize_t taken =
        read(player->fd, player->answer + player->received, size - player->received);
    if (taken > 0) player->received += (size_t)taken;
    else if (taken == 0) bench_fail("a connection ended in the middle of an echo.");
    else if (errno == EAGAIN) return false;
    else if (errno != EINTR) bench_fail_errno("read");
  }
  if (memcmp(player->question, player->answer, size) != 0) {
    bench_fail("an echo differs from what was sent.");
  }
  return true;
}

static int ascending(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

static double percentile(const uint64_t *sorted, uint64_t count, double part) {
  uint64_t rank = (uint64_t)(part * (double)count);
  return (double)sorted[rank < count ? rank : count - 1] / 1e3;
}

/// Plays `count` echoes and stores how long each took.
static void play(int epoll, player *players, uint64_t connections, uint64_t count,
                 uint64_t *took) {
  uint64_t asked = 0, answered = 0;
  for (; asked < connections && asked < count; asked++) {
    ask(&players[asked]);
    write_on(&players[asked]);
  }
  struct epoll_event events[256];
  while (answered < count) {
    int ready = epoll_wait(epoll, events, 256, -1);
    if (ready < 0 && errno != EINTR) bench_fail_errno("epoll_wait");
    if (bench_interrupted()) bench_fail("interrupted after %llu echoes.", (unsigned long long)answered);
    for (int i = 0; i < ready; i++) {
      player *player = events[i].data.ptr;
      if (player->started == 0) continue;  // an edge from before its first message
      write_on(player);
      if (player->received == size || !read_on(player)) continue;
      took[answered++] = bench_now() - player->started;
      if (asked == count) continue;
      asked++;
      ask(player);
      write_on(player);
    }
  }
}

static player *connect_all(int epoll, uint16_t port, uint64_t connections) {
  static uint8_t pattern[BENCH_PATTERN];
  bench_pattern(pattern);
  player *players = calloc(connections, sizeof *players);
  if (players == NULL) bench_fail("no memory for the connections.");
  for (uint64_t i = 0; i < connections; i++) {
    players[i].fd = bench_connect(port, true);
    players[i].question = malloc(size);
    players[i].answer = malloc(size);
    if (players[i].question == NULL || players[i].answer == NULL) {
      bench_fail("no memory for the messages.");
    }
    // Each connection starts elsewhere in the pattern: mixing two up shows.
    for (size_t at = 0; at < size; at++) {
      players[i].question[at] = pattern[(at + i * 4099) % BENCH_PATTERN];
    }
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &players[i]};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, players[i].fd, &event) != 0) bench_fail_errno("epoll_ctl");
  }
  return players;
}

int echo(int argc, char **argv) {
  uint64_t port = 0, message = 64, connections = 1, count = 0;
  bool gate = false;
  const bench_option options[] = {
      {"--connect", .number = &port, .least = 1, .most = 65535, .required = true},
      {"--size", .number = &message, .least = 1, .most = 1 << 24},
      {"--connections", .number = &connections, .least = 1, .most = MOST_CONNECTIONS},
      {"--count", .number = &count, .least = 1, .most = 10000000, .required = true},
      {"--gate", .flag = &gate},
  };
  bench_parse(argc, argv, options, sizeof options / sizeof *options);
  bench_catch_interrupts();
  size = message;

  int epoll = epoll_create1(EPOLL_CLOEXEC);
  uint64_t *took = malloc((count > connections ? count : connections) * sizeof *took);
  if (epoll < 0 || took == NULL) bench_fail("no epoll or no memory for the times.");
  player *players = connect_all(epoll, (uint16_t)port, connections);

  // One echo each before it counts: after it, every connection is set up through
  // to the far end.
  play(epoll, players, connections, connections, took);
  if (gate) {
    bench_ready(NULL, 0);
    char go;
    if (read(STDIN_FILENO, &go, 1) != 1) bench_fail("standard input ended before the start.");
  }
  uint64_t start = bench_now();
  play(epoll, players, connections, count, took);
  double seconds = (double)(bench_now() - start) / 1e9;

  qsort(took, count, sizeof *took, ascending);
  printf("{\"echoes\":%llu,\"seconds\":%.6f,\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f}\n",
         (unsigned long long)count, seconds, percentile(took, count, 0.50),
         percentile(took, count, 0.99), percentile(took, count, 0.999));
  return 0;
}
