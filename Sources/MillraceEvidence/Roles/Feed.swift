import LinuxCalls
import Millrace
import Reactors
import SystemPackage

/// The load of pipes: writes into FIFOs, and is itself the far end of the connections that the bytes come back by. Confined to
/// its reactor.
final class Feed: @unchecked Sendable {
  private let listener: Listener
  private let pipes: [PipeEnd]
  private var connections: [Connection] = []
  private let patience: Int64
  private var sent = 0
  private var received = 0
  private var failure: (any Error)?

  var port: UInt16? { listener.address.port }

  init(_ paths: [String], patience: Double) async throws {
    self.patience = Int64(patience * 1e9)
    listener = try Listener.bind(to: .loopback(port: 0), on: Reactor.current)
    // For both directions, so that neither end waits for the other to be opened. fifo(7)
    pipes = try paths.map { try PipeEnd(taking: FileDescriptor.open(FilePath($0), .readWrite, options: .nonBlocking)) }
  }

  /// Writes whole periods into every FIFO, and waits until all of it has come back.
  func work(_ extent: Load.Extent, _ recorder: Recorder) async throws {
    guard let reactor = Reactor.current else { throw RoleFailure("the load is not on its reactor") }
    try await acceptAll(on: reactor)
    let before = received
    try await withThrowingTaskGroup(of: Void.self) { group in
      for pipe in pipes {
        group.addTask(executorPreference: reactor) {
          var periods = 0
          while periods == 0 || Self.isWanted(periods, extent) {
            self.sent += try await copy(from: Bytes(Pattern.bytes), to: pipe).delivered
            periods += 1
          }
        }
      }
      try await group.waitForAll()
    }
    var last = (count: received, at: Linux.now)
    while received < sent {
      if let failure { throw failure }
      if received > last.count { last = (received, Linux.now) }
      if Linux.now - last.at > patience {
        throw RoleFailure("\(sent - received) bytes that were written into pipes did not arrive")
      }
      try await reactor.sleep(for: .milliseconds(1))
    }
    let bytes = received - before
    recorder.note(operations: bytes / Pattern.period, bytes: bytes, nanoseconds: nil)
  }

  private func acceptAll(on reactor: Reactor) async throws {
    while connections.count < pipes.count {
      let connection = try await listener.accept()
      connections.append(connection)
      reactor.task {
        do { try await self.check(connection) } catch { self.failure = error }
      }
    }
  }

  private func check(_ connection: Connection) async throws {
    var position = 0
    while true {
      let bytes = try await connection.read(upTo: 256 * 1024)
      if bytes.isEmpty { return }
      guard Pattern.isRight(bytes, at: position) else {
        throw RoleFailure("bytes that were not written arrived from a pipe, after \(position)")
      }
      position += bytes.count
      received += bytes.count
    }
  }

  private static func isWanted(_ periods: Int, _ extent: Load.Extent) -> Bool {
    switch extent {
    case .until(let end): Linux.now < end
    case .count(let count): periods < count
    }
  }
}
