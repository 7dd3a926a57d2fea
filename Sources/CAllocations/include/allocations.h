#pragma once
#include <stdbool.h>
#include <stddef.h>

/// Begins to count what this process asks of malloc(3), and to keep the sizes of what is `least` bytes or more.
void allocations_begin(size_t least);
/// Counts no more; what was counted stays.
void allocations_end(void);
/// Whether this program's allocations can be counted: not where a sanitizer allocates.
bool allocations_are_counted(void);
/// Bytes that were asked for since then, in all threads.
unsigned long allocations_bytes(void);
/// How often memory was asked for since then, in all threads.
unsigned long allocations_count(void);
/// How often `least` bytes or more were asked for.
unsigned long allocations_large_count(void);
/// The size of one of those, of which the first 16 are kept; 0 where there is none.
size_t allocations_large_size(unsigned long index);
