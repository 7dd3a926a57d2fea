#define _GNU_SOURCE
#include "bench.h"
#include "http.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void read_small(content *content, const char *path) {
  if (content->size > SMALL) return;
  ssize_t count = pread(content->file, content->memory + content->memory_length, SMALL, 0);
  if (count != content->size) bench_fail("%s is not what it was.", path);
  content->memory_length += (size_t)count;
  close(content->file);
  content->file = -1;
}

static const content *open_content(site *site, const char *target, size_t length) {
  content *made = calloc(1, sizeof *made);
  if (made == NULL) bench_fail("no memory for a file.");
  if (length > sizeof made->target) bench_fail("a target is %zu bytes long.", length);
  char path[4096];
  snprintf(path, sizeof path, "%s%.*s", site->root, (int)length, target);
  struct stat facts;
  made->file = open(path, O_RDONLY | O_CLOEXEC);
  if (made->file < 0 || fstat(made->file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    if (made->file >= 0) close(made->file);
    free(made);
    return NULL;
  }
  memcpy(made->target, target, length);
  made->target_length = length;
  made->size = facts.st_size;
  const char *head = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %lld\r\n\r\n";
  made->memory_length = (size_t)snprintf(made->memory, sizeof made->memory - SMALL, head, (long long)made->size);
  read_small(made, path);
  made->next = site->known;
  return site->known = made;
}

const content *find(site *site, const char *target, size_t length) {
  for (const content *known = site->known; known != NULL; known = known->next) {
    if (length == known->target_length && memcmp(target, known->target, length) == 0) return known;
  }
  return open_content(site, target, length);
}
