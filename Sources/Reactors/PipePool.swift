import LinuxCalls
package import SystemPackage

/// A pipe on lease: what a splice between two sockets goes through.
package struct PipeLease: ~Copyable {
  package let readEnd: Int32
  package let writeEnd: Int32
  /// In bytes; the kernel may have given less than was asked for.
  package let capacity: Int

  fileprivate init(readEnd: Int32, writeEnd: Int32, capacity: Int) {
    self.readEnd = readEnd
    self.writeEnd = writeEnd
    self.capacity = capacity
  }

  deinit {
    try? Linux.close(readEnd)
    try? Linux.close(writeEnd)
  }

  fileprivate consuming func surrender() -> (Int32, Int32, Int) {
    let parts = (readEnd, writeEnd, capacity)
    discard self
    return parts
  }
}

/// A reactor's pipes, last in first out. A pipe that is not empty never comes back: it is closed.
///
/// Belongs to the reactor's thread.
package final class PipePool {
  /// Why there is no pipe.
  package enum Refusal: Error {
    /// The reactor's own bound.
    case budget(Int)
    /// A user with many pipes gets small ones that cannot grow (pipe-user-pages-soft, pipe(7)).
    case small(Int)
    case failed(Errno)

    package var sentence: String {
      switch self {
      case .budget(let most): "all \(most) pipes of the reactor are leased"
      case .small(let size):
        "the kernel gave a pipe of \(size) bytes: the user's pipe quota is used up (pipe-user-pages-soft)"
      case .failed(let errno): "no pipe: \(errno)"
      }
    }
  }

  /// What is asked for. Larger pipes mean fewer calls a GiB (measured: 64 KiB costs twice the CPU of 1 MiB);
  /// 1 MiB is the most an ordinary user gets (/proc/sys/fs/pipe-max-size).
  package static let capacity = 1 << 20
  /// A splice through less than this loses to a buffer.
  package static let leastCapacity = 64 * 1024
  /// More idle pipes than this are closed.
  private static let mostIdle = 32

  @exclusivity(unchecked) private var idle: [(Int32, Int32, Int)] = []
  @exclusivity(unchecked) package private(set) var leased = 0
  package var budget: Int

  init(budget: Int) {
    self.budget = budget
    idle.reserveCapacity(Self.mostIdle)
  }

  package var idleCount: Int { idle.count }

  package func lease() throws(Refusal) -> PipeLease {
    guard leased < budget else { throw .budget(budget) }
    if let (readEnd, writeEnd, capacity) = idle.popLast() {
      leased += 1
      return PipeLease(readEnd: readEnd, writeEnd: writeEnd, capacity: capacity)
    }
    let ends: (read: Int32, write: Int32)
    do throws(Errno) { ends = try Linux.pipe() } catch { throw .failed(error) }
    // EPERM and EBUSY leave the pipe as it is; what counts is the size it has afterwards.
    _ = try? Linux.setPipeCapacity(of: ends.write, to: Self.capacity)
    let capacity = (try? Linux.pipeCapacity(of: ends.write)) ?? 0
    let lease = PipeLease(readEnd: ends.read, writeEnd: ends.write, capacity: capacity)
    guard capacity >= Self.leastCapacity else { throw .small(capacity) }
    leased += 1
    return lease
  }

  package func giveBack(_ lease: consuming PipeLease, isEmpty: Bool) {
    leased -= 1
    guard isEmpty, idle.count < Self.mostIdle else { return }
    idle.append(lease.surrender())
  }

  deinit {
    for (readEnd, writeEnd, _) in idle {
      try? Linux.close(readEnd)
      try? Linux.close(writeEnd)
    }
  }
}
