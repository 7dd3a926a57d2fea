/// Something that a timer wakes.
package protocol TimerTarget: AnyObject {
  /// The time has come. Answers when to come again, in the nanoseconds of `Linux.now`, or nil.
  func timerFired(at now: Int64) -> Int64?
}

/// A timer's place in its reactor's heap. Belongs to the reactor's thread.
package final class TimerEntry {
  package fileprivate(set) var due: Int64 = 0
  fileprivate var index = -1
  private unowned let target: any TimerTarget

  package init(_ target: any TimerTarget) { self.target = target }

  package var isSet: Bool { index >= 0 }

  func fire(at now: Int64) -> Int64? { target.timerFired(at: now) }
}

/// A binary heap whose entries know their place, so that a timer is taken out the moment its operation ends: a
/// server has a timer for every connection and lets hardly any of them fire.
struct TimerHeap {
  private var entries: [TimerEntry] = []

  var nextDue: Int64? { entries.first?.due }
  var count: Int { entries.count }

  mutating func set(_ entry: TimerEntry, to due: Int64) {
    entry.due = due
    if entry.index < 0 {
      entry.index = entries.count
      entries.append(entry)
    }
    siftUp(entry.index)
    siftDown(entry.index)
  }

  mutating func remove(_ entry: TimerEntry) {
    let index = entry.index
    guard index >= 0 else { return }
    entry.index = -1
    let last = entries.removeLast()
    guard last !== entry else { return }
    place(last, at: index)
    siftUp(index)
    siftDown(last.index)
  }

  /// Takes out the first entry that is due.
  mutating func popDue(at now: Int64) -> TimerEntry? {
    guard let first = entries.first, first.due <= now else { return nil }
    remove(first)
    return first
  }

  private mutating func place(_ entry: TimerEntry, at index: Int) {
    entries[index] = entry
    entry.index = index
  }

  private mutating func siftUp(_ start: Int) {
    var index = start
    let entry = entries[index]
    while index > 0 {
      let parent = (index - 1) / 2
      guard entry.due < entries[parent].due else { break }
      place(entries[parent], at: index)
      index = parent
    }
    place(entry, at: index)
  }

  private mutating func siftDown(_ start: Int) {
    var index = start
    let entry = entries[index]
    while true {
      var child = 2 * index + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, entries[child + 1].due < entries[child].due { child += 1 }
      guard entries[child].due < entry.due else { break }
      place(entries[child], at: index)
      index = child
    }
    place(entry, at: index)
  }
}
