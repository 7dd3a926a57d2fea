import CBench
import Glibc

/// A program this driver started: its standard input and output are ours, its
/// errors go where ours go.
final class Child {
  let pid: pid_t
  let name: String

  private var input: CInt
  private let output: CInt
  private var pending: [UInt8] = []
  private var hasBeenReaped = false

  init(_ path: String, _ arguments: [String]) throws {
    let base = path.split(separator: "/").last.map(String.init) ?? path
    name = ([base] + arguments.prefix(1).filter { !$0.hasPrefix("-") }).joined(separator: " ")
    let toChild = try PipeEnds()
    let fromChild = try PipeEnds()
    defer {
      close(toChild.reading)
      close(fromChild.writing)
    }
    do {
      pid = try spawn(path, arguments, input: toChild.reading, output: fromChild.writing)
    } catch {
      close(toChild.writing)
      close(fromChild.reading)
      throw error
    }
    input = toChild.writing
    output = fromChild.reading
  }

  deinit {
    stop()
    close(output)
  }

  /// The next line of its output; an error when it ends first or takes longer.
  func line(before deadline: Deadline) throws -> String {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        defer { pending.removeSubrange(...end) }
        return String(decoding: pending[..<end], as: UTF8.self)
      }
      guard try receive(before: deadline) else {
        throw Failure("\(name) ended without saying what was expected.")
      }
    }
  }

  /// Lets a program that waits at its gate begin.
  func go() throws {
    var byte = UInt8(ascii: "g")
    guard write(input, &byte, 1) == 1 else { throw Failure("\(name) takes no start signal.") }
  }

  /// From now on it gets a core only when nobody else wants one.
  func stepBack() throws {
    guard setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(pid), 19) == 0 else {
      throw Failure("\(name) keeps its priority.")
    }
  }

  /// Whether it has ended by itself; it is not forgotten before `stop`. waitid(2)
  var hasEnded: Bool {
    var info = siginfo_t()
    return waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info._sifields._kill.si_pid == pid
  }

  /// Asks for the result of a program that runs until it is asked.
  func interrupt() {
    if !hasBeenReaped { kill(pid, SIGTERM) }
  }

  /// Waits for it to end by itself, well.
  func end(before deadline: Deadline) throws {
    while try receive(before: deadline) {}
    // Its output is closed, so it is exiting: this wait is short.
    var status: CInt = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    hasBeenReaped = true
    guard status == 0 else { throw Failure("\(name) failed.") }
  }

  /// Ends it now, whatever it does. By its id alone, and only while it is ours:
  /// an id is free for someone else only after waitpid.
  func stop() {
    if input >= 0 { close(input) }
    input = -1
    guard !hasBeenReaped else { return }
    kill(pid, SIGKILL)
    while waitpid(pid, nil, 0) < 0 && errno == EINTR {}
    hasBeenReaped = true
  }

  /// Waits for more output; false at its end.
  private func receive(before deadline: Deadline) throws -> Bool {
    while true {
      if bench_interrupted() { throw Failure("interrupted.") }
      var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, deadline.millisecondsLeft)
      if ready == 0 { throw Failure("\(name) gave no answer within \(deadline.seconds) seconds.") }
      if ready < 0 { continue }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let taken = read(output, &bytes, bytes.count)
      if taken < 0 { continue }
      pending.append(contentsOf: bytes.prefix(taken))
      return taken > 0
    }
  }
}
