import Millrace
import Reactors
import SystemPackage

/// Pipes into connections, as a program at the end of a shell's pipeline does.
final class FeedWork: SubjectWork {
  private let paths: [String]
  private let port: UInt16
  private let options: CopyOptions
  private let reactor: Reactor
  private let tally: RouteTally

  init(_ paths: [String], _ port: UInt16, _ options: CopyOptions, _ reactors: Reactors, _ tally: RouteTally) {
    self.paths = paths
    self.port = port
    self.options = options
    reactor = reactors.all[0]
    self.tally = tally
  }

  func start() async throws -> UInt16? {
    for path in paths {
      let number = try FileDescriptor.open(FilePath(path), .readOnly, options: .nonBlocking)
      reactor.task { [self] in
        let pipe = try PipeEnd(taking: number)
        let connection = try await Connection.connect(to: .loopback(port: port))
        do throws(CopyError) {
          tally.note(try await copy(from: pipe, to: connection, options: options))
        } catch {
          tally.note(error.report)
        }
        connection.close()
      }
    }
    return nil
  }
}
