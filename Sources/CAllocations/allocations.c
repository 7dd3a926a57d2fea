// Stands before the C library's malloc, in the program that links it: the shared libraries of that program are bound to it as
// well. While nobody counts it costs the look at a flag. malloc(3); "Replacing malloc" in the manual of the GNU C library.
#include "allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>

#define KEPT 16

static atomic_bool counts;
static atomic_ulong count, bytes, large;
static atomic_size_t least = SIZE_MAX;
static size_t sizes[KEPT];

void allocations_begin(size_t least_size) {
  atomic_store(&least, least_size);
  atomic_store(&large, 0);
  atomic_store(&count, 0);
  atomic_store(&bytes, 0);
  atomic_store(&counts, true);
}
void allocations_end(void) { atomic_store(&counts, false); }
unsigned long allocations_count(void) { return atomic_load(&count); }
unsigned long allocations_bytes(void) { return atomic_load(&bytes); }
unsigned long allocations_large_count(void) { return atomic_load(&large); }
size_t allocations_large_size(unsigned long index) { return index < allocations_large_count() && index < KEPT ? sizes[index] : 0; }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define THE_SANITIZER_ALLOCATES
#endif
#endif

#ifndef THE_SANITIZER_ALLOCATES
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

bool allocations_are_counted(void) { return true; }

static inline void note(size_t size) {
  if (!atomic_load_explicit(&counts, memory_order_relaxed)) return;
  atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
  if (size < atomic_load_explicit(&least, memory_order_relaxed)) return;
  unsigned long place = atomic_fetch_add(&large, 1);
  if (place < KEPT) sizes[place] = size;
}

void *malloc(size_t size) {
  note(size);
  return __libc_malloc(size);
}
void *calloc(size_t number, size_t size) {
  note(number * size);
  return __libc_calloc(number, size);
}
void *realloc(void *old, size_t size) {
  note(size);
  return __libc_realloc(old, size);
}
void *memalign(size_t alignment, size_t size) {
  note(size);
  return __libc_memalign(alignment, size);
}
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **result, size_t alignment, size_t size) {
  void *memory = memalign(alignment, size);
  if (!memory) return ENOMEM;
  *result = memory;
  return 0;
}
#else
bool allocations_are_counted(void) { return false; }
#endif
