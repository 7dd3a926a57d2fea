import LinuxCalls
import Synchronization

/// What other threads hand to a reactor.
enum Command: Sendable {
  case interrupt(Parker.Ticket, Interrupt)
  case finished(Parker.Ticket)
  case retire(Readiness.Retired)
  case stop
}

/// Jobs and commands from other threads, and the bell that wakes a sleeping reactor. The bell rings only when the
/// reactor has said that it sleeps: a write to an eventfd costs more than all the rest.
final class Inbox: Sendable {
  private struct Contents: Sendable {
    var jobs: [UnownedJob] = []
    var commands: [Command] = []
    var readerSleeps = false
    var isClosed = false
    var isEmpty: Bool { jobs.isEmpty && commands.isEmpty }
  }

  private let contents = Guarded(Contents())
  let bell: Int32

  init(bell: Int32) { self.bell = bell }

  /// Only now: a thread that posts may ring after the reactor has ended, and must not ring at a stranger's number.
  deinit { try? Linux.close(bell) }

  /// False once the reactor has ended: nobody will take it.
  func post(_ job: UnownedJob) -> Bool {
    post { $0.jobs.append(job) }
  }

  /// False once the reactor has ended.
  func post(_ command: Command) -> Bool {
    post { $0.commands.append(command) }
  }

  /// Takes nothing any more, unless something has come.
  func close() -> Bool {
    contents.withLock { contents in
      contents.isClosed = contents.isEmpty
      return contents.isClosed
    }
  }

  /// Swaps the contents into the caller's emptied arrays, whose storage is used again.
  func take(jobs: inout [UnownedJob], commands: inout [Command]) {
    contents.withLock { contents in
      contents.readerSleeps = false
      swap(&contents.jobs, &jobs)
      swap(&contents.commands, &commands)
    }
  }

  /// Says that the reader is about to sleep; false when something has come meanwhile.
  func prepareToSleep() -> Bool {
    contents.withLock { contents in
      contents.readerSleeps = contents.isEmpty
      return contents.readerSleeps
    }
  }

  var count: Int { contents.withLock { $0.jobs.count } }

  private func post(_ add: (inout sending Contents) -> Void) -> Bool {
    let (isTaken, mustRing) = contents.withLock { contents in
      if contents.isClosed { return (false, false) }
      add(&contents)
      let sleeping = contents.readerSleeps
      contents.readerSleeps = false
      return (true, sleeping)
    }
    if mustRing { Linux.signal(event: bell) }
    return isTaken
  }
}
