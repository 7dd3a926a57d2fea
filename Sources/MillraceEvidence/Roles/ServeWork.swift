import Millrace
import Reactors
import SystemPackage

/// A file to whoever asks with a byte.
final class ServeWork: SubjectWork {
  private let path: String
  private let size: Int
  private let options: CopyOptions
  private let reactor: Reactor
  private let tally: RouteTally

  init(_ path: String, _ size: Int, _ options: CopyOptions, _ reactors: Reactors, _ tally: RouteTally) {
    self.path = path
    self.size = size
    self.options = options
    reactor = reactors.all[0]
    self.tally = tally
  }

  func start() async throws -> UInt16? {
    let reactor = reactor
    return try await reactor.task { [self] in
      let file = try await File.open(FilePath(path))
      let listener = try Listener.bind(to: .loopback(port: 0), on: reactor)
      reactor.task {
        while true {
          let client = try await listener.accept()
          reactor.task {
            while try await !client.read(upTo: 1).isEmpty {
              self.tally.note(
                try await copy(from: file.section(offset: 0, length: self.size), to: client, options: self.options))
            }
            client.close()
          }
        }
      }
      return listener.address.port
    }.value
  }
}
