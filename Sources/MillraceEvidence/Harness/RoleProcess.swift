import Foundation
import LinuxCalls
import Millrace
import SystemPackage

/// A process that the harness started for a role. It ends when this is ended, or when the harness does.
final class RoleProcess: @unchecked Sendable {
  /// What it is called when it fails.
  let name: String
  /// Its number.
  let process: Int32
  private let connection: Connection
  private var lines = LineBuffer()
  private var answers: [RoleAnswer] = []
  private var isOver = false

  /// - Parameters:
  ///   - seat: where it runs; nil is anywhere.
  ///   - program: the program of the harness, with its arguments before the role.
  init(_ name: String, _ spec: RoleSpec, at seat: Seat? = nil, program: HarnessProgram) throws {
    self.name = name
    let (mine, its) = try Connection.pair()
    connection = mine
    let number = try Linux.duplicate(its.fileDescriptor.rawValue, from: RoleLink.descriptor + 1)
    defer {
      try? Linux.close(number)
      its.close()
    }
    let role = String(decoding: try JSONEncoder().encode(RoleStart(spec: spec, seat: seat)), as: UTF8.self)
    let texts = [program.path] + program.arguments + [role]
    process = try Linux.spawn(
      program.path, arguments: texts.flatMap { Array($0.utf8) + [0] },
      environment: try Linux.contents(ofPath: "/proc/self/environ"), descriptors: [number])
  }

  deinit { end() }

  func tell(_ command: RoleCommand) async throws {
    let line = Array(try JSONEncoder().encode(command)) + [UInt8(ascii: "\n")]
    do { try await connection.write(line) } catch { throw BenchFailure("\(name) is gone") }
  }

  /// The next thing it says, within `patience`.
  func answer(within patience: Duration = .seconds(15)) async throws -> RoleAnswer {
    while answers.isEmpty {
      let bytes: [UInt8]
      do throws(EndpointError) { bytes = try await connection.read(timeout: patience) } catch {
        if error.errno == .timedOut { throw BenchFailure("\(name) did not answer within \(patience)") }
        throw error
      }
      if bytes.isEmpty { throw BenchFailure("\(name) ended") }
      answers += try lines.add(bytes).map { try JSONDecoder().decode(RoleAnswer.self, from: Data($0)) }
    }
    switch answers.removeFirst() {
    case .failed(let reason): throw BenchFailure("\(name): \(reason)")
    case let answer: return answer
    }
  }

  /// It listens, or its connections stand.
  func untilReady(within patience: Duration = .seconds(15)) async throws -> (port: UInt16?, process: Int32?) {
    guard case .ready(let port, let process) = try await answer(within: patience) else { throw unexpected() }
    return (port, process)
  }

  func work(_ command: RoleCommand, within patience: Duration) async throws -> Load.Result {
    try await tell(command)
    return try await finishedWork(within: patience)
  }

  /// What came of work that it was told to do.
  func finishedWork(within patience: Duration) async throws -> Load.Result {
    guard case .done(let result) = try await answer(within: patience) else { throw unexpected() }
    return result
  }

  func mark() async throws {
    try await tell(.mark)
    guard case .marked = try await answer() else { throw unexpected() }
  }

  func watch(every interval: Double) async throws {
    try await tell(.watch(interval: interval))
    guard case .marked = try await answer() else { throw unexpected() }
  }

  func report() async throws -> OwnSubject.Report {
    try await tell(.report)
    guard case .counted(let report) = try await answer() else { throw unexpected() }
    return report
  }

  /// How a program ended, if it says so in this time.
  func lastWords(within time: Duration) async -> String? {
    if case .ended(let how)? = try? await answer(within: time) { return how }
    return nil
  }

  private func unexpected() -> BenchFailure { BenchFailure("\(name) said something else than was asked") }

  /// Ends it and what it has started, and reaps it. The second time it does nothing.
  func end() {
    guard !isOver else { return }
    isOver = true
    ProcessTree.end(process)
    connection.close()
    _ = try? Linux.wait(for: process)
  }
}

/// The program that plays the roles, and how it is told to: `path arguments… SPEC`.
public struct HarnessProgram: Sendable {
  /// The program's path.
  public var path: String
  /// What stands before the role.
  public var arguments: [String]

  /// `arguments` come before the role, which is one argument; whoever gets them calls ``BenchRole/run(_:)``.
  public init(path: String, arguments: [String]) {
    self.path = path
    self.arguments = arguments
  }
}

/// Why something cannot be measured, in one sentence.
public struct BenchFailure: Error, CustomStringConvertible {
  /// The sentence.
  public let description: String
  init(_ description: String) { self.description = description }
}
