import Foundation
import Testing

@testable import MillraceEvidence

/// Random text around what was planted: the same in every run, so that a change is judged by what it changes. For a search,
/// `MILLRACE_SCRUB_SEED=N swift test --filter PropertyTests`.
@Suite("scrubbing random text") struct PropertyTests {
  private static let pieces = [
    " ", "\n", "\t", ", ", "; ", "\"", "'", "(", ")", "[", "]", "{", "}", "<", ">", "=", ":", "/", "\\", "%", "&", "?",
    "#", "@", "-", ".",
    "%20", "%25", "%2525", "\\n", "\\\"", "\\\\", "&amp;", "é", "日", "word", "x", "0", "12", "ff", "key",
    "name", "12:34:56", "1.2.3", "::", "a::b", "http://", "https://", "~", "user-1", "host-2", "[token]", "?[query]",
    "192.0.2.1",
    "2001:db8::1", "02:00:00:00:00:01", "user-3@example.invalid", "token", "password", "cookie", "secret-1",
    "\u{1B}[1m", "+", "|", "$", "*",
  ]

  private static let seed =
    ProcessInfo.processInfo.environment["MILLRACE_SCRUB_SEED"].flatMap { UInt64($0) } ?? 20_261_127

  static func text(_ dice: inout Dice) -> (text: String, planted: [Planted]) {
    var text = ""
    var planted: [Planted] = []
    for _ in 0..<Int.random(in: 1...40, using: &dice) {
      if Int.random(in: 0..<6, using: &dice) == 0, let one = Planted.all.randomElement(using: &dice) {
        let form = one.cases.randomElement(using: &dice) ?? one.text
        // A neighbour that is no part of it.
        text += [" ", "\n", "\t"].randomElement(using: &dice) ?? " "
        text += form + (one.takesLine ? "\n" : " ")
        planted.append(one)
      } else {
        text += pieces.randomElement(using: &dice) ?? ""
      }
    }
    return (text, planted)
  }

  @Test("nothing planted is left, cut or whole, and a second scrubbing changes nothing")
  func random() throws {
    let seed = Self.seed
    var dice = Dice(seed: seed)
    for round in 0..<200 {
      let (text, planted) = Self.text(&dice)
      let result = try Scrubbing()(text)
      for one in planted {
        #expect(
          one.left(in: result.text).isEmpty,
          "seed \(seed), round \(round): \(one.text) is left in \(result.text) of \(text)")
      }
      let again = try Scrubbing()(result.bytes)
      #expect(again.text == result.text && again.counts.total == 0, "seed \(seed), round \(round): \(text)")
      let cut = try Scrubbing().cut(into: Int.random(in: 1...50, using: &dice))(text)
      #expect(cut == result, "seed \(seed), round \(round): \(text)")
      if again.text != result.text || cut != result { return }
    }
  }

  @Test("the same inside the strings of JSON, which stays JSON")
  func randomJSON() throws {
    let seed = Self.seed
    var dice = Dice(seed: seed)
    for round in 0..<100 {
      let (text, planted) = Self.text(&dice)
      let key = ["b", "user", "Host"].randomElement(using: &dice) ?? ""
      let quoted = JSONText.quoted(text, &dice)
      let json = "{\"a\": [\(quoted), 1.50], \"\(key)\": \(quoted)}"
      let result = try Scrubbing(.json)(json)
      let value = try JSONText.parse(result.bytes)
      let plain = "\((value["a"] as? [Any])?.first ?? "") \(value[key] ?? "")"
      for one in planted {
        #expect(one.left(in: plain).isEmpty, "seed \(seed), round \(round): \(one.text) is left in \(plain)")
      }
      let again = try Scrubbing(.json)(result.bytes)
      #expect(again.text == result.text && again.counts.total == 0, "seed \(seed), round \(round): \(json)")
      #expect(
        try Scrubbing(.json).cut(into: Int.random(in: 1...50, using: &dice))(json) == result,
        "seed \(seed), round \(round)")
    }
  }
}
