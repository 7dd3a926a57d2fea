import Millrace
import Reactors
import SystemPackage

/// What comes into a file, over and over; a byte says that it is there.
final class StoreWork: SubjectWork {
  private let directory: String
  private let size: Int
  private let options: CopyOptions
  private let reactor: Reactor
  private let tally: RouteTally

  init(_ directory: String, _ size: Int, _ options: CopyOptions, _ reactors: Reactors, _ tally: RouteTally) {
    self.directory = directory
    self.size = size
    self.options = options
    reactor = reactors.all[0]
    self.tally = tally
  }

  func start() async throws -> UInt16? {
    let listener = try Listener.bind(to: .loopback(port: 0), on: reactor)
    reactor.task { [self] in
      var number = 0
      while true {
        let client = try await listener.accept()
        let path = "\(directory)/stored-\(number)"
        number += 1
        reactor.task { try await self.store(client, path) }
      }
    }
    return listener.address.port
  }

  private func store(_ client: Connection, _ path: String) async throws {
    defer { client.close() }
    let file = try await File.create(FilePath(path))
    var options = options
    options.limit = size
    while true {
      let report = try await copy(from: client, to: file.section(offset: 0), options: options)
      tally.note(report)
      guard report.delivered == size else { return }
      try await client.write([1])
    }
  }
}
