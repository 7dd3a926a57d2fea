import Millrace
import Reactors

let exchanges = [
  Operation("exchange of 64 B", systemCalls: 4, allocations: 0) {
    let client = try await Pair()
    let server = try await Pair()
    let (near, far) = (client.near, server.near)
    let relay = Reactors.shared.all[0].task { await exchange(between: near, and: far) }
    let figures = try await counting(nil) {
      try client.far.send(64)
      try server.far.receive(64)
      try server.far.send(64)
      try client.far.receive(64)
    }
    relay.cancel()
    _ = try? await relay.value
    return figures
  }
]
