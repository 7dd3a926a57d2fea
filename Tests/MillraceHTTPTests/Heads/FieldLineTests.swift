import Foundation
import HTTPTypes
import Testing

@testable import MillraceHTTP

@Suite("A field line")
struct FieldLineTests {
  @Test(
    "has a value without the white space around it",
    arguments: [
      ("X: a", "a"), ("X:a", "a"), ("X:  a  ", "a"), ("X:\ta\t", "a"), ("X: \t a b \t ", "a b"), ("X:", ""),
      ("X: ", ""),
      ("X: \t ", ""), ("X: a:b", "a:b"), ("X: :", ":"), ("X: \"a\"", "\"a\""), ("X: a\tb", "a\tb"), ("X: !~", "!~"),
    ])
  func values(line: String, value: String) throws {
    let head = try goodHead("GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n")
    let field = try #require(head.index.fields.last)
    #expect(head.text(field.name) == "X")
    #expect(head.text(field.value) == value)
  }

  @Test("has bytes above ASCII in its value as they are")
  func obsText() throws {
    let head = try goodHead("GET / HTTP/1.1\r\nHost: a\r\nX: \u{80}\u{FF}\u{C3}\u{A4}\r\n\r\n")
    let field = try #require(head.index.fields.last)
    #expect(Array(head.bytes[field.value.range]) == [0x80, 0xFF, 0xC3, 0xA4])
  }

  @Test("keeps its place among the others, and they theirs")
  func order() throws {
    let head = try goodHead("GET / HTTP/1.1\r\nB: 1\r\nHost: a\r\nb: 2\r\nC: \r\nB: 3\r\n\r\n")
    #expect(head.index.fields.map { head.text($0.name) } == ["B", "Host", "b", "C", "B"])
    #expect(head[try #require(HTTPField.Name("b"))] == ["1", "2", "3"])
  }

  @Test(
    "that is not a name, its colon and a value ended by CRLF is answered by 400",
    arguments: [
      "X : a\r\n", "X\t: a\r\n", "X \r\n", "X\r\n", ": a\r\n", ":\r\n", " X: a\r\n", "\tX: a\r\n", "X: a\r\n b\r\n",
      "X: a\r\n\tb\r\n", "X: a\r\n \r\n", "X:\r\n a\r\n", "X: a\n", "X: a\nY: b\r\n", "X: a\rY: b\r\n", "X: a\r\r\n",
      "X: a\r", "X: \0\r\n", "X: a\0b\r\n", "X: a\u{1}\r\n", "X: a\u{8}\r\n", "X: a\u{B}\r\n", "X: a\u{C}\r\n",
      "X: a\u{1F}\r\n", "X: a\u{7F}\r\n", "X\0: a\r\n", "X\u{80}: a\r\n", "X\u{7F}: a\r\n", "X(: a\r\n", "X/Y: a\r\n",
      "X@: a\r\n", "\"X\": a\r\n", "X Y: a\r\n", "X;: a\r\n", "X=Y\r\n", "\nX: a\r\n", "\rX: a\r\n",
      "GET / HTTP/1.1\r\n",
      "\u{EF}\u{BB}\u{BF}X: a\r\n", "[X]: a\r\n", "{X}: a\r\n", "X,: a\r\n", "X: a\n\r\n", "X: a\r\n\n",
    ])
  func malformed(line: String) throws {
    #expect(try faultOf("GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n").status == 400)
    // As the first one, too.
    #expect(try faultOf("GET / HTTP/1.1\r\n\(line)Host: a\r\n\r\n").status == 400)
  }

  @Test(
    "is followed by an empty line of CR and LF, and by no other",
    arguments: ["\n", "\r\r\n", "\r \n", " \r\n", "\0\r\n"])
  func endings(end: String) throws {
    #expect(try faultOf("GET / HTTP/1.1\r\nHost: a\r\n\(end)\r\n").status == 400)
  }

  @Test("takes no byte into a value that is a control, but the tab")
  func valueBytes() {
    for byte in UInt8.min...UInt8.max {
      let verdict = HeadVerdict.ofRequest(latin("GET / HTTP/1.1\r\nHost: a\r\nX: a") + [byte] + latin("b\r\n\r\n"))
      let isTaken = byte == 0x09 || byte >= 0x20 && byte != 0x7F
      if (verdict.status == nil) != isTaken { Issue.record("\(byte) in a value: \(verdict)") }
    }
  }

  @Test("takes no byte into a name that is none of a token's")
  func nameBytes() {
    let wanted = Set(latin("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:"))
    for byte in UInt8.min...UInt8.max {
      let verdict = HeadVerdict.ofRequest(latin("GET / HTTP/1.1\r\nHost: a\r\nX") + [byte] + latin("Y: b\r\n\r\n"))
      if (verdict.status == nil) != wanted.contains(byte) { Issue.record("\(byte) in a name: \(verdict)") }
    }
  }

  @Test("of a known name is known in any case, and one that is only as long is not")
  func knownNames() throws {
    for raw in UInt8.min...UInt8.max {
      guard let known = KnownField(rawValue: raw), known != .other else { continue }
      let name = "\(known.name)"
      for written in [name, name.uppercased(), name.capitalized] {
        #expect(KnownField(latin(written).span, 0..<written.utf8.count) == known)
      }
      let other = name.dropLast() + "_"
      #expect(KnownField(latin(String(other)).span, 0..<other.utf8.count) == .other)
    }
  }
}
