#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <linux/sockios.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif
#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY 60
#endif

static inline long result(long value) { return value < 0 ? -errno : value; }

long clinux_splice(int in, int64_t *in_offset, int out, int64_t *out_offset, size_t length, unsigned flags) {
  return result(splice(in, in_offset, out, out_offset, length, flags));
}
long clinux_tee(int in, int out, size_t length, unsigned flags) { return result(tee(in, out, length, flags)); }
long clinux_sendfile(int out, int in, int64_t *offset, size_t length) { return result(sendfile(out, in, offset, length)); }
long clinux_copy_file_range(int in, int64_t *in_offset, int out, int64_t *out_offset, size_t length) {
  return result(copy_file_range(in, in_offset, out, out_offset, length, 0));
}
long clinux_read(int fd, void *buffer, size_t length) { return result(read(fd, buffer, length)); }
long clinux_write(int fd, const void *buffer, size_t length) { return result(write(fd, buffer, length)); }
long clinux_pread(int fd, void *buffer, size_t length, int64_t offset) { return result(pread(fd, buffer, length, offset)); }
long clinux_pwrite(int fd, const void *buffer, size_t length, int64_t offset) { return result(pwrite(fd, buffer, length, offset)); }
long clinux_read_nowait(int fd, void *buffer, size_t length, int64_t offset) {
  struct iovec vector = {buffer, length};
  return result(preadv2(fd, &vector, 1, offset, RWF_NOWAIT));
}
long clinux_write_nowait(int fd, const void *buffer, size_t length) {
  struct iovec vector = {(void *)buffer, length};
  return result(pwritev2(fd, &vector, 1, -1, RWF_NOWAIT));
}
// By syscall(2): the C library's functions are points where a thread can be cancelled, which costs two atomic operations each
// in a process with threads. Nobody cancels threads here, and these calls are what a small message consists of.
long clinux_recv(int fd, void *buffer, size_t length, int flags) {
  return result(syscall(SYS_recvfrom, fd, buffer, length, flags, NULL, NULL));
}
long clinux_send(int fd, const void *buffer, size_t length, int flags) {
  return result(syscall(SYS_sendto, fd, buffer, length, flags, NULL, 0));
}
static void fill(struct clinux_stat *out, const struct stat *s) {
  *out = (struct clinux_stat){.mode = s->st_mode, .uid = s->st_uid, .gid = s->st_gid, .size = s->st_size, .blocks = s->st_blocks,
                              .device = s->st_dev, .inode = s->st_ino, .links = s->st_nlink,
                              .modified_s = s->st_mtim.tv_sec, .modified_ns = (uint32_t)s->st_mtim.tv_nsec,
                              .changed_s = s->st_ctim.tv_sec, .changed_ns = (uint32_t)s->st_ctim.tv_nsec};
}
long clinux_open(const char *path, int flags, unsigned mode) { return result(open(path, flags, mode)); }
long clinux_open_beneath(int directory, const char *path, int flags, unsigned mode, uint64_t resolve) {
  struct open_how how = {.flags = (uint64_t)(unsigned)flags, .mode = mode, .resolve = resolve};
  return result(syscall(SYS_openat2, directory, path, &how, sizeof how));
}
long clinux_stat_beneath(int directory, const char *name, struct clinux_stat *out) {
  struct stat s;
  if (fstatat(directory, name, &s, AT_SYMLINK_NOFOLLOW) < 0) return -errno;
  fill(out, &s);
  return 0;
}
long clinux_link_open(int fd, int directory, const char *name) {
  // By its entry in /proc: AT_EMPTY_PATH is a privilege before Linux 6.10.
  char self[32];
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  return result(linkat(AT_FDCWD, self, directory, name, AT_SYMLINK_FOLLOW));
}
long clinux_rename_beneath(int directory, const char *from, int other, const char *to) {
  return result(renameat(directory, from, other, to));
}
long clinux_unlink_beneath(int directory, const char *name) { return result(unlinkat(directory, name, 0)); }
long clinux_mkdir_beneath(int directory, const char *name, unsigned mode) { return result(mkdirat(directory, name, mode)); }
long clinux_read_link(int fd, char *target, size_t size) { return result(readlinkat(fd, "", target, size)); }
long clinux_fstat(int fd, struct clinux_stat *out) {
  struct stat s;
  if (fstat(fd, &s) < 0) return -errno;
  fill(out, &s);
  return 0;
}
long clinux_known_stat(int fd, struct clinux_stat *out) {
  // Without the size among what is asked for CIFS waits for no writes either; who knows it says it all the same.
  const unsigned wanted = STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID | STATX_INO | STATX_MTIME | STATX_CTIME;
  struct statx s;
  if (statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, wanted, &s) < 0) {
    // Old sandboxes do not know statx.
    if (errno == ENOSYS || errno == EPERM) return clinux_fstat(fd, out);
    return -errno;
  }
  *out = (struct clinux_stat){.mode = s.stx_mode, .uid = s.stx_uid, .gid = s.stx_gid, .size = s.stx_size, .blocks = s.stx_blocks,
                              .device = makedev(s.stx_dev_major, s.stx_dev_minor), .inode = s.stx_ino, .links = s.stx_nlink,
                              .modified_s = s.stx_mtime.tv_sec, .modified_ns = s.stx_mtime.tv_nsec,
                              .changed_s = s.stx_ctime.tv_sec, .changed_ns = s.stx_ctime.tv_nsec};
  return 0;
}
long clinux_stat_path(const char *path, struct clinux_stat *out) {
  struct stat s;
  if (stat(path, &s) < 0) return -errno;
  fill(out, &s);
  return 0;
}
long clinux_lstat_path(const char *path, struct clinux_stat *out) {
  struct stat s;
  if (lstat(path, &s) < 0) return -errno;
  fill(out, &s);
  return 0;
}
long clinux_close(int fd) { return result(close(fd)); }
long clinux_lseek(int fd, int64_t offset, int whence) { return result(lseek(fd, offset, whence)); }
long clinux_ftruncate(int fd, int64_t size) { return result(ftruncate(fd, size)); }
long clinux_fchmod(int fd, unsigned mode) { return result(fchmod(fd, mode)); }
long clinux_fchown(int fd, unsigned uid, unsigned gid) { return result(fchown(fd, uid, gid)); }
long clinux_fsync(int fd) { return result(fsync(fd)); }
long clinux_rename(const char *from, const char *to) { return result(rename(from, to)); }
long clinux_rename_new(const char *from, const char *to) { return result(renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE)); }
long clinux_unlink(const char *path) { return result(unlink(path)); }
// posix_fadvise returns the error instead of setting errno.
long clinux_will_need(int fd, int64_t offset, int64_t length) { return -posix_fadvise(fd, offset, length, POSIX_FADV_WILLNEED); }
long clinux_cached_pages(int fd, uint64_t offset, uint64_t length) {
  struct { uint64_t offset, length; } range = {offset, length};
  struct { uint64_t cached, dirty, writeback, evicted, recently_evicted; } state;
  if (syscall(SYS_cachestat, fd, &range, &state, 0) < 0) return -errno;
  return (long)state.cached;
}
long clinux_get_flags(int fd) { return result(fcntl(fd, F_GETFL)); }
long clinux_set_flags(int fd, int flags) { return result(fcntl(fd, F_SETFL, flags)); }
long clinux_dup(int fd, int least) { return result(fcntl(fd, F_DUPFD_CLOEXEC, least)); }
long clinux_set_close_on_exec(int fd) { return result(fcntl(fd, F_SETFD, FD_CLOEXEC)); }
long clinux_readable_bytes(int fd) {
  int n = 0;
  return ioctl(fd, FIONREAD, &n) < 0 ? -errno : n;
}
long clinux_queued_bytes(int fd) {
  int n = 0;
  return ioctl(fd, SIOCOUTQ, &n) < 0 ? -errno : n;
}
long clinux_page_size(void) { return sysconf(_SC_PAGESIZE); }
long clinux_path_max(void) { return 4096; }

long clinux_pipe(int out[2], int flags) { return result(pipe2(out, flags)); }
long clinux_pipe_size(int fd) { return result(fcntl(fd, F_GETPIPE_SZ)); }
long clinux_set_pipe_size(int fd, int size) { return result(fcntl(fd, F_SETPIPE_SZ, size)); }

long clinux_socket(int domain, int type, int protocol) { return result(socket(domain, type, protocol)); }
long clinux_socketpair(int domain, int type, int out[2]) { return result(socketpair(domain, type, 0, out)); }
long clinux_bind(int fd, const void *address, uint32_t length) { return result(bind(fd, address, length)); }
long clinux_listen(int fd, int backlog) { return result(listen(fd, backlog)); }
long clinux_connect(int fd, const void *address, uint32_t length) { return result(connect(fd, address, length)); }
long clinux_accept(int fd, int flags, void *peer, uint32_t length) { return result(accept4(fd, peer, &length, flags)); }
long clinux_shutdown(int fd, int how) { return result(shutdown(fd, how)); }
long clinux_local_address(int fd, void *address, uint32_t *length) { return result(getsockname(fd, address, length)); }
long clinux_remote_address(int fd, void *address, uint32_t *length) { return result(getpeername(fd, address, length)); }
long clinux_get_option(int fd, int level, int name, int *value) {
  socklen_t length = sizeof *value;
  return result(getsockopt(fd, level, name, value, &length));
}
long clinux_set_option(int fd, int level, int name, int value) { return result(setsockopt(fd, level, name, &value, sizeof value)); }
long clinux_set_linger(int fd, int seconds) {
  struct linger linger = {seconds >= 0, seconds < 0 ? 0 : seconds};
  return result(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}
long clinux_set_congestion(int fd, const char *name) { return result(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, strlen(name))); }
long clinux_get_congestion(int fd, char *name, uint32_t *size) { return result(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, size)); }
long clinux_set_ulp(int fd, const char *name) { return result(setsockopt(fd, IPPROTO_TCP, TCP_ULP, name, strlen(name))); }

int clinux_resolve(const char *host, const char *service, int passive, int numeric, void *context, clinux_found found) {
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = numeric ? AI_NUMERICHOST : passive ? AI_PASSIVE : AI_ADDRCONFIG};
  struct addrinfo *list = NULL;
  int code = getaddrinfo(host, service, &hints, &list);
  // AI_ADDRCONFIG does not count loopback: a machine with nothing else would not find its own name.
  if (code == EAI_NONAME && !passive && !numeric) {
    hints.ai_flags = 0;
    code = getaddrinfo(host, service, &hints, &list);
  }
  if (code != 0) return code;
  for (struct addrinfo *each = list; each; each = each->ai_next) found(context, each->ai_addr, each->ai_addrlen);
  freeaddrinfo(list);
  return 0;
}
const char *clinux_resolve_error(int code) { return gai_strerror(code); }
const char *clinux_errno_symbol(int code) { return strerrorname_np(code); }
int clinux_numeric_host(const void *address, uint32_t length, char *host, uint32_t size) {
  return getnameinfo(address, length, host, size, NULL, 0, NI_NUMERICHOST);
}

long clinux_epoll_create(void) { return result(epoll_create1(EPOLL_CLOEXEC)); }
long clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data.u64 = data};
  return result(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}
long clinux_epoll_remove(int epoll, int fd) {
  struct epoll_event unused = {0};
  return result(epoll_ctl(epoll, EPOLL_CTL_DEL, fd, &unused));
}
// Rounded up: a timer must not fire before its time.
static int milliseconds(int64_t timeout) {
  int64_t whole = timeout / 1000000 + (timeout % 1000000 != 0);
  return whole > INT_MAX ? INT_MAX : (int)whole;
}
long clinux_epoll_wait(int epoll, struct clinux_event *events, int count, int64_t timeout, int coarse) {
  struct epoll_event raw[256];
  if (count > 256) count = 256;
  // epoll_wait is cheaper than epoll_pwait2 where the answer is known to be "at once" or "for ever".
  int n;
  if (timeout <= 0) {
    n = epoll_wait(epoll, raw, count, timeout < 0 ? -1 : 0);
  } else if (coarse) {
    n = epoll_wait(epoll, raw, count, milliseconds(timeout));
  } else {
    struct timespec span = {timeout / 1000000000, timeout % 1000000000};
    n = epoll_pwait2(epoll, raw, count, &span, NULL);
  }
  if (n < 0) return -errno;
  // The kernel's structure is packed on x86_64, which Swift cannot express.
  for (int i = 0; i < n; i++) events[i] = (struct clinux_event){raw[i].events, raw[i].data.u64};
  return n;
}
long clinux_eventfd(void) { return result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }
long clinux_poll(int fd, short events, int timeout_ms) {
  struct pollfd entry = {fd, events, 0};
  int n = poll(&entry, 1, timeout_ms);
  return n < 0 ? -errno : n == 0 ? 0 : entry.revents;
}

long clinux_thread_usage(struct clinux_usage *out) {
  struct rusage usage;
  if (getrusage(RUSAGE_THREAD, &usage) < 0) return -errno;
  out->user_ns = usage.ru_utime.tv_sec * 1000000000LL + usage.ru_utime.tv_usec * 1000LL;
  out->system_ns = usage.ru_stime.tv_sec * 1000000000LL + usage.ru_stime.tv_usec * 1000LL;
  return 0;
}
int64_t clinux_thread_cpu_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}
int64_t clinux_wall_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}
int64_t clinux_monotonic_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}
long clinux_block_signals_on_thread(void) {
  sigset_t set;
  sigfillset(&set);
  // A fault in our own code must still end the process where it happened.
  sigdelset(&set, SIGSEGV);
  sigdelset(&set, SIGBUS);
  sigdelset(&set, SIGILL);
  sigdelset(&set, SIGFPE);
  sigdelset(&set, SIGTRAP);
  sigdelset(&set, SIGABRT);
  sigdelset(&set, SIGPROF);
  return -pthread_sigmask(SIG_BLOCK, &set, NULL);
}
long clinux_name_thread(const char *name) { return -pthread_setname_np(pthread_self(), name); }
long clinux_cores(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) < 0) return sysconf(_SC_NPROCESSORS_ONLN);
  return CPU_COUNT(&set);
}
int clinux_is_in_memory(int fd) { return fcntl(fd, F_GET_SEALS) >= 0; }
long clinux_core_numbers(int *numbers, size_t room) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) < 0) return -errno;
  size_t count = 0;
  for (int core = 0; core < CPU_SETSIZE && count < room; core++) {
    if (CPU_ISSET(core, &set)) numbers[count++] = core;
  }
  return (long)count;
}
long clinux_run_on(int thread, const int *numbers, size_t count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (size_t place = 0; place < count; place++) CPU_SET(numbers[place], &set);
  return result(sched_setaffinity(thread, sizeof set, &set));
}
long clinux_step_back(int thread, int niceness) { return result(setpriority(PRIO_PROCESS, (id_t)thread, niceness)); }
long clinux_descriptor_limit(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : (long)limit.rlim_cur;
}
long clinux_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
  limit.rlim_cur = limit.rlim_max;
  return result(setrlimit(RLIMIT_NOFILE, &limit));
}
long clinux_is_terminal(int fd) { return isatty(fd); }
long clinux_terminal_columns(int fd) {
  struct winsize size;
  return ioctl(fd, TIOCGWINSZ, &size) < 0 ? -errno : size.ws_col;
}

// The texts of a block, each ended by a zero byte, as execve takes them. NULL without memory.
static char **texts_of(char *block, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++) count += block[i] == 0;
  char **texts = calloc(count + 1, sizeof *texts);
  if (!texts) return NULL;
  for (size_t i = 0, place = 0; place < count; place++) {
    texts[place] = block + i;
    i += strlen(block + i) + 1;
  }
  return texts;
}
long clinux_spawn(const char *path, char *arguments, size_t arguments_length, char *environment, size_t environment_length,
                  const int *descriptors, int count) {
  char **argv = texts_of(arguments, arguments_length), **envp = texts_of(environment, environment_length);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, ignored_here;
  sigemptyset(&none);
  sigemptyset(&ignored_here);
  sigaddset(&ignored_here, SIGPIPE);
  sigaddset(&ignored_here, SIGXFSZ);
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  int code = argv && envp ? 0 : ENOMEM;
  // dup2 clears FD_CLOEXEC on the new number.
  for (int i = 0; i < count && code == 0; i++) code = posix_spawn_file_actions_adddup2(&actions, descriptors[i], 3 + i);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
  // Whoever forgot FD_CLOEXEC does not have his socket kept open by a stranger.
  if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(&actions, 3 + count);
#endif
  if (code == 0) code = posix_spawnattr_setsigmask(&attributes, &none);
  if (code == 0) code = posix_spawnattr_setsigdefault(&attributes, &ignored_here);
  if (code == 0) code = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t child = -1;
  if (code == 0) code = posix_spawn(&child, path, &actions, &attributes, argv, envp);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  free(argv);
  free(envp);
  return code == 0 ? child : -code;
}
long clinux_await_end(int child) {
  siginfo_t info;
  return result(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT));
}
long clinux_wait(int child, int *exit_status, int *signal) {
  int status = 0;
  if (waitpid(child, &status, 0) < 0) return -errno;
  *exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  *signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return 0;
}
long clinux_kill(int process, int signal) { return result(kill(process, signal)); }
long clinux_adopt_orphans(void) { return result(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)); }
long clinux_clock_ticks(void) { return sysconf(_SC_CLK_TCK); }
static void do_nothing(int signal) { (void)signal; }
long clinux_disregard(int signal) {
  struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART};
  return result(sigaction(signal, &action, NULL));
}
int64_t clinux_cpu_of(int process) {
  clockid_t clock;
  struct timespec spent;
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &spent) != 0) return -1;
  return (int64_t)spent.tv_sec * 1000000000 + spent.tv_nsec;
}
long clinux_own_program(char *path, size_t size) { return result(readlink("/proc/self/exe", path, size)); }
int clinux_process(void) { return getpid(); }
int clinux_parent_process(void) { return getppid(); }
const char *clinux_executable(void) { return (const char *)getauxval(AT_EXECFN); }

// At a fixed place behind the thread pointer, so that reaching them is no call; they are small enough for the room that
// the loader keeps for libraries that come later.
#define THREAD_LOCAL static __thread __attribute__((tls_model("initial-exec")))

THREAD_LOCAL void *owner;
void *clinux_thread_owner(void) { return owner; }
void clinux_set_thread_owner(void *value) { owner = value; }

THREAD_LOCAL uint64_t counts[CLINUX_KINDS];
uint64_t *clinux_thread_counts(void) { return counts; }

static int armed;
int clinux_faults_armed(void) { return __atomic_load_n(&armed, __ATOMIC_RELAXED); }
void clinux_arm_faults(int value) { __atomic_store_n(&armed, value, __ATOMIC_RELAXED); }

const unsigned CLINUX_SPLICE_NONBLOCK = SPLICE_F_NONBLOCK, CLINUX_SPLICE_MORE = SPLICE_F_MORE;
const int CLINUX_SO_ZEROCOPY = SO_ZEROCOPY, CLINUX_TCP_NOTSENT_LOWAT = TCP_NOTSENT_LOWAT, CLINUX_TCP_ULP = TCP_ULP;
const uint32_t CLINUX_EPOLLPRI = EPOLLPRI, CLINUX_EPOLLIN = EPOLLIN, CLINUX_EPOLLOUT = EPOLLOUT, CLINUX_EPOLLRDHUP = EPOLLRDHUP, CLINUX_EPOLLERR = EPOLLERR,
               CLINUX_EPOLLHUP = EPOLLHUP, CLINUX_EPOLLET = (uint32_t)EPOLLET;
const int CLINUX_SEEK_DATA = SEEK_DATA, CLINUX_SEEK_HOLE = SEEK_HOLE;
const int CLINUX_O_TMPFILE = O_TMPFILE;
