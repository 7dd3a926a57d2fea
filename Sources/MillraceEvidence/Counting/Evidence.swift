import CAllocations
import Foundation
public import Reactors

/// Exact figures of your own code, for a test to hold it to: which routes its bytes took, and what system calls and
/// allocations one operation takes.
///
/// ```swift
/// @Test func aDownloadKeepsItsRoute() async throws {
///   let figures = try await Evidence.count(operations: 16) { try await download(from: server) }
///   #expect(figures.routes.keys.sorted() == ["sendfile"])
///   #expect(figures.each("sendfile") == 1)
///   Attachment.record(try figures.json(), named: "download.json")
/// }
/// ```
public enum Evidence {
  /// Runs `body` once to warm up, and then three times `operations` times, and counts.
  ///
  /// Counted are the system calls of the reactors' threads and of their blocking pool, the bytes that copies on them
  /// delivered by each route, and what the whole process asked of malloc(3). So nothing else should go on meanwhile: counts
  /// that are made at the same time wait for each other, and a suite that counts is best `.serialized`. What was not the
  /// same three times is named in ``ExactFigures/unstable``; the figures are the least of the three.
  ///
  /// - Parameters:
  ///   - reactors: where the copies run; those that endpoints use when nobody says otherwise, by default.
  ///   - operations: at least 1. More of them tell what each takes from what happens once.
  ///
  /// Throws what `body` throws.
  public static func count(
    on reactors: Reactors = .shared, operations: Int = 16, _ body: () async throws -> Void
  ) async throws -> ExactFigures {
    precondition(operations > 0, "there is at least one operation, not \(operations)")
    await Turn.shared.take()
    do {
      try await body()
      let overhead = try await readings(on: reactors, 0, body)
      let counted = try await readings(on: reactors, operations, body)
      await Turn.shared.giveBack()
      return figures(of: counted, without: overhead, operations)
    } catch {
      await Turn.shared.giveBack()
      throw error
    }
  }

  private struct Reading {
    var systemCalls: [String: Int]
    var routes: [String: Int]
    var allocations: Allocations?
  }

  private static func readings(
    on reactors: Reactors, _ operations: Int, _ body: () async throws -> Void
  ) async throws -> [Reading] {
    var readings: [Reading] = []
    for _ in 0..<3 {
      let before = await reactors.metrics()
      allocations_begin(.max)
      defer { allocations_end() }
      for _ in 0..<operations { try await body() }
      allocations_end()
      let after = await reactors.metrics()
      readings.append(
        Reading(
          systemCalls: difference(before.map(\.systemCalls), after.map(\.systemCalls)),
          routes: difference(before.map(\.bytesByRoute), after.map(\.bytesByRoute)),
          allocations: allocations_are_counted()
            ? Allocations(count: Int(allocations_count()), bytes: Int(allocations_bytes())) : nil))
    }
    return readings
  }

  private static func difference(_ before: [[String: Int]], _ after: [[String: Int]]) -> [String: Int] {
    var sums: [String: Int] = [:]
    for counts in after { for (name, count) in counts { sums[name, default: 0] += count } }
    for counts in before { for (name, count) in counts { sums[name, default: 0] -= count } }
    return sums.filter { $0.value > 0 }
  }

  /// Asking the reactors is work of theirs, too: what it takes alone is taken off.
  private static func figures(of counted: [Reading], without overhead: [Reading], _ operations: Int) -> ExactFigures {
    var unstable: [String] = []
    var calls: [String: Int] = [:]
    for name in Set(counted.flatMap(\.systemCalls.keys)) {
      let counts = counted.map { $0.systemCalls[name] ?? 0 }
      if Set(counts).count > 1 { unstable.append(name) }
      let alone = overhead.map { $0.systemCalls[name] ?? 0 }.min() ?? 0
      let count = (counts.min() ?? 0) - alone
      if count > 0 { calls[name] = count }
    }
    let allocations = counted.compactMap(\.allocations)
    if Set(allocations.map(\.count)).count > 1 { unstable.append("allocations") }
    return ExactFigures(
      operations: operations, systemCalls: calls, allocations: allocations.min { $0.count < $1.count },
      routes: counted.last?.routes ?? [:], unstable: unstable.sorted())
  }
}

/// One count at a time: there is one malloc(3) for all of them.
private actor Turn {
  static let shared = Turn()
  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func take() async {
    if isTaken { await withCheckedContinuation { waiting.append($0) } }
    isTaken = true
  }

  func giveBack() {
    // Handed on: it stays taken.
    if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
  }
}

extension ExactFigures {
  /// System calls of a name for each operation; 0 of one that was not made.
  public func each(_ call: String) -> Double { Double(systemCalls[call] ?? 0) / Double(max(1, operations)) }

  /// Allocations for each operation; nil where they are not counted, under a sanitizer.
  public var allocationsEach: Double? { allocations.map { Double($0.count) / Double(max(1, operations)) } }

  /// All of it as JSON, to attach to a test's run.
  public func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return Array(try encoder.encode(self))
  }
}
