import LinuxCalls
import Synchronization
public import SystemPackage

/// A group of reactors with the blocking pool they share.
///
/// A program that does nothing gets ``shared``: one reactor a core, started at the first use. A server makes its own
/// with the number it wants.
public final class Reactors: Sendable {
  /// The reactors, in order.
  public let all: [Reactor]
  private let turn = Atomic<Int>(0)
  private let passedOn = Guarded<[String: Int]>([:])

  /// One reactor for each core this process may run on. Never shut down.
  public static let shared: Reactors = {
    do throws(Errno) {
      return try Reactors(count: Linux.cores)
    } catch {
      preconditionFailure(
        "no reactor could be started: \(error); a process needs two descriptors and a thread for each")
    }
  }()

  /// Starts `count` reactors, at least one. Throws EMFILE or EAGAIN where the process has no descriptors or threads
  /// left.
  ///
  /// - Parameter blockingThreads: the most threads for calls that block; `nil` is four for each reactor, at least 8. A
  ///   quarter of them may wait for name servers and half for the other side of a FIFO, at least one each: of one
  ///   thread or two that may be all.
  public init(count: Int, blockingThreads: Int? = nil) throws(Errno) {
    precondition(count > 0, "a group has at least one reactor, not \(count)")
    let pool = BlockingPool(limit: blockingThreads ?? max(8, 4 * count))
    // Pipes take two descriptors each; an eighth of the process's descriptors may be theirs. A server has two for each
    // connection, and most connections are idle or have small messages.
    let pipeBudget = max(4, Linux.descriptorLimit / 16 / count)
    var reactors: [Reactor] = []
    for index in 0..<count {
      do throws(Errno) {
        reactors.append(try Reactor(index: index, pipeBudget: pipeBudget, blockingPool: pool))
      } catch {
        for started in reactors { started.stop {} }
        throw error
      }
    }
    all = reactors
  }

  /// The next reactor, round robin.
  public func next() -> Reactor {
    all[turn.wrappingAdd(1, ordering: .relaxed).oldValue % all.count]
  }

  /// A reading of every reactor.
  public func metrics() async -> [ReactorMetrics] {
    var readings: [ReactorMetrics] = []
    for reactor in all { readings.append(await reactor.metrics()) }
    return readings
  }

  /// How much of a count that has come to `value` was not passed on yet. Several may pass on the counts of the same
  /// reactors: each part of it is passed on once, by whoever asks first.
  package func passOn(_ count: String, upTo value: Int) -> Int {
    passedOn.withLock { passedOn in
      let before = passedOn[count, default: 0]
      guard value > before else { return 0 }
      passedOn[count] = value
      return value - before
    }
  }

  /// Ends the threads once nothing is left to run or to wait for, and returns when they have ended. No endpoint of
  /// these reactors may be used afterwards.
  public func shutdown() async {
    for reactor in all {
      await withCheckedContinuation { done in
        reactor.stop { done.resume() }
      }
    }
  }
}
