// The system calls and constants that `import Glibc` does not give Swift, with signatures of our own.
//
// `_GNU_SOURCE` is defined in the .c file alone: in a header it would change the parameters of the socket
// calls to a transparent union that Swift cannot use. Every function returns what the call returned, or
// -errno; nobody above has to read `errno`.
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>

// Moving bytes. An offset pointer may be NULL: the descriptor's own position is used, or it has none.
long clinux_splice(int in, int64_t *in_offset, int out, int64_t *out_offset, size_t length, unsigned flags);
long clinux_tee(int in, int out, size_t length, unsigned flags);
long clinux_sendfile(int out, int in, int64_t *offset, size_t length);
long clinux_copy_file_range(int in, int64_t *in_offset, int out, int64_t *out_offset, size_t length);
long clinux_read(int fd, void *buffer, size_t length);
long clinux_write(int fd, const void *buffer, size_t length);
long clinux_pread(int fd, void *buffer, size_t length, int64_t offset);
long clinux_pwrite(int fd, const void *buffer, size_t length, int64_t offset);
// preadv2 / pwritev2 with RWF_NOWAIT and one vector; offset -1 stands for "no position" (pipes).
long clinux_read_nowait(int fd, void *buffer, size_t length, int64_t offset);
long clinux_write_nowait(int fd, const void *buffer, size_t length);
long clinux_recv(int fd, void *buffer, size_t length, int flags);
long clinux_send(int fd, const void *buffer, size_t length, int flags);

// Files.
struct clinux_stat {
  uint32_t mode;
  uint32_t uid, gid;
  int64_t size;
  int64_t blocks;
  uint64_t device, inode;
  uint32_t links;
  int64_t modified_s, changed_s;
  uint32_t modified_ns, changed_ns;
};
long clinux_open(const char *path, int flags, unsigned mode);
// openat2(2): beneath a directory, by the rules of `resolve` (RESOLVE_…).
long clinux_open_beneath(int directory, const char *path, int flags, unsigned mode, uint64_t resolve);
// A name in a directory, itself where it is a symbolic link.
long clinux_stat_beneath(int directory, const char *name, struct clinux_stat *out);
// Gives a name to a file that was opened without one.
long clinux_link_open(int fd, int directory, const char *name);
long clinux_rename_beneath(int directory, const char *from, int other, const char *to);
long clinux_unlink_beneath(int directory, const char *name);
long clinux_mkdir_beneath(int directory, const char *name, unsigned mode);
// Of a symbolic link that was opened as a path; its length.
long clinux_read_link(int fd, char *target, size_t size);
long clinux_fstat(int fd, struct clinux_stat *out);
long clinux_known_stat(int fd, struct clinux_stat *out);
long clinux_stat_path(const char *path, struct clinux_stat *out);
// The path itself, where it is a symbolic link.
long clinux_lstat_path(const char *path, struct clinux_stat *out);
long clinux_close(int fd);
long clinux_lseek(int fd, int64_t offset, int whence);
long clinux_ftruncate(int fd, int64_t size);
long clinux_fchmod(int fd, unsigned mode);
long clinux_fchown(int fd, unsigned uid, unsigned gid);
long clinux_fsync(int fd);
long clinux_rename(const char *from, const char *to);
// Fails with EEXIST instead of replacing: renameat2(RENAME_NOREPLACE).
long clinux_rename_new(const char *from, const char *to);
long clinux_unlink(const char *path);
long clinux_will_need(int fd, int64_t offset, int64_t length);
// Pages of [offset, offset + length) that are in the page cache; -ENOSYS before Linux 6.5.
long clinux_cached_pages(int fd, uint64_t offset, uint64_t length);
long clinux_get_flags(int fd);
long clinux_set_flags(int fd, int flags);
// Close-on-exec; the lowest free number that is not below `least`.
long clinux_dup(int fd, int least);
long clinux_set_close_on_exec(int fd);
long clinux_readable_bytes(int fd);  // FIONREAD
long clinux_queued_bytes(int fd);    // SIOCOUTQ
long clinux_page_size(void);
long clinux_path_max(void);

// Pipes.
long clinux_pipe(int out[2], int flags);
long clinux_pipe_size(int fd);
long clinux_set_pipe_size(int fd, int size);

// Sockets. Addresses are bytes of a sockaddr.
long clinux_socket(int domain, int type, int protocol);
long clinux_socketpair(int domain, int type, int out[2]);
long clinux_bind(int fd, const void *address, uint32_t length);
long clinux_listen(int fd, int backlog);
long clinux_connect(int fd, const void *address, uint32_t length);
/* The peer's address, cut off at `length`. */
long clinux_accept(int fd, int flags, void *peer, uint32_t length);
long clinux_shutdown(int fd, int how);
long clinux_local_address(int fd, void *address, uint32_t *length);
long clinux_remote_address(int fd, void *address, uint32_t *length);
long clinux_get_option(int fd, int level, int name, int *value);
long clinux_set_option(int fd, int level, int name, int value);
long clinux_set_linger(int fd, int seconds);

// Name resolution (blocking). Calls `found` for each address in the resolver's order; returns 0, or the
// EAI_ code, negative as the C library has it.
typedef void (*clinux_found)(void *context, const void *address, uint32_t length);
int clinux_resolve(const char *host, const char *service, int passive, int numeric, void *context, clinux_found found);
const char *clinux_resolve_error(int code);
// "ENOENT"; NULL for a number that is none of the kernel's.
const char *clinux_errno_symbol(int code);
int clinux_numeric_host(const void *address, uint32_t length, char *host, uint32_t size);

// Readiness.
struct clinux_event {
  uint32_t events;
  uint64_t data;
};
long clinux_epoll_create(void);
long clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t data);
long clinux_epoll_remove(int epoll, int fd);
// Waits for at most `count` (≤ 256) events; the timeout is in nanoseconds, negative for ever. With `coarse` it is
// rounded up to milliseconds, and epoll_pwait2 is not called.
long clinux_epoll_wait(int epoll, struct clinux_event *events, int count, int64_t timeout, int coarse);
long clinux_eventfd(void);
long clinux_poll(int fd, short events, int timeout_ms);

// The thread and the machine.
struct clinux_usage {
  int64_t user_ns, system_ns;
};
long clinux_thread_usage(struct clinux_usage *out);
int64_t clinux_monotonic_ns(void);
int64_t clinux_wall_ns(void);
int64_t clinux_thread_cpu_ns(void);
long clinux_block_signals_on_thread(void);
long clinux_name_thread(const char *name);
long clinux_cores(void);
// Whether a file is in memory alone: those have seals.
int clinux_is_in_memory(int fd);
// Ascending; at most `room` of them.
long clinux_core_numbers(int *numbers, size_t room);
// Of a thread, and of those that it starts from then on.
long clinux_run_on(int thread, const int *numbers, size_t count);
long clinux_step_back(int thread, int niceness);
long clinux_descriptor_limit(void);
long clinux_raise_descriptor_limit(void);
long clinux_is_terminal(int fd);
long clinux_terminal_columns(int fd);

// Processes. Arguments and environment are blocks of texts that each end with a zero byte. In the child the descriptors,
// all of which are 3 + count or more here, are 3, 4, …; no signal is blocked, and SIGPIPE and SIGXFSZ are not ignored.
// Answers the child's id.
long clinux_spawn(const char *path, char *arguments, size_t arguments_length, char *environment, size_t environment_length,
                  const int *descriptors, int count);
// Blocks until the child has ended; its exit status, or -1 and the signal that ended it.
long clinux_await_end(int child);
long clinux_wait(int child, int *exit_status, int *signal);
long clinux_kill(int process, int signal);
/* Orphans among this process's descendants become its children. */
long clinux_adopt_orphans(void);
/* Clock ticks a second, in which proc(5) counts. */
long clinux_clock_ticks(void);
/* The signal comes to nothing here; a program that is started has it as ever. */
long clinux_disregard(int signal);
/* Nanoseconds of CPU that all threads of a process have used; -1 where it is gone. */
int64_t clinux_cpu_of(int process);
long clinux_own_program(char *path, size_t size);
int clinux_process(void);
int clinux_parent_process(void);
// The path that this process's execve was given; NULL where the kernel does not say.
const char *clinux_executable(void);

// A thread-local pointer: which reactor this thread is. Swift has no thread-local storage of its own.
void *clinux_thread_owner(void);
void clinux_set_thread_owner(void *owner);

// Counts of system calls by kind, one array a thread, for that thread alone.
#define CLINUX_KINDS 32
uint64_t *clinux_thread_counts(void);
static inline void clinux_count(uint64_t *counts, int kind) { counts[kind] += 1; }
// The low halves, in one loop that becomes a few vector instructions.
static inline void clinux_read_counts(uint32_t *into) {
  const uint64_t *counts = clinux_thread_counts();
  for (int kind = 0; kind < CLINUX_KINDS; kind++) into[kind] = (uint32_t)counts[kind];
}
// What happened between two readings.
static inline void clinux_add_counts(uint32_t *total, const uint32_t *before, const uint32_t *after) {
  for (int kind = 0; kind < CLINUX_KINDS; kind++) total[kind] += after[kind] - before[kind];
}

// Whether any injected fault is armed; one relaxed load on the way into a call.
int clinux_faults_armed(void);
void clinux_arm_faults(int armed);

// Constants, by value, where a macro does not import.
extern const unsigned CLINUX_SPLICE_NONBLOCK, CLINUX_SPLICE_MORE;
extern const int CLINUX_SO_ZEROCOPY, CLINUX_TCP_NOTSENT_LOWAT, CLINUX_TCP_ULP;
extern const uint32_t CLINUX_EPOLLPRI, CLINUX_EPOLLIN, CLINUX_EPOLLOUT, CLINUX_EPOLLRDHUP, CLINUX_EPOLLERR, CLINUX_EPOLLHUP, CLINUX_EPOLLET;
extern const int CLINUX_SEEK_DATA, CLINUX_SEEK_HOLE;
extern const int CLINUX_O_TMPFILE;
long clinux_set_congestion(int fd, const char *name);
long clinux_get_congestion(int fd, char *name, uint32_t *size);
long clinux_set_ulp(int fd, const char *name);

// What the thread sanitizer cannot see: that whoever acquires comes after whoever released. Nothing in other builds. A
// macro of our own says which it is, for Swift's importer does not know __has_feature(thread_sanitizer).
#ifdef CLINUX_THREAD_SANITIZER
void __tsan_acquire(void *address);
void __tsan_release(void *address);
static inline void clinux_sanitizer_acquire(const void *address) { __tsan_acquire((void *)address); }
static inline void clinux_sanitizer_release(const void *address) { __tsan_release((void *)address); }
#else
static inline void clinux_sanitizer_acquire(const void *address) { (void)address; }
static inline void clinux_sanitizer_release(const void *address) { (void)address; }
#endif

#endif
