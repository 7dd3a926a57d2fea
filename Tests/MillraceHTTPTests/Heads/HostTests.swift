import Testing

@testable import MillraceHTTP

@Suite("Host")
struct HostTests {
  @Test(
    "is whom a request is for",
    arguments: [
      "a", "a.example", "A.EXAMPLE", "a.example:80", "a.example:", "a:0", "a:65535", "127.0.0.1", "127.0.0.1:8080",
      "[::1]",
      "[::1]:80", "[::ffff:127.0.0.1]", "a_b", "a-b.", "a%20b", "!$&'()*+,;=", "~a",
    ])
  func valid(host: String) throws {
    #expect(try goodHead("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").authority == host)
    #expect(try goodHead("GET / HTTP/1.1\r\nhOsT:\t\(host) \r\n\r\n").authority == host)
    #expect(try goodHead("GET / HTTP/1.0\r\nHost: \(host)\r\n\r\n").authority == host)
    #expect(try goodHead("OPTIONS * HTTP/1.1\r\nHost: \(host)\r\n\r\n").authority == host)
  }

  @Test("may be empty, for a target without an authority has such a one", arguments: ["Host:", "Host: ", "Host:\t \t"])
  func empty(line: String) throws {
    #expect(try goodHead("GET / HTTP/1.1\r\n\(line)\r\n\r\n").authority == "")
  }

  @Test(
    "that is no host is answered by 400",
    arguments: [
      "a b", "a, b", "a/", "a/b", "http://a", "a@b", "a:b", "a:80:80", "a:65536", "a:-1", "a:80 80", ":80", "[::1",
      "::1",
      "[]", "[::1]]", "[::1]x", "[g::1]", "a?b", "a#b", "a\\b", "a\"", "<a>", "a%", "a%2", "a%gg", "a\u{80}", "\u{E4}",
      "a|b",
      "a^b", "`a`", "{a}",
    ])
  func invalid(host: String) throws {
    for version in ["1.0", "1.1"] {
      #expect(try faultOf("GET / HTTP/\(version)\r\nHost: \(host)\r\n\r\n").status == 400)
      #expect(try faultOf("GET http://good/ HTTP/\(version)\r\nHost: \(host)\r\n\r\n").status == 400)
    }
  }

  @Test(
    "that is missing from HTTP/1.1 is answered by 400",
    arguments: ["GET /", "OPTIONS *", "GET http://a/", "CONNECT a:443", "GET http://a:80"])
  func missing(line: String) throws {
    #expect(try faultOf("\(line) HTTP/1.1\r\n\r\n").status == 400)
    #expect(try faultOf("\(line) HTTP/1.1\r\nHosts: a\r\nXHost: a\r\n\r\n").status == 400)
    #expect(try faultOf("\(line) HTTP/1.2\r\n\r\n").status == 400)
  }

  @Test("may be missing from HTTP/1.0")
  func missingFrom10() throws {
    #expect(try goodHead("GET / HTTP/1.0\r\n\r\n").authority == "")
    #expect(try goodHead("GET http://a/ HTTP/1.0\r\n\r\n").authority == "a")
  }

  @Test(
    "that stands there twice is answered by 400, even where both say the same",
    arguments: ["Host: a\r\nHost: b", "Host: a\r\nHost: a", "Host: a\r\nX: y\r\nhost: a", "Host:\r\nHost: a"])
  func double(lines: String) throws {
    #expect(try faultOf("GET / HTTP/1.1\r\n\(lines)\r\n\r\n").status == 400)
    #expect(try faultOf("GET / HTTP/1.0\r\n\(lines)\r\n\r\n").status == 400)
  }

  @Test("gives way to the authority of the target", arguments: ["GET http://b:81/", "CONNECT b:81"])
  func absoluteWins(line: String) throws {
    #expect(try goodHead("\(line) HTTP/1.1\r\nHost: a\r\n\r\n").authority == "b:81")
    #expect(try goodHead("\(line) HTTP/1.1\r\nHost:\r\n\r\n").authority == "b:81")
  }

  @Test("takes no byte that RFC 3986 does not have in a registered name")
  func bytes() {
    let wanted = Set(latin("-._~!$&'()*+,;=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    for byte in UInt8.min...UInt8.max {
      let verdict = HeadVerdict.ofRequest(latin("GET / HTTP/1.1\r\nHost: a") + [byte] + latin("b\r\n\r\n"))
      if (verdict.status == nil) != wanted.contains(byte) { Issue.record("\(byte) in a host: \(verdict)") }
    }
  }
}
