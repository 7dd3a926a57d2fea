// The splicing pump: one non-blocking pipe a direction, kept for the life of the
// connection.

#define _GNU_SOURCE
#include "epoll.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void open_way(direction *way, const relay *relay) {
  open_pipe(way->pipe, relay->pipe_bytes, true, &way->capacity);
}

static void close_way(direction *way) {
  close(way->pipe[0]);
  close(way->pipe[1]);
}

static void move(direction *way) {
  const unsigned flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
  for (;;) {
    bool moved = false;
    if (!way->source_ended && way->held < way->capacity) {
      ssize_t taken =
          splice(way->source, NULL, way->pipe[1], NULL, way->capacity - way->held, flags);
      if (taken > 0) {
        way->held += (size_t)taken;
        moved = true;
      } else if (taken == 0) {
        way->source_ended = true;
      } else if (errno == EINTR) {
        moved = true;  // nothing moved, but nothing was learned either: ask again
      } else if (errno != EAGAIN) {
        way->flow = broken;
        return;
      }
    }
    if (way->held > 0) {
      ssize_t given = splice(way->pipe[0], NULL, way->sink, NULL, way->held, flags);
      if (given > 0) {
        way->held -= (size_t)given;
        moved = true;
      } else if (given < 0 && errno == EAGAIN) {
        return;
      } else if (given < 0 && errno == EINTR) {
        moved = true;
      } else {
        way->flow = broken;
        return;
      }
    }
    if (way->source_ended && way->held == 0) {
      way->flow = ended;
      return;
    }
    // EAGAIN from the source is believed only with an empty pipe: with bytes in
    // it, it may have meant that the pipe had no slot left.
    if (!moved) return;
  }
}

void relay_splice(const relay *relay) {
  static const pump splicing = {open_way, move, close_way};
  run_epoll(relay, &splicing);
}
