import Millrace
@testable import MillraceServices
import Testing

@Suite("Inherited sockets")
struct WantedAddressTests {
  private func assign(_ sockets: [String], to wanted: [[String]]) throws -> [[Int]] {
    func address(_ text: String) throws -> Address {
      try #require(text.hasPrefix("/") || text.hasPrefix("@") ? Address(path: text) : Address(text))
    }
    return try WantedAddress.assign(
      sockets.map(address), to: wanted.map { WantedAddress(try $0.map(address)) })
  }

  @Test("go to the address they listen at, each to one alone")
  func exact() throws {
    let sockets = ["127.0.0.1:80", "/run/x", "127.0.0.1:80", "@x", "[::1]:80", "127.0.0.2:80"]
    #expect(
      try assign(sockets, to: [["@x"], ["127.0.0.1:80"], ["/run/x"], ["127.0.0.1:81"], ["127.0.0.1:80"]])
        == [[3], [0, 2], [1], [], []])
  }

  @Test("of every address of either family go to tcp://*")
  func every() throws {
    #expect(try assign(["0.0.0.0:80", "[::]:80", "[::]:81"], to: [["[::]:80", "0.0.0.0:80"]]) == [[0, 1]])
    #expect(try assign(["0.0.0.0:80"], to: [["[::]:80", "0.0.0.0:80"]]) == [[0]])
    #expect(try assign(["[::]:80"], to: [["0.0.0.0:80"]]) == [[]])
  }

  @Test("of one port that nobody else wants go to an address that leaves the port to the kernel")
  func anyPort() throws {
    let sockets = ["127.0.0.1:80", "127.0.0.1:4000", "127.0.0.1:4001", "127.0.0.1:4000", "[::1]:4000"]
    #expect(
      try assign(sockets, to: [["127.0.0.1:0"], ["127.0.0.1:80"], ["127.0.0.1:0"], ["[::1]:0"], ["127.0.0.1:0"]])
        == [[1, 3], [0], [2], [4], []])
  }

  @Test("are all used where no address is given")
  func all() throws {
    let sockets = try ["127.0.0.1:2", "127.0.0.1:1", "127.0.0.1:2"].map { try #require(Address($0)) }
    #expect(WantedAddress.assign(sockets, to: WantedAddress.each(of: sockets)) == [[0, 2], [1]])
  }
}
