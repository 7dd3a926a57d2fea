import ArgumentParser
import CBench
import Millrace
import Reactors

struct RelayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relay", abstract: "Relays every connection to an upstream port.")

  @Option(help: "A port to listen on, 0 for any; one for every --to.")
  var listen: [UInt16]

  @Option(help: "The upstream port of the --listen at the same place.")
  var to: [UInt16]

  @Option(help: "automatic, buffered or splice.")
  var route = RouteChoice.automatic

  func validate() throws {
    guard listen.count == to.count, !listen.isEmpty else {
      throw ValidationError("every --listen needs its --to.")
    }
  }

  func run() async throws {
    bench_start("engine-subject")
    let reactors = try Reactors(count: 1)
    let reactor = reactors.all[0]
    var listeners: [Listener] = []
    for port in listen {
      listeners.append(try Listener.bind(to: .loopback(port: port), on: reactor))
    }
    announce(listeners)
    let options = route.options
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (listener, port) in zip(listeners, to) {
        let upstream = Address.loopback(port: port)
        group.addTask(executorPreference: reactor) {
          while true {
            let client = try await listener.accept()
            Task(executorPreference: reactor) {
              await relay(client, to: upstream, on: reactor, options)
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

/// Both directions of one connection, each in a task of its own: what connecting needed on the stack of this one is
/// gone with it. The connections are closed when the last of the two lets go of them.
private func relay(
  _ client: Connection, to address: Address, on reactor: Reactor, _ options: CopyOptions
) async {
  guard let upstream = try? await Connection.connect(to: address) else {
    client.close()
    return
  }
  Task(executorPreference: reactor) { await pass(from: client, to: upstream, options) }
  Task(executorPreference: reactor) { await pass(from: upstream, to: client, options) }
}

/// One direction. A failure closes both ends: the other direction then ends too
/// instead of waiting for a peer that nobody serves.
private func pass(from source: Connection, to sink: Connection, _ options: CopyOptions) async {
  do {
    _ = try await copy(from: source, to: sink, options: options)
  } catch {
    source.close()
    sink.close()
  }
}
