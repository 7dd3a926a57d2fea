#include "bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t number_of(const bench_option *option, const char *word) {
  char *end = NULL;
  errno = 0;
  unsigned long long value = strtoull(word, &end, 10);
  // strtoull takes "-1" and wraps it round.
  if (errno != 0 || end == word || *end != 0 || word[0] == '-' || value < option->least ||
      value > option->most) {
    bench_fail("%s takes a number from %llu to %llu, not '%s'.", option->name,
               (unsigned long long)option->least, (unsigned long long)option->most, word);
  }
  return value;
}

static const bench_option *option_named(const char *name, const bench_option *options,
                                        size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(options[i].name, name) == 0) return &options[i];
  }
  bench_fail("there is no option '%s'.", name);
}

void bench_parse(int argc, char **argv, const bench_option *options, size_t count) {
  bool given[32] = {false};
  for (int i = 1; i < argc; i++) {
    const bench_option *option = option_named(argv[i], options, count);
    given[option - options] = true;
    if (option->flag) {
      *option->flag = true;
      continue;
    }
    if (++i == argc) bench_fail("%s needs a value.", option->name);
    if (option->text) {
      *option->text = argv[i];
    } else if (option->count) {
      if (*option->count == option->capacity) {
        bench_fail("%s can be given %zu times at most.", option->name, option->capacity);
      }
      option->number[(*option->count)++] = number_of(option, argv[i]);
    } else {
      *option->number = number_of(option, argv[i]);
    }
  }
  for (size_t i = 0; i < count; i++) {
    if (options[i].required && !given[i]) bench_fail("%s is missing.", options[i].name);
  }
}
