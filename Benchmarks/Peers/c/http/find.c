#define _GNU_SOURCE
#include "bench.h"
#include "http.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool find(content *content, const char *target, size_t length) {
  if (length == content->target_length && memcmp(target, content->target, length) == 0) return true;
  char path[8192];
  if (length >= sizeof content->target) return false;
  snprintf(path, sizeof path, "%s%.*s", content->root, (int)length, target);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat facts;
  if (file < 0) return false;
  if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    close(file);
    return false;
  }
  if (content->file >= 0) close(content->file);
  memcpy(content->target, target, length);
  content->target_length = length;
  content->size = facts.st_size;
  content->file = file;
  content->memory_length = (size_t)snprintf(
      content->memory, 256, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %lld\r\n\r\n",
      (long long)facts.st_size);
  if (facts.st_size > SMALL) return true;
  ssize_t count = pread(file, content->memory + content->memory_length, SMALL, 0);
  if (count != facts.st_size) bench_fail("%s is not what it was.", path);
  content->memory_length += (size_t)count;
  close(file);
  content->file = -1;
  return true;
}
