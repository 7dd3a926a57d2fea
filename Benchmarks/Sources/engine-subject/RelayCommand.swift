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

/// Both directions of one connection in one task, which is a new one: what connecting needed on the stack of this one is
/// gone with it.
private func relay(
  _ client: Connection, to address: Address, on reactor: Reactor, _ options: CopyOptions
) async {
  guard let upstream = try? await Connection.connect(to: address) else {
    client.close()
    return
  }
  Task(executorPreference: reactor) {
    _ = await exchange(between: client, and: upstream, options: options)
    client.close()
    upstream.close()
  }
}
