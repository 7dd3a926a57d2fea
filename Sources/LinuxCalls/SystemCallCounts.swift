import CLinux

/// How many system calls of each kind were made, to 4 billion.
package struct SystemCallCounts: Sendable {
  private var counts = InlineArray<32, UInt32>(repeating: 0)

  package init() {}

  package subscript(_ kind: SystemCall) -> Int {
    Int(counts[kind.rawValue])
  }

  package var total: Int {
    var sum = 0
    for index in counts.indices { sum += Int(counts[index]) }
    return sum
  }

  /// The kinds that were called at all, in a fixed order.
  package var nonzero: [(kind: SystemCall, count: Int)] {
    SystemCall.allCases.compactMap { self[$0] > 0 ? ($0, self[$0]) : nil }
  }

  /// Adds what happened between two readings of a thread's counters.
  package mutating func add(from before: SystemCallCounts, to after: SystemCallCounts) {
    for index in counts.indices { counts[index] &+= after.counts[index] &- before.counts[index] }
  }

  package static func += (total: inout SystemCallCounts, more: SystemCallCounts) {
    for index in total.counts.indices { total.counts[index] &+= more.counts[index] }
  }

  /// The calls this thread has made since it started.
  package static var ofThisThread: SystemCallCounts {
    ThreadCounters.ofThisThread.reading
  }

  fileprivate mutating func load(_ pointer: UnsafePointer<UInt64>) {
    for index in counts.indices { counts[index] = UInt32(truncatingIfNeeded: clinux_read_count(pointer, Int32(index))) }
  }
}

/// A thread's counters, written by that thread alone and readable by every other for as long as the thread lives.
package struct ThreadCounters: @unchecked Sendable {
  private let pointer: UnsafeMutablePointer<UInt64>

  package static var ofThisThread: ThreadCounters {
    ThreadCounters(pointer: clinux_thread_counts())
  }

  private init(pointer: UnsafeMutablePointer<UInt64>) { self.pointer = pointer }

  package var reading: SystemCallCounts {
    var counts = SystemCallCounts()
    counts.load(pointer)
    return counts
  }
}
