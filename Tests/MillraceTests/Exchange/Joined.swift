import Millrace

/// An exchange between a client and a server, both of them the test's.
struct Joined: Sendable {
  let client: PlainDescriptor
  let server: PlainDescriptor
  let reactors: MatrixReactor
  let front: Connection
  let back: Connection
  let exchanging: Task<ExchangeReport, any Error>

  init(_ options: CopyOptions = CopyOptions(passesEnd: true), halfClosedTimeout: Duration? = nil) async throws {
    let (front, client) = try PlainPair.tcp()
    let (back, server) = try PlainPair.unix()
    (self.client, self.server) = (client, server)
    let reactors = try MatrixReactor()
    self.reactors = reactors
    let ends = try await reactors.group.all[0].task {
      [try Connection(taking: FileDescriptor(rawValue: front)), try Connection(taking: FileDescriptor(rawValue: back))]
    }.value
    (self.front, self.back) = (ends[0], ends[1])
    exchanging = reactors.group.all[0].task { [front = ends[0], back = ends[1]] in
      await exchange(between: front, and: back, options: options, halfClosedTimeout: halfClosedTimeout)
    }
  }

  /// Waits until both directions wait.
  func isIdle() async {
    while await reactors.group.all[0].metrics().tasks.waiting < 2 { await Task.yield() }
  }

  func end() async throws -> ExchangeReport {
    let report = try await exchanging.value
    front.close()
    back.close()
    try await reactors.expectNothingLeased()
    return report
  }
}
