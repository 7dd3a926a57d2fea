#include "bench.h"

#include <string.h>

void bench_pattern(uint8_t *bytes) {
  // xorshift64: no shorter period hides in it, so a stream that lost or doubled
  // a chunk of any size does not match.
  uint64_t state = 0x9e3779b97f4a7c15u;
  for (size_t i = 0; i < BENCH_PATTERN; i += sizeof state) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    memcpy(bytes + i, &state, sizeof state);
  }
}

bool bench_matches(const uint8_t *pattern, uint64_t position, const uint8_t *bytes, size_t count) {
  size_t at = position % BENCH_PATTERN;
  while (count > 0) {
    size_t piece = BENCH_PATTERN - at < count ? BENCH_PATTERN - at : count;
    if (memcmp(pattern + at, bytes, piece) != 0) return false;
    bytes += piece;
    count -= piece;
    at = 0;
  }
  return true;
}
