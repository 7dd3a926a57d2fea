import Foundation
@testable import MillraceServices
import Testing

@Suite("The live page of transfers")
struct TransfersTests {
  private static func transfer(_ text: String, rate: Double? = 1_234_567.8, total: Int64? = 1_048_576) -> TransferView {
    TransferView(
      id: 17, service: text, from: text, to: text, direction: text, bytes: 123_456, total: total, rate: rate,
      averageRate: 1_200_000, seconds: 1.23, route: text, declined: [.init(route: text, reason: text)], state: text)
  }

  private static func document(_ transfers: [TransferView], milliseconds: Int64 = 1_773_480_413_589) -> TransfersJSON {
    TransfersJSON(
      service: "millrace serve", version: "0.1.0", milliseconds: milliseconds, uptimeSeconds: 12.3, transfers: transfers
    )
  }

  @Test("is well-formed, fetches nothing but its data, and makes no text into markup")
  func page() throws {
    let page = try PageReading(TransfersPage.bytes)
    #expect(page.flaw == nil)
    #expect(page.links.isEmpty)
    #expect(page.text.firstMatch(of: /\bsrc=|url\(|@import|https?:/) == nil)
    #expect(page.text.firstMatch(of: /innerHTML|outerHTML|insertAdjacentHTML|document\.write/) == nil)
    #expect(page.text.firstMatch(of: /\beval\b|new Function/) == nil)
    #expect(page.text.matches(of: /<script>/).count == 1)
  }

  @Test("finds by its script every element that it asks for")
  func elements() throws {
    let text = try PageReading(TransfersPage.bytes).text
    let asked = Set(text.matches(of: /\$\('([a-z]+)'\)/).map(\.1))
    #expect(asked.count > 5)
    for id in asked { #expect(text.contains("id=\"\(id)\""), "\(id)") }
  }

  @Test("gets its data as this document")
  func document() {
    var transfer = Self.transfer("x")
    transfer.service = "files"
    transfer.from = "/srv/big.iso"
    transfer.to = "10.0.0.7:51234"
    transfer.direction = "download"
    transfer.route = "sendfile"
    transfer.declined = [.init(route: "splice", reason: "no pipe")]
    transfer.state = "moving"
    #expect(
      String(decoding: Self.document([transfer]).bytes(), as: UTF8.self) == #"""
        {"service":"millrace serve","version":"0.1.0","time":"2026-03-14T09:26:53.589Z","uptimeSeconds":12.3,\#
        "transfers":[{"id":17,"service":"files","from":"/srv/big.iso","to":"10.0.0.7:51234","direction":"download",\#
        "bytes":123456,"total":1048576,"rate":1234567.8,"averageRate":1200000.0,"seconds":1.23,"route":"sendfile",\#
        "declined":[{"route":"splice","reason":"no pipe"}],"state":"moving"}]}

        """#)
  }

  @Test("gets every text as it is", arguments: hostileNames + [[0, 1, 0x1f], "\u{2028}\u{2029}".bytes])
  func texts(_ name: [UInt8]) throws {
    let text = String(decoding: name, as: UTF8.self)
    let data = Data(Self.document([Self.transfer(text), Self.transfer("b")]).bytes())
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let transfers = try #require(object["transfers"] as? [[String: Any]])
    #expect(transfers.count == 2)
    for key in ["service", "from", "to", "direction", "route", "state"] {
      let found = try #require(transfers[0][key] as? String)
      #expect(Array(found.utf8) == Array(text.utf8))
    }
    let declined = try #require(transfers[0]["declined"] as? [[String: String]])
    #expect(declined.first.map { Array($0["reason", default: ""].utf8) } == Array(text.utf8))
  }

  @Test("gets null for what is not known or no number, and for a time that cannot be written")
  func unknown() throws {
    var transfer = Self.transfer("x", rate: nil, total: nil)
    transfer.averageRate = .infinity
    let data = Data(Self.document([transfer], milliseconds: .max).bytes())
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let first = try #require((object["transfers"] as? [[String: Any]])?.first)
    for key in ["rate", "total", "averageRate"] { #expect(first[key] is NSNull, "\(key)") }
    #expect(object["time"] is NSNull)
    let early = String(decoding: Self.document([], milliseconds: -1).bytes(), as: UTF8.self)
    #expect(early.contains(#""time":"1969-12-31T23:59:59.999Z""#))
  }
}
