import Benchmark
import Millrace
import Reactors

func registerExchanges() {
  Benchmark("exchange-64B") { benchmark in
    let client = try await Pair()
    let server = try await Pair()
    let (near, far) = (client.near, server.near)
    let relay = Reactors.shared.all[0].task { await exchange(between: near, and: far) }
    try await count(benchmark, route: nil) {
      try client.far.send(64)
      try server.far.receive(64)
      try server.far.send(64)
      try client.far.receive(64)
    }
    relay.cancel()
    _ = try? await relay.value
  }
}
