import LinuxCalls
import Millrace
import Testing

@testable import class Millrace.Connection

@Suite("An address")
struct AddressTests {
  @Test(
    "is read from numbers and printed as it was written",
    arguments: [
      "127.0.0.1:80", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:443", "[2001:db8::7]:1", "[::]:0",
    ])
  func numeric(_ text: String) throws {
    let address = try #require(Address(text))
    #expect(address.description == text)
    #expect(address.path == nil)
    #expect(address.port == text.split(separator: ":").last.flatMap { UInt16($0) })
  }

  @Test(
    "is none, where the text is a name, half an address, or has no port in range",
    arguments: [
      "", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:http", "localhost:80",
      "[::1]", "[::1]80", "::1:80", "[::g]:80", "999.0.0.1:80", "1.2.3.4.5:80", "[127.0.0.1:80", "[]:80",
    ])
  func wrong(_ text: String) { #expect(Address(text) == nil) }

  @Test("knows its parts")
  func parts() throws {
    let four = Address(v4: 10, 1, 2, 3, port: 0x1234)
    #expect(four.host == "10.1.2.3")
    #expect(four.port == 0x1234)
    #expect(four == Address("10.1.2.3:4660"))
    #expect(Address.loopback(port: 7).description == "127.0.0.1:7")
    let six = try #require(Address("[::1]:9"))
    #expect(six.host == "::1")
    #expect(six != Address("[::1]:8"))
    #expect(Set([six, six, four]).count == 2)
  }

  @Test(
    "of a Unix socket is its path, or its name in the abstract namespace",
    arguments: [
      "/run/x.sock", "relative", "@abstract name", "/with spaces and ü", String(repeating: "p", count: 107),
    ])
  func unix(_ path: String) throws {
    let address = try #require(Address(path: path))
    #expect(address.path == path)
    #expect(address.description == "unix:" + path)
    #expect(address.port == nil)
    #expect(address.host == nil)
  }

  @Test(
    "of a Unix socket is none, where the path is empty, too long, or has a zero byte",
    arguments: [
      "", String(repeating: "p", count: 108), "a\0b",
    ])
  func wrongPath(_ path: String) { #expect(Address(path: path) == nil) }

  @Test("of a socket without a name says so")
  func unnamed() throws {
    let (first, second) = try Connection.pair()
    #expect(first.localAddress?.description == "unix:(unnamed)")
    #expect(first.remoteAddress?.path == nil)
    first.close()
    second.close()
    #expect(first.localAddress == nil)
  }

  @Test("list is tried with the families by turns, the resolver's first one first (RFC 8305 §4)")
  func interleaved() throws {
    let six = try (1...3).map { try #require(Address("[::\($0)]:1")) }
    let four = try (1...2).map { try #require(Address("10.0.0.\($0):1")) }

    #expect(Connection.interleaved(six + four) == [six[0], four[0], six[1], four[1], six[2]])
    #expect(Connection.interleaved(four + six) == [four[0], six[0], four[1], six[1], six[2]])
    #expect(Connection.interleaved(six) == six)
    #expect(Connection.interleaved([]) == [])
  }
}
