import Foundation
import LinuxCalls
import Millrace
import Reactors
import SystemPackage

/// A role's end of its connection to the harness: commands come as lines of JSON, and answers go the same way.
final class RoleLink: Sendable {
  /// The number that the harness passes it on by.
  static let descriptor: Int32 = 3

  private let connection: Connection
  private let reactor: Reactor

  init(_ connection: Connection, on reactor: Reactor) {
    self.connection = connection
    self.reactor = reactor
  }

  func answer(_ answer: RoleAnswer) async throws { try await send(try Self.line(of: answer)) }

  /// An answer as it is sent, for who must not allocate much when the time has come.
  static func line(of answer: RoleAnswer) throws -> [UInt8] {
    Array(try JSONEncoder().encode(answer)) + [UInt8(ascii: "\n")]
  }

  func send(_ line: [UInt8]) async throws { try await connection.write(line) }

  /// The commands, until the harness is gone.
  ///
  /// - Parameter arrival: called when something has come, before it is looked at.
  func forEachCommand(
    arrival: () -> Void = {}, _ body: (RoleCommand) async throws -> Void
  ) async throws {
    var lines = LineBuffer()
    while true {
      let bytes = try await connection.read()
      arrival()
      if bytes.isEmpty { return }
      for line in lines.add(bytes) { try await body(JSONDecoder().decode(RoleCommand.self, from: Data(line))) }
    }
  }
}

/// Makes lines of pieces.
struct LineBuffer {
  private var rest: [UInt8] = []

  /// The lines that are complete with these bytes.
  mutating func add(_ bytes: [UInt8]) -> [[UInt8]] {
    rest += bytes
    var lines: [[UInt8]] = []
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(Array(rest[..<end]))
      rest.removeSubrange(...end)
    }
    return lines
  }
}

/// A process of the harness, seen from inside.
public enum BenchRole {
  /// Plays the role that `spec` names, until the harness is gone or has enough of it; then the process ends.
  public static func run(_ spec: String) async -> Never {
    do {
      let start = try JSONDecoder().decode(RoleStart.self, from: Data(spec.utf8))
      start.seat?.take()
      // A terminal's Ctrl-C is for the harness, which ends the roles in its order.
      for signal: Int32 in [1 /* SIGHUP */, 2 /* SIGINT */, 3 /* SIGQUIT */] { try Linux.disregard(signal: signal) }
      // Of its own, so that what is counted is the work alone.
      let control = try Reactors(count: 1).all[0]
      let link = try await control.task {
        RoleLink(try Connection(taking: FileDescriptor(rawValue: RoleLink.descriptor)), on: control)
      }.value
      do { try await play(start.spec, link) } catch { try? await link.answer(.failed("\(error)")) }
    } catch {
      exit(EXIT_FAILURE)
    }
    exit(EXIT_SUCCESS)
  }

  private static func play(_ spec: RoleSpec, _ link: RoleLink) async throws {
    switch spec {
    case .farEnd(let spec):
      try await untilFirst {
        try await FarEnd.run(spec, link)
      } or: {
        try await link.forEachCommand { _ in }
      }
    case .load(let spec): try await Load(spec).run(link)
    case .subject(let spec): try await OwnSubject(spec).run(link)
    case .foreign(let command, let log): try await ForeignProgram.run(command, log: log, link)
    }
  }

  /// Until one of the two has come to its end.
  static func untilFirst(
    _ one: @escaping @Sendable () async throws -> Void, or other: @escaping @Sendable () async throws -> Void
  ) async throws {
    let ends = AsyncThrowingStream<Void, any Error>.makeStream()
    for work in [one, other] {
      Task {
        do {
          try await work()
          ends.continuation.yield()
        } catch {
          ends.continuation.finish(throwing: error)
        }
      }
    }
    for try await _ in ends.stream { return }
  }
}
