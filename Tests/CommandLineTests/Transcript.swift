import Foundation
import Glibc
import Testing

/// What processes write to a file, line by line as it comes. inotify(7)
final class Transcript: @unchecked Sendable {
  private let reading: Int32
  private let watch: Int32
  private let mark: Int32
  private let lock = NSLock()
  private var lines: [String] = []
  private var rest: [UInt8] = []
  private var isOver = false
  private var isClosed = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(of file: URL) throws {
    reading = open(file.path, O_RDONLY | O_CLOEXEC)
    watch = inotify_init1(Int32(IN_CLOEXEC))
    mark = inotify_add_watch(watch, file.path, UInt32(IN_MODIFY))
    guard reading >= 0, mark >= 0 else {
      close(reading)
      close(watch)
      throw NotThere(path: file.path)
    }
    Thread.detachNewThread { self.follow() }
  }

  private struct NotThere: Error { let path: String }

  /// Nobody waits for anything any more.
  func end() {
    wake {
      // Which is an event, too. Once: the descriptor may be another's later.
      if !isOver { inotify_rm_watch(watch, mark) }
      isOver = true
    }
  }

  /// Until the end, on a thread of its own.
  private func follow() {
    var events = [UInt8](repeating: 0, count: 4096)
    repeat {
      wake { take() }
    } while !lock.withLock({ isOver }) && (read(watch, &events, events.count) > 0 || errno == EINTR)
    lock.withLock { isClosed = true }
    close(watch)
    close(reading)
  }

  /// What has been written since the last time. With the lock.
  private func take() {
    guard !isClosed else { return }
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(reading, &piece, piece.count)
      guard count > 0 else { break }
      rest += piece.prefix(count)
    }
    guard let last = rest.lastIndex(of: UInt8(ascii: "\n")) else { return }
    lines += String(decoding: rest[..<last], as: UTF8.self).split(separator: "\n").map(String.init)
    rest.removeFirst(last + 1)
  }

  private func wake(after change: () -> Void) {
    let awake = lock.withLock {
      change()
      defer { waiting = [] }
      return waiting
    }
    for continuation in awake { continuation.resume() }
  }

  /// All lines that are in the file by now.
  var all: [String] {
    lock.withLock {
      take()
      return lines
    }
  }

  var text: String { all.joined(separator: "\n") }

  /// Waits until so many lines with these words have come, from the line number `start` on, and answers with the last of them.
  ///
  /// How long things take beside all other tests is nothing that a test could know; a hang is a failure all the same, and says what
  /// there was.
  @discardableResult
  func line(with words: String, count: Int = 1, from start: Int = 0) async throws -> String {
    let end = ContinuousClock.now + .seconds(200)
    DispatchQueue.global().asyncAfter(deadline: .now() + 200.1) { [weak self] in self?.wake {} }
    var seen = start
    var found = 0
    while true {
      let (new, isOver) = state(after: seen)
      for line in new where line.contains(words) {
        found += 1
        if found == count { return line }
      }
      seen += new.count
      try #require(!isOver && .now < end, "in vain for: \(words)\n\(text)")
      await change(since: seen)
    }
  }

  private func state(after seen: Int) -> (lines: [String], isOver: Bool) {
    lock.withLock { (lines: Array(lines[seen...]), isOver: isOver) }
  }

  private func change(since seen: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = lock.withLock {
        if lines.count == seen, !isOver { waiting.append(continuation) }
        return lines.count > seen || isOver
      }
      if isThere { continuation.resume() }
    }
  }
}
