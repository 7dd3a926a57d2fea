import CLinux

/// How many system calls of each kind were made in a stretch, to 4 billion of a kind.
package struct SystemCallCounts: Sendable {
  // Not a SIMD type, which would ask for the alignment of a whole vector wherever it is stored.
  fileprivate var counts = InlineArray<32, UInt32>(repeating: 0)

  package init() {}

  package subscript(_ kind: SystemCall) -> Int {
    Int(counts[kind.rawValue])
  }

  package var total: Int {
    SystemCall.allCases.reduce(0) { $0 + self[$1] }
  }

  /// The kinds that were called at all, in a fixed order.
  package var nonzero: [(kind: SystemCall, count: Int)] {
    SystemCall.allCases.compactMap { self[$0] > 0 ? ($0, self[$0]) : nil }
  }

  /// Adds what happened between two readings of a thread's counters.
  package mutating func add(from before: SystemCallCounts, to after: SystemCallCounts) {
    // In C, without checks of bounds: a copy does this each time it suspends.
    let (before, after) = (before, after)
    withUnsafeBytes(of: before.counts) { before in
      withUnsafeBytes(of: after.counts) { after in
        withUnsafeMutableBytes(of: &counts) { total in
          clinux_add_counts(
            total.baseAddress?.assumingMemoryBound(to: UInt32.self),
            before.baseAddress?.assumingMemoryBound(to: UInt32.self),
            after.baseAddress?.assumingMemoryBound(to: UInt32.self))
        }
      }
    }
  }

  package static func += (total: inout SystemCallCounts, more: SystemCallCounts) {
    for kind in total.counts.indices { total.counts[kind] &+= more.counts[kind] }
  }

  /// The calls this thread has made since it started, modulo 2³²: for differences.
  package static var ofThisThread: SystemCallCounts {
    var reading = SystemCallCounts()
    withUnsafeMutableBytes(of: &reading.counts) { bytes in
      if let numbers = bytes.baseAddress?.assumingMemoryBound(to: UInt32.self) { clinux_read_counts(numbers) }
    }
    return reading
  }
}

/// How many system calls of each kind were made over the life of a thread, or of many.
package struct SystemCallTotals: Sendable {
  private var counts = InlineArray<32, UInt64>(repeating: 0)

  package init() {}

  /// The calls this thread has made since it started.
  package static var ofThisThread: SystemCallTotals {
    let thread = clinux_thread_counts()
    var totals = SystemCallTotals()
    for kind in totals.counts.indices { totals.counts[kind] = thread?[kind] ?? 0 }
    return totals
  }

  package static func += (totals: inout SystemCallTotals, more: SystemCallCounts) {
    for kind in totals.counts.indices { totals.counts[kind] += UInt64(more.counts[kind]) }
  }

  package static func += (totals: inout SystemCallTotals, more: SystemCallTotals) {
    for kind in totals.counts.indices { totals.counts[kind] += more.counts[kind] }
  }

  /// By the name in the manual, of what was called at all.
  package var byName: [String: Int] {
    var byName: [String: Int] = [:]
    for kind in SystemCall.allCases where counts[kind.rawValue] > 0 {
      byName[kind.name] = Int(clamping: counts[kind.rawValue])
    }
    return byName
  }
}
