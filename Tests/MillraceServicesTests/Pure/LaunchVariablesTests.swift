@testable import MillraceServices
import Testing

@Suite("What the environment says of descriptors")
struct LaunchVariablesTests {
  private func read(_ environment: [String: String]) throws -> LaunchVariables {
    try LaunchVariables(environment, process: 100, parent: 99)
  }

  @Test("is for the process that LISTEN_PID names, and nobody else")
  func process() throws {
    #expect(try read([:]).names.isEmpty)
    #expect(try read(["LISTEN_FDS": "2"]).names.isEmpty)
    #expect(try read(["LISTEN_PID": "99", "LISTEN_FDS": "2"]).names.isEmpty)
    #expect(try read(["LISTEN_PID": "100"]).names.isEmpty)
    let own = try read(["LISTEN_PID": "100", "LISTEN_FDS": "2"])
    #expect(own.names == ["unknown", "unknown"] && own.predecessor == nil)
  }

  @Test("has a name for each, where there is one")
  func names() throws {
    func names(_ text: String) throws -> [String] {
      try read(["LISTEN_PID": "100", "LISTEN_FDS": "3", "LISTEN_FDNAMES": text]).names
    }
    #expect(try names("web:admin:") == ["web", "admin", ""])
    #expect(try names("web") == ["web", "unknown", "unknown"])
    #expect(try names("a:b:c:d") == ["a", "b", "c"])
  }

  @Test("is for the child of the process that it is to succeed, too, which did not know its id")
  func successor() throws {
    let variables = try read([
      "MILLRACE_UPGRADE_FROM": "99", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "millrace-bound:web", "LISTEN_PID": "1",
    ])
    #expect(variables.predecessor == 99)
    #expect(variables.names == ["millrace-bound", "web"])
  }

  @Test(
    "and is wrong is told in one sentence",
    arguments: [
      (["LISTEN_PID": "me", "LISTEN_FDS": "1"], "LISTEN_PID is 'me': the id of a process is expected"),
      (["LISTEN_PID": "100", "LISTEN_FDS": "-1"], "LISTEN_FDS is '-1': a number of descriptors is expected"),
      (["LISTEN_PID": "100", "LISTEN_FDS": "2000000"], "LISTEN_FDS is '2000000': a number of descriptors is expected"),
      (
        ["MILLRACE_UPGRADE_FROM": "98", "LISTEN_FDS": "1"],
        "MILLRACE_UPGRADE_FROM is '98', which is not the parent of this process"
      ),
    ])
  func wrong(_ environment: [String: String], _ sentence: String) {
    let error = #expect(throws: LaunchError.self) { try read(environment) }
    #expect(error?.description == sentence)
  }

  @Test("goes on to a successor with whose a path is, and a supervisor cannot say that it is ours")
  func origins() {
    let path = BoundPath("/run/x", device: 3, inode: 45)
    for origin in [SocketOrigin.bound(path), .bound(nil), .lent(name: "web")] {
      let again = SocketOrigin(descriptorName: origin.descriptorName, path: "/run/x", isFromPredecessor: true)
      #expect(again == origin)
    }
    #expect(
      SocketOrigin(descriptorName: "millrace-bound/3/45", path: "/run/x", isFromPredecessor: false)
        == .lent(name: "millrace-bound/3/45"))
    #expect(SocketOrigin(descriptorName: "millrace-bound/3/45", path: nil, isFromPredecessor: true) == .bound(nil))
  }

  @Test("is all that changes in a successor's environment, byte for byte")
  func environment() {
    let before = Array("A=1\0LISTEN_PID=4\0B=\u{1}\0WATCHDOG_PID=4\0WATCHDOG_USEC=9\0NOTIFY_SOCKET=@n\0C\0".utf8)
    let odd: [UInt8] = Array("D=".utf8) + [0xff, 0xfe, 0]
    let block = SuccessorEnvironment.block(from: before + odd, names: ["x", "y"], process: 7)
    let expected =
      Array("A=1\0B=\u{1}\0WATCHDOG_USEC=9\0NOTIFY_SOCKET=@n\0C\0".utf8) + odd
      + Array("LISTEN_FDS=2\0LISTEN_FDNAMES=x:y\0MILLRACE_UPGRADE_FROM=7\0".utf8)
    #expect(block == expected)
  }
}
