import ArgumentParser
import CBench
import Millrace
import Reactors
import SystemPackage

struct FileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "file", abstract: "Sends one file to every connection, then closes it.")

  @Option(help: "The port to listen on, 0 for any.")
  var listen: UInt16

  @Option(help: "The file to send.")
  var file: String

  @Option(help: "automatic or buffered.")
  var route = RouteChoice.automatic

  func validate() throws {
    guard route != .splice else {
      throw ValidationError("--route is automatic or buffered for a file.")
    }
  }

  func run() async throws {
    bench_start("engine-subject")
    let reactors = try Reactors(count: 1)
    let reactor = reactors.all[0]
    let file = try await File.open(FilePath(self.file))
    let whole = try await file.section(offset: 0, length: Int(file.size()))
    let listener = try Listener.bind(to: .loopback(port: listen), on: reactor)
    announce([listener])
    let options = route.options
    try await Task(executorPreference: reactor) {
      while true {
        let client = try await listener.accept()
        Task(executorPreference: reactor) {
          // A client that leaves early is no failure of the server.
          _ = try? await copy(from: whole, to: client, options: options)
          client.close()
        }
      }
    }.value
  }
}
