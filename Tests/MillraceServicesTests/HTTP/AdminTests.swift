import Foundation
import Glibc
import HTTPTypes
import LinuxCalls
import Millrace
import MillraceHTTP
import Synchronization
import Testing

@testable import MillraceServices

@Suite("The admin endpoint", .timeLimit(.minutes(8)))
struct AdminTests {
  private func get(_ path: String, _ address: Address, accept: String = "*/*") async throws -> RawAnswer {
    try await ask(address, "GET \(path) HTTP/1.1\r\nHost: a\r\nAccept: \(accept)\r\n\r\n")
  }

  @Test("of a server has its metrics as Prometheus reads them, its health, and what it lists")
  func metrics() async throws {
    let prometheus = PrometheusMetrics()
    try await serving(with: { $0.admin = .tcp(host: "127.0.0.1", port: 0) }, metrics: prometheus) { _, responder in
      try await responder.send(HTTPResponse(status: .ok), text: "hello")
    } to: { server, address, _ in
      _ = try await ask(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      let admin = try #require(server.reception.adminAddresses.first)
      let answer = try await get("/metrics", admin)
      #expect(answer.status == 200 && answer["Content-Type"] == PrometheusMetrics.contentType)
      let text = answer.text
      for line in [
        "millrace_http_requests_total{status=\"200\"} 1", "millrace_http_sent_bytes_total{route=\"memory\"} 5",
        "millrace_http_connections_total 1",
      ] { #expect(text.contains(line + "\n"), "\(line) in \(text)") }
      for name in ["process_open_fds ", "process_cpu_seconds_total ", "millrace_reactor_wakeups_total{reactor=\"0\"} "]
      {
        #expect(text.contains("\n" + name), "\(name)")
      }
      _ = try Exposition(answer.body)
      #expect(try await get("/healthz", admin).text == "alive\n")
      #expect(try await get("/readyz", admin).text == "serving\n")
      #expect(try await get("/", admin).text.contains("/transfers"))
      #expect(try await get("/nothing", admin).status == 404)
      #expect(try await ask(admin, "POST / HTTP/1.1\r\nHost: a\r\n\r\n").status == 405)
    }
  }

  /// given a reactor that hangs in somebody's handler; then the endpoint answers all the same, and says so.
  @Test("answers although a reactor hangs")
  func hangs() async throws {
    let hold = Guarded(true)
    let held = Guarded(false)
    let prometheus = PrometheusMetrics()
    try await serving(with: { $0.admin = .tcp(host: "127.0.0.1", port: 0) }, metrics: prometheus) { _, responder in
      held.withLock { $0 = true }
      while hold.withLock({ $0 }) { sched_yield() }
      try await responder.send(HTTPResponse(status: .ok))
    } to: { server, address, _ in
      defer { hold.withLock { $0 = false } }
      let admin = try #require(server.reception.adminAddresses.first)
      let client = RawClient(try await Connection.connect(to: address))
      defer { client.close() }
      try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      while !held.withLock({ $0 }) { await Task.yield() }
      for path in ["/healthz", "/transfers"] {
        let answer = try await get(path, admin)
        #expect(answer.status == 503 && answer.text == "a reactor does not answer\n")
      }
      #expect(try await get("/metrics", admin).status == 200)
      #expect(try await get("/readyz", admin).status == 200)
    }
  }

  @Test("tells of a transfer what it is, how far it is, and by which route it goes")
  func transfers() async throws {
    let file = try await File.temporary()
    try await copy(from: Bytes(noise(4_000_000)), to: file)
    try await serving(with: {
      $0.admin = .tcp(host: "127.0.0.1", port: 0)
      $0.ratePerConnection = 100_000
    }) { _, responder in
      try await responder.send(HTTPResponse(status: .ok), file: file.section(offset: 0, length: 4_000_000))
    } to: { server, address, _ in
      let admin = try #require(server.reception.adminAddresses.first)
      let client = RawClient(try await Connection.connect(to: address))
      try await client.send("GET /some/file HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try await client.takeHead()
      var seen: [String: Any] = [:]
      while seen["route"] as? String != "sendfile" {
        let answer = try await get("/transfers", admin)
        #expect(answer["Content-Type"] == "application/json")
        let document = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
        seen = try #require(document["transfers"] as? [[String: Any]]).first ?? [:]
      }
      #expect(seen["from"] as? String == "/some/file" && seen["direction"] as? String == "download")
      #expect(seen["total"] as? Int == 4_000_000 && seen["state"] as? String == "moving")
      #expect((seen["to"] as? String)?.hasPrefix("127.0.0.1:") == true)
      #expect(try await get("/transfers", admin, accept: "text/html").text.contains("<script>"))
      client.connection.reset()
    }
  }
}
