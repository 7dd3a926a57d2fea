import Foundation
import LinuxCalls
import Millrace
import Reactors

/// The client: opens connections and keeps them busy, by one operation after the other or at a steady pace, and looks at every
/// byte that comes back.
final class Load: @unchecked Sendable {
  enum Kind: Codable, Sendable, Equatable {
    /// A message, and the same message back.
    case echo(size: Int)
    /// Bytes of the pattern; each `unit` of them is answered by a byte. With `isPipelined` the next goes before the answer.
    case send(unit: Int, isPipelined: Bool)
    /// The same, of the pattern's beginning each time: what becomes a file.
    case store(size: Int)
    /// One byte asks for a file, which is `size` bytes of the pattern.
    case fetch(size: Int)
    /// Each operation is a connection: a message there, the same back, and the end.
    case short(size: Int)
    /// A byte there and back, and nothing more.
    case idle
    /// A GET of `/file` on a connection that stays; the answer is `size` bytes of the pattern.
    case get(size: Int)
    /// The same once, of this path, and nothing more.
    case getOnce(path: String, size: Int)
    /// The same again and again, of `/bulk`.
    case download(size: Int)
    /// Bytes of the pattern into FIFOs, which somebody copies into as many connections to this process.
    case feed(paths: [String])
  }

  struct Spec: Codable, Sendable {
    var kind: Kind
    var port: UInt16
    var connections: Int
    /// Operations a second, all connections together; nil is one after the other.
    var rate: Double?
    /// Seconds that an answer may take.
    var patience: Double
  }

  struct Result: Codable, Sendable {
    var seconds: Double
    var operations: Int
    var bytes: Int
    var latency: Latency?
    /// Of a pace: operations whose time came and that were not begun.
    var owed = 0
  }

  private let spec: Spec
  private let reactor: Reactor
  private var clients: [LoadClient] = []
  private var feed: Feed?

  init(_ spec: Spec) throws {
    self.spec = spec
    reactor = try Reactors(count: 1).all[0]
  }

  func run(_ link: RoleLink) async throws {
    let port = try await reactor.task { try await self.connect() }.value
    try await link.answer(.ready(port: port, process: nil))
    try await link.forEachCommand { command in
      switch command {
      case .work(let seconds):
        try await link.answer(.done(try await self.work(.until(Linux.now + Int64(seconds * 1e9)))))
      case .count(let count): try await link.answer(.done(try await self.work(.count(count))))
      case .mark, .watch, .report: break
      }
    }
  }

  private func connect() async throws -> UInt16? {
    if case .feed(let paths) = spec.kind {
      let feed = try await Feed(paths, patience: spec.patience)
      self.feed = feed
      return feed.port
    }
    for _ in 0..<spec.connections {
      let client = try await LoadClient(spec)
      clients.append(client)
    }
    return nil
  }

  /// How long.
  enum Extent: Sendable {
    case until(Int64)
    /// Operations of each connection.
    case count(Int)
  }

  private func work(_ extent: Extent) async throws -> Result {
    let recorder = Recorder(isPaced: spec.rate != nil)
    let start = Linux.now
    if let feed { try await reactor.task { try await feed.work(extent, recorder) }.value }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, client) in clients.enumerated() {
        let pace = spec.rate.map { Pace(rate: $0, connections: spec.connections, number: number, start: start) }
        group.addTask(executorPreference: reactor) { try await client.work(extent, pace, recorder) }
      }
      try await group.waitForAll()
    }
    return recorder.result(nanoseconds: Linux.now - start, hasLatency: spec.kind.hasLatency)
  }
}

extension Load.Kind {
  /// Where one operation follows another before it has ended, or has no answer, there is no time of each.
  var hasLatency: Bool {
    switch self {
    case .echo, .fetch, .short, .get: true
    case .send(_, let isPipelined): !isPipelined
    case .store: true
    case .idle, .getOnce, .download, .feed: false
    }
  }
}
