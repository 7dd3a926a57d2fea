// Reading to the end of many connections and counting: what sink and fetch share.

#ifndef DRAIN_H
#define DRAIN_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  discarding,  // recv(MSG_TRUNC): the kernel drops the bytes without a copy
  reading,     // into a buffer of 256 KiB
  checking,    // and compared with the pattern
} drain_style;

typedef struct {
  int fd;
  uint64_t received;
} drained;

/// discard, read or check.
drain_style drain_style_named(const char *name);

/// Takes what is there now, up to 256 KiB; false at the end of the stream.
bool drain_some(drained *stream, drain_style style);

#endif
