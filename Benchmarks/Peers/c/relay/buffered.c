// The reference without a kernel route: read and write through one 64 KiB buffer
// that all connections share. Only what a sink did not take is kept apart.

#include "epoll.h"

#include "bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536

static uint8_t shared[CHUNK];

static void open_way(direction *way, const relay *relay) {
  (void)way;
  (void)relay;
}

static void close_way(direction *way) { free(way->rest); }

/// How many of the bytes the sink took; -1 when it is broken.
static ssize_t write_some(int sink, const uint8_t *bytes, size_t count) {
  size_t given = 0;
  while (given < count) {
    ssize_t wrote = write(sink, bytes + given, count - given);
    if (wrote < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? (ssize_t)given : -1;
    }
    given += (size_t)wrote;
  }
  return (ssize_t)given;
}

static bool write_rest(direction *way) {
  ssize_t given = write_some(way->sink, way->rest + way->start, way->held);
  if (given < 0) {
    way->flow = broken;
    return false;
  }
  way->start += (size_t)given;
  way->held -= (size_t)given;
  if (way->held > 0) return false;
  free(way->rest);
  way->rest = NULL;
  return true;
}

static void keep_rest(direction *way, const uint8_t *bytes, size_t count) {
  way->rest = malloc(count);
  if (way->rest == NULL) bench_fail("no memory for what a sink did not take.");
  memcpy(way->rest, bytes, count);
  way->start = 0;
  way->held = count;
}

static void move(direction *way) {
  if (way->held > 0 && !write_rest(way)) return;
  while (!way->source_ended) {
    ssize_t taken = read(way->source, shared, CHUNK);
    if (taken < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) way->flow = broken;
      return;
    }
    if (taken == 0) break;
    ssize_t given = write_some(way->sink, shared, (size_t)taken);
    if (given < 0) {
      way->flow = broken;
      return;
    }
    if (given < taken) {
      keep_rest(way, shared + given, (size_t)(taken - given));
      return;
    }
    // A short read emptied the source (epoll(7)), and the next bytes bring their
    // own edge. An end that was announced with these bytes does not.
    if (taken < CHUNK && !way->end_announced) return;
  }
  way->source_ended = true;
  way->flow = ended;
}

void relay_epoll_buffered(const relay *relay) {
  static const pump buffering = {open_way, move, close_way};
  run_epoll(relay, &buffering);
}
