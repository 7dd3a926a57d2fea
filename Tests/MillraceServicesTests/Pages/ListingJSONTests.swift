import Foundation
@testable import MillraceServices
import Testing

@Suite("A listing as JSON")
struct ListingJSONTests {
  private static func object(_ document: ListingJSON) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(document.bytes())) as? [String: Any])
  }

  @Test("says each name exactly, whatever bytes it has", arguments: hostileNames)
  func names(_ name: [UInt8]) throws {
    let entry = ListingEntry(name: name, kind: .file, size: 1, modified: 0)
    let object = try Self.object(ListingJSON(path: [name], entries: [entry], order: ListingOrder()))
    let entries = try #require(object["entries"] as? [[String: Any]])
    #expect(entries.count == 1)
    let text = try #require(entries[0]["name"] as? String)
    #expect(Array(text.utf8) == Array(String(decoding: name, as: UTF8.self).utf8))
    let base64 = entries[0]["nameBase64"] as? String
    if String(validating: name, as: UTF8.self) == nil {
      #expect(base64 == Data(name).base64EncodedString())
    } else {
      #expect(base64 == nil)
    }
    #expect(object["path"] as? String == "/\(text)/")
  }

  @Test("is exactly this for a directory of three")
  func document() {
    let entries = [
      ListingEntry(name: "b\"\\".bytes, kind: .file, size: 1, modified: 1_773_480_413),
      ListingEntry(name: "sub".bytes, kind: .directory, size: 4096, modified: -1),
      ListingEntry(name: [0x7a, 0xff], kind: .other, size: -1, modified: .max),
    ]
    let bytes = ListingJSON(path: [], entries: entries, order: ListingOrder()).bytes()
    #expect(
      String(decoding: bytes, as: UTF8.self) == #"""
        {"path":"/","entries":[{"name":"sub","type":"directory","size":4096,"modified":"1969-12-31T23:59:59Z"},\#
        {"name":"b\"\\","type":"file","size":1,"modified":"2026-03-14T09:26:53Z"},\#
        {"name":"z\#u{FFFD}","nameBase64":"ev8=","type":"other","size":0,"modified":null}]}

        """#)
  }

  @Test("has Base64 with as much padding as it needs", arguments: 0...7)
  func base64(_ count: Int) {
    var writer = PageWriter(capacity: 16)
    let data = (0..<count).map { UInt8(truncatingIfNeeded: 0xff - 37 * $0) }
    writer.base64(data)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == Data(data).base64EncodedString())
  }
}
