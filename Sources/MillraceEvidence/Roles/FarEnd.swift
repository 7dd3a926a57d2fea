import Millrace
import Reactors

/// Where a relay's bytes arrive: it answers them, or looks at each and says that it came.
enum FarEnd {
  enum Spec: Codable, Sendable, Equatable {
    /// Everything comes back.
    case echo
    /// Bytes of the pattern are thrown away once they were looked at; for each `unit` of them one byte comes back.
    case sink(unit: Int)
  }

  /// Listens, says where, and serves for as long as the process lives.
  static func run(_ spec: Spec, _ link: RoleLink) async throws {
    let reactors = try Reactors(count: 1)
    let reactor = reactors.all[0]
    let listener = try Listener.bind(to: .loopback(port: 0), on: reactor)
    try await link.answer(.ready(port: listener.address.port, process: nil))
    while true {
      let connection = try await listener.accept()
      reactor.task {
        do {
          switch spec {
          case .echo: try await echo(connection)
          case .sink(let unit): try await sink(connection, unit: unit)
          }
        } catch {
          // The load notices; a content that is wrong is more than that.
          if let failure = error as? RoleFailure { try? await link.answer(.failed("\(failure)")) }
        }
        connection.close()
      }
    }
  }

  private static func echo(_ connection: Connection) async throws {
    while true {
      let bytes = try await connection.read(upTo: 256 * 1024)
      if bytes.isEmpty { return try connection.finishWriting() }
      try await connection.write(bytes)
    }
  }

  private static func sink(_ connection: Connection, unit: Int) async throws {
    var (received, answered) = (0, 0)
    while true {
      let bytes = try await connection.read(upTo: 256 * 1024)
      if bytes.isEmpty { return try connection.finishWriting() }
      guard Pattern.isRight(bytes, at: received) else {
        throw RoleFailure("the far end got bytes that were not sent, among the \(bytes.count) from \(received) on")
      }
      received += bytes.count
      let owed = received / unit - answered
      if owed > 0 { try await connection.write([UInt8](repeating: 1, count: owed)) }
      answered += owed
    }
  }
}
