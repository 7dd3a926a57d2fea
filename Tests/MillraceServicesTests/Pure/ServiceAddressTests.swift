@testable import MillraceServices
import Testing

@Suite("An address as people write it")
struct ServiceAddressTests {
  @Test(
    "is read, and written as it was",
    arguments: [
      ("tcp://host.example:80", ServiceAddress.tcp(host: "host.example", port: 80)),
      ("tcp://10.0.0.5:443", .tcp(host: "10.0.0.5", port: 443)), ("tcp://[::1]:0", .tcp(host: "::1", port: 0)),
      ("tcp://*:8443", .tcp(host: "*", port: 8443)), ("unix:/run/x.sock", .unix(path: "/run/x.sock")),
      ("unix:@hidden", .unix(path: "@hidden")),
    ])
  func good(_ text: String, _ address: ServiceAddress) throws {
    #expect(try ServiceAddress(text) == address)
    #expect(address.description == text)
  }

  @Test(
    "that is none is refused with what was expected",
    arguments: [
      ("10.0.0.5:443", "tcp://host:port"), ("tcp://host", "a port is missing"), ("tcp://host:", "a number from 0"),
      ("tcp://host:65536", "'65536'"), ("tcp://host:-1", "'-1'"), ("tcp://:80", "a host is missing"),
      ("tcp://::1:80", "in brackets"), ("tcp://a b:80", "a host is missing"), ("unix:", "1 to 107 bytes"),
      ("unix:" + String(repeating: "x", count: 108), "1 to 107 bytes"), ("udp://host:53", "tcp://host:port"),
    ])
  func bad(_ text: String, _ expected: String) {
    let error = #expect(throws: ServiceAddress.Malformed.self) { try ServiceAddress(text) }
    #expect(error?.description.contains(expected) == true, "\(text): \(error?.description ?? "")")
  }

  @Test("of an upstream may have a weight")
  func weights() throws {
    #expect(try UpstreamTarget("tcp://a:1;weight=7") == UpstreamTarget(.tcp(host: "a", port: 1), weight: 7))
    #expect(try UpstreamTarget("unix:/x").weight == 1)
    #expect(try UpstreamTarget("tcp://a:1;weight=7").description == "tcp://a:1;weight=7")
    for text in ["tcp://a:1;weight=0", "tcp://a:1;weight=1001", "tcp://a:1;", "tcp://a:1;wait=3", "tcp://a:0"] {
      #expect(throws: ServiceAddress.Malformed.self, "\(text)") { try UpstreamTarget(text) }
    }
  }
}
