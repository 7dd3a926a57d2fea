import Foundation
import Millrace
import Testing

@testable import MillraceServices

@Suite("The admin endpoint of a relay", .timeLimit(.minutes(8)))
struct RelayAdminTests {
  /// given a relayed connection that has echoed some bytes and stays; when the endpoint is asked; then each direction is there
  /// with its ends, its bytes and its route, and the metrics count the connection; when it has ended, it is not moving any more.
  @Test("tells of its connections, both ways, and of its metrics")
  func tells() async throws {
    let upstream = try TestServer.echo()
    let prometheus = PrometheusMetrics()
    try await RelayRig.run(
      to: [upstream.target], { $0.admin = .tcp(host: "127.0.0.1", port: 0) }, metrics: prometheus
    ) { rig in
      let client = try await rig.connect()
      try await client.write(noise(10_000))
      var back = 0
      while back < 10_000 { back += try await client.read().count }
      let admin = try #require(rig.relay.reception.adminAddresses.first)

      let moving = try await transfers(admin)
      try #require(moving.count == 2)
      for transfer in moving {
        #expect(transfer["bytes"] as? Int == 10_000 && transfer["service"] as? String == "relay")
        #expect(transfer["route"] as? String == "buffered" && transfer["state"] as? String == "moving")
      }
      let ends = moving.map { [$0["from"] as? String ?? "", $0["to"] as? String ?? ""] }
      #expect(ends[0] == ends[1].reversed())
      #expect(ends[0].contains("\(upstream.address)"))
      #expect(Set(moving.map { $0["direction"] as? String ?? "" }).count == 2)

      let metrics = try await get("/metrics", admin).text
      #expect(metrics.contains("\nmillrace_relay_connections 1\n"), "\(metrics)")
      #expect(try await get("/healthz", admin).text == "alive\n")
      #expect(try await get("/readyz", admin).text == "serving\n")

      try client.finishWriting()
      #expect(try await client.read().isEmpty)
      client.close()
      _ = await rig.log.line { $0.message == "relayed" }
      #expect(try await transfers(admin).isEmpty)
    }
    await upstream.end()
  }

  private func get(_ path: String, _ address: Address) async throws -> RawAnswer {
    try await ask(address, "GET \(path) HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n")
  }

  private func transfers(_ address: Address) async throws -> [[String: Any]] {
    let answer = try await get("/transfers", address)
    let document = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    return try #require(document["transfers"] as? [[String: Any]])
  }
}
