import HTTPTypes
import Testing

@testable import MillraceHTTP

@Suite("The target of a request")
struct TargetTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let line: String
    let form: HeadIndex.TargetForm
    let path: String
    let query: String?
    let authority: String
    var testDescription: String { line }

    init(
      _ line: String, _ form: HeadIndex.TargetForm, path: String, query: String? = nil,
      authority: String = "host.example"
    ) {
      (self.line, self.form, self.path, self.query, self.authority) = (line, form, path, query, authority)
    }
  }

  @Test(
    "in each of its forms says whom it is for and what",
    arguments: [
      Case("GET /", .origin, path: "/"), Case("GET /a/b?c=d?e", .origin, path: "/a/b", query: "c=d?e"),
      Case("GET /?", .origin, path: "/", query: ""), Case("GET //a/b", .origin, path: "//a/b"),
      Case("GET /http://other/", .origin, path: "/http://other/"), Case("GET /*", .origin, path: "/*"),
      Case("GET /%2e%2E/\"<>\\^`{|}", .origin, path: "/%2e%2E/\"<>\\^`{|}"),
      Case("OPTIONS *", .asterisk, path: "*"), Case("OPTIONS /", .origin, path: "/"),
      Case("GET http://other.example/a?b", .absolute, path: "/a", query: "b", authority: "other.example"),
      Case("GET http://other.example", .absolute, path: "/", authority: "other.example"),
      Case("GET http://o", .absolute, path: "/", authority: "o"),
      Case("GET http://other.example?b=/c", .absolute, path: "/", query: "b=/c", authority: "other.example"),
      Case("GET http://other.example:8080/", .absolute, path: "/", authority: "other.example:8080"),
      Case("GET http://other.example:/", .absolute, path: "/", authority: "other.example:"),
      Case("GET HTTP://Other/", .absolute, path: "/", authority: "Other"),
      Case("GET hTTpS://other/a", .absolute, path: "/a", authority: "other"),
      Case("GET http://[::1]:80/", .absolute, path: "/", authority: "[::1]:80"),
      Case("OPTIONS http://other", .absolute, path: "/", authority: "other"),
      Case("CONNECT other.example:443", .authority, path: "", authority: "other.example:443"),
      Case("CONNECT [2001:db8::1]:443", .authority, path: "", authority: "[2001:db8::1]:443"),
    ])
  func forms(_ given: Case) throws {
    let head = try goodHead("\(given.line) HTTP/1.1\r\nHost: host.example\r\n\r\n")
    #expect(head.index.targetForm == given.form)
    #expect(head.path == given.path)
    #expect(head.query == given.query)
    #expect(head.authority == given.authority)
    #expect("\(head.method.rawValue) \(head.target)" == given.line)
  }

  @Test("that is a URI without a path has one in HTTP types", arguments: [("", "/"), ("?q", "/?q"), ("/?q", "/?q")])
  func typed(rest: String, path: String) throws {
    #expect(try goodHead("GET http://a\(rest) HTTP/1.1\r\nHost: a\r\n\r\n").request.path == path)
  }

  @Test(
    "in no form is answered by 400",
    arguments: [
      "GET *", "GET a", "GET a/b", "GET ?a", "GET host.example", "GET host.example:80", "GET ftp://a/", "GET http:/a",
      "GET http:a", "GET http//a", "GET http://", "GET https://", "GET http:///a", "GET http://?a", "GET http://:80/",
      "GET http://user@a/", "GET http://user:password@a/", "GET http://a:b/", "GET http://a:65536/", "GET http://a:+1/",
      "GET http://a:99999999999999999999/", "GET http://[::1/", "GET http://[]/", "GET http://[::1]a/",
      "GET http://[fe80::1%25eth0]/", "GET http://a%/", "GET http://a%2/", "GET http://a%zz/", "GET http://a\\b/",
      "GET /a#b", "GET /a?b#", "GET http://a/#b", "GET http://a#b", "GET http://a?b#c", "OPTIONS **", "OPTIONS *a",
      "CONNECT /", "CONNECT *", "CONNECT a", "CONNECT a:", "CONNECT :443", "CONNECT a:443/", "CONNECT http://a:443/",
      "CONNECT a:0x50", "CONNECT a:443:443", "CONNECT user@a:443", "CONNECT ::1:443", "GET javascript:alert(1)",
    ])
  func formless(line: String) throws {
    #expect(try faultOf("\(line) HTTP/1.1\r\nHost: a\r\n\r\n").status == 400)
  }
}
