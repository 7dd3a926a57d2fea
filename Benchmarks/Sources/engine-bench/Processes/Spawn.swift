import Glibc

/// The two ends of a pipe that children inherit only where they are told to.
struct PipeEnds {
  let reading: CInt
  let writing: CInt

  init() throws {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure("there is no descriptor left for a pipe.") }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    reading = ends[0]
    writing = ends[1]
  }
}

/// Starts a program with this standard input and output, and gives its id.
func spawn(
  _ path: String, _ arguments: [String], input: CInt, output: CInt
) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)

  // An ignored SIGPIPE is inherited; what is measured must meet the default.
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var defaults = sigset_t()
  sigemptyset(&defaults)
  sigaddset(&defaults, SIGPIPE)
  posix_spawnattr_setsigdefault(&attributes, &defaults)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

  var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
  words.append(nil)
  defer { words.forEach { free($0) } }

  var pid: pid_t = 0
  let problem = posix_spawn(&pid, path, &actions, &attributes, words, environ)
  guard problem == 0 else {
    throw Failure("\(path) cannot be started: \(String(cString: strerror(problem))).")
  }
  return pid
}
