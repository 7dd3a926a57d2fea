import Millrace
import Reactors

/// A relay of the bare engine, by a route that was asked for.
final class ExchangeWork: SubjectWork {
  private let upstream: UInt16
  private let options: CopyOptions
  private let reactor: Reactor
  private let tally: RouteTally

  init(to port: UInt16, _ options: CopyOptions, _ reactors: Reactors, _ tally: RouteTally) {
    upstream = port
    // Else the direction back would wait for ever when a client has gone, and its route would not be known.
    self.options = options.passingEnd
    reactor = reactors.all[0]
    self.tally = tally
  }

  func start() async throws -> UInt16? {
    let listener = try Listener.bind(to: .loopback(port: 0), on: reactor)
    reactor.task { [self] in
      while true {
        let client = try await listener.accept()
        reactor.task {
          let server = try await Connection.connect(to: .loopback(port: self.upstream))
          let report = await exchange(between: client, and: server, options: self.options)
          for direction in [report.forth, report.back] {
            switch direction {
            case .success(let report): self.tally.note(report)
            case .failure(let error): self.tally.note(error.report)
            }
          }
          client.close()
          server.close()
        }
      }
    }
    return listener.address.port
  }
}

extension CopyOptions {
  fileprivate var passingEnd: CopyOptions {
    var options = self
    options.passesEnd = true
    return options
  }
}
