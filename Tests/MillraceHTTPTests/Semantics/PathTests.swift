import MillraceHTTP
import Testing

@Suite("A path")
struct PathTests {
  private static func decode(_ target: String) -> PathDecoder.Outcome {
    let bytes = Array(target.utf8)
    return PathDecoder.decode(bytes.span)
  }

  @Test(
    "is decoded into its segments",
    arguments: [
      ("/", [], true), ("/?a=b", [], true), ("/a", ["a"], false), ("/a/", ["a"], true), ("/a/b", ["a", "b"], false),
      ("/a/b/", ["a", "b"], true), ("/a?b/../c", ["a"], false), ("/a/?", ["a"], true),
      ("/a%20b/c", ["a b", "c"], false),
      ("/%61%62", ["ab"], false), ("/a%3Fb?c", ["a?b"], false), ("/a%23b", ["a#b"], false), ("/a%25b", ["a%b"], false),
      ("/%C3%A4", ["ä"], false), ("/%c3%a4", ["ä"], false), ("/ä", ["ä"], false), ("/a+b", ["a+b"], false),
      ("/a\\..\\b", ["a\\..\\b"], false), ("/a%5Cb", ["a\\b"], false), ("/...", ["..."], false),
      ("/.a", [".a"], false), ("/a.", ["a."], false), ("/..a", ["..a"], false), ("/a%2Eb", ["a.b"], false),
      ("/.%2e.", ["..."], false), ("/a:b", ["a:b"], false), ("/a;b=c", ["a;b=c"], false), ("/~a", ["~a"], false),
      ("/a%0Ab", ["a\nb"], false), ("/a%7Fb", ["a\u{7f}b"], false), ("/?%", [], true), ("/a?%00#\u{1}", ["a"], false),
      ("/a|b", ["a|b"], false), ("/a?b?c", ["a"], false), ("/%20a", [" a"], false),
      // Never twice.
      ("/%2541", ["%41"], false), ("/%252e%252e/a", ["%2e%2e", "a"], false), ("/a%252fb", ["a%2fb"], false),
      ("/%2500", ["%00"], false), ("/%25", ["%"], false), ("/%25%32%65", ["%2e"], false),
    ] as [(String, [String], Bool)])
  func decoded(_ target: String, _ segments: [String], _ hasTrailingSlash: Bool) {
    guard case .path(let path) = Self.decode(target) else {
      Issue.record("\(target) is \(Self.decode(target))")
      return
    }
    #expect(path.segments.map { Array($0) } == segments.map { Array($0.utf8) })
    #expect(path.hasTrailingSlash == hasTrailingSlash)
    let joined = "/" + segments.joined(separator: "/") + (hasTrailingSlash && !segments.isEmpty ? "/" : "")
    #expect(path.bytes == Array(joined.utf8))
  }

  @Test(
    "that is not in normal form is not walked",
    arguments: [
      "//", "///", "//a", "/a//", "/a//b", "/.", "/./", "/./a", "/a/.", "/a/./b", "/..", "/../", "/../a", "/a/..",
      "/a/../b", "/a/../../b", "/%2e", "/%2E/", "/%2e%2e", "/%2E%2E/a", "/.%2e/a", "/%2e./a", "/a/%2e%2e", "/a%2Fb",
      "/a%2fb", "/%2f", "/a/%2F", "/..%2fa", "/%2e%2e%2fa", "/..?a", "//?", "/a%2f..%2fb", "//example.org/a",
    ])
  func notNormal(_ target: String) {
    #expect(Self.decode(target) == .notNormal)
  }

  @Test(
    "that is malformed is none",
    arguments: [
      "", "?", "a", "a/b", "*", "http://example.org/", "example.org:443", "\\a", "%2Fa", "%2f", " /", "?/a",
      "/%", "/%2", "/a%", "/a%4", "/%zz", "/%4g", "/%g4", "/%%41", "/% 41", "/%-1", "/%+1", "/%?41", "/%4?1", "/%u0041",
      "/%00", "/a%00.html", "/a%00?b", "/a/%00/b", "/\u{0}", "/a b", "/a\tb", "/a\r\nb", "/\u{7f}", "/\u{1}", "/a#b",
      "/#", "/a#?b", "/%ä1", "/%４1",
      // Malformed even where it is not in normal form besides.
      "//%", "/../%00", "/%2f%", "/./a b",
    ])
  func malformed(_ target: String) {
    #expect(Self.decode(target) == .malformed)
  }

  @Test("keeps bytes that are not UTF-8")
  func bytes() {
    let raw: [UInt8] = [0x2f, 0xff, 0x80]
    guard case .path(let path) = PathDecoder.decode(raw.span), case .path(let escaped) = Self.decode("/%FF%80") else {
      Issue.record("they are refused")
      return
    }
    #expect(path.bytes == raw)
    #expect(escaped == path)
    // Overlong forms of "/" and "." are bytes as others are.
    #expect(Self.decode("/%c0%af") != .notNormal)
    #expect(Self.decode("/%c0%ae%c0%ae/a") != .notNormal)
  }

  @Test("of a hundred thousand segments is decoded")
  func long() {
    guard case .path(let path) = Self.decode(String(repeating: "/a", count: 100_000)) else {
      Issue.record("it is refused")
      return
    }
    #expect(path.segments.count == 100_000)
    #expect(Self.decode("/" + String(repeating: "../", count: 100_000)) == .notNormal)
    #expect(Self.decode("/" + String(repeating: "%", count: 100_000)) == .malformed)
  }

  @Test(
    "has a name in it with all escaped that might need it",
    arguments: [
      ("", ""), ("a", "a"), ("AZaz09-._~", "AZaz09-._~"), ("a b", "a%20b"), ("a/b", "a%2Fb"), ("a%b", "a%25b"),
      ("a?b#c", "a%3Fb%23c"), ("ä", "%C3%A4"), ("<\"'&>", "%3C%22%27%26%3E"), ("a:b", "a%3Ab"), ("a\r\nb", "a%0D%0Ab"),
      ("\u{0}", "%00"), ("\\", "%5C"), ("+", "%2B"), ("a;b=c,d", "a%3Bb%3Dc%2Cd"),
    ])
  func encoded(_ name: String, _ text: String) {
    #expect(PathEncoder.encode(Array(name.utf8)) == text)
  }

  @Test("has every byte of a name in it that a name may have")
  func roundTrip() {
    for byte in UInt8(1)...255 where byte != UInt8(ascii: "/") {
      let name = [byte, UInt8(ascii: "x")]
      guard case .path(let path) = Self.decode("/" + PathEncoder.encode(name)) else {
        Issue.record("\(byte) is refused")
        continue
      }
      #expect(path.segments.map { Array($0) } == [name])
    }
  }
}
