import Dispatch
import LinuxCalls
import Millrace
import Synchronization

/// Lines on their way to standard error. Whoever reads it may be slow, and a reactor must not wait: the lines are written by
/// a thread of their own, and what does not fit into a bounded queue is counted and left out.
final class LogOutput: Sendable {
  /// Bytes that may wait.
  private static let most = 1 << 20

  private struct Waiting: Sendable {
    var bytes: [UInt8] = []
    var isScheduled = false
    var lost = 0
  }

  private let waiting = Guarded(Waiting())
  private let queue = DispatchQueue(label: "millrace.log")
  private let write: @Sendable ([UInt8]) -> Void

  init(write: @escaping @Sendable ([UInt8]) -> Void = LogOutput.writeToStandardError) { self.write = write }

  private static func writeToStandardError(_ bytes: [UInt8]) {
    // A log that nobody reads is no reason to stop.
    _ = try? FileDescriptor.standardError.writeAll(bytes)
  }

  /// A line without its end.
  func add(_ line: String) {
    let mustSchedule = waiting.withLock { waiting in
      guard waiting.bytes.count + line.utf8.count < Self.most else {
        waiting.lost += 1
        return false
      }
      waiting.bytes += line.utf8
      waiting.bytes.append(UInt8(ascii: "\n"))
      defer { waiting.isScheduled = true }
      return !waiting.isScheduled
    }
    if mustSchedule { queue.async { self.drain() } }
  }

  /// Waits until everything is written, or for as long as `limit`: a pipe that nobody reads must not keep the process from
  /// ending.
  func flush(within limit: DispatchTimeInterval = .seconds(1)) {
    let isDone = DispatchSemaphore(value: 0)
    queue.async {
      self.drain()
      isDone.signal()
    }
    _ = isDone.wait(timeout: .now() + limit)
  }

  private func drain() {
    while true {
      let bytes = waiting.withLock { waiting in
        var bytes = waiting.bytes
        if waiting.lost > 0 { bytes += "(\(waiting.lost) lines of the log were lost: nobody took them in time)\n".utf8 }
        waiting.bytes = []
        waiting.lost = 0
        waiting.isScheduled = !bytes.isEmpty
        return bytes
      }
      if bytes.isEmpty { return }
      write(bytes)
    }
  }
}
