import Testing

@testable import MillraceHTTP

/// Given values that were good before bytes of them were changed, always the same ones, no parser traps, and what it
/// makes of them keeps its promises. 100,000 in all.
///
/// A promise is checked before it is expected, for an expectation costs more than a parse.
@Suite("Hostile input")
struct HostileInputTests {
  private static let rounds = 12_500

  @Test("of dates never makes one that is read otherwise when it is written")
  func dates() {
    var random = SeededGenerator(state: 1)
    let good = [
      "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
      "Tue, 29 Feb 2000 23:59:60 GMT",
    ]
    for _ in 0..<Self.rounds {
      let text = String(decoding: random.mutate(good, with: "0123456789 :,-SunMoT"), as: UTF8.self)
      let now = Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random)
      guard let date = HTTPDate(parsing: text, now: now) else { continue }
      let again = HTTPDate(parsing: String(decoding: date.text, as: UTF8.self), now: now)
      if again != date { Issue.record("\(text) at \(now)") }
    }
  }

  @Test("of seconds never makes a date of another length")
  func seconds() {
    var random = SeededGenerator(state: 2)
    for _ in 0..<Self.rounds {
      let seconds = Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random)
      guard let date = HTTPDate(seconds: seconds) else { continue }
      if date.text.count != 29 { Issue.record("\(seconds)") }
    }
  }

  @Test("of tags never makes one that is written otherwise")
  func tags() {
    var random = SeededGenerator(state: 3)
    let good = ["\"a\", W/\"b\"", "*", "\"\"", ", \"a,b\" ,", "W/\"abc\""]
    for _ in 0..<Self.rounds {
      let text = String(decoding: random.mutate(good, with: "\"W/, *ab\t"), as: UTF8.self)
      guard case .tags(let tags) = EntityTags(parsing: text) else { continue }
      let written = tags.map(\.text).joined(separator: ", ")
      if EntityTags(parsing: written) != .tags(tags) { Issue.record("\(text)") }
    }
  }

  @Test("of conditions never has a write taken for unmodified")
  func conditions() {
    var random = SeededGenerator(state: 4)
    let tags = ["\"a\"", "W/\"a\", \"b\"", "*", "Sun, 06 Nov 1994 08:49:37 GMT"]
    let resource = Preconditions.Resource.present(tag: EntityTag(opaque: "a"), lastModified: 784_111_777)
    for _ in 0..<Self.rounds {
      let text = String(decoding: random.mutate(tags, with: "\"W/, *ab"), as: UTF8.self)
      let fields = [
        Preconditions(ifMatch: text), Preconditions(ifUnmodifiedSince: text), Preconditions(ifNoneMatch: text),
        Preconditions(ifModifiedSince: text),
      ]
      let one = fields[Int.random(in: 0..<4, using: &random)]
      if one.outcome(for: .other, of: resource, now: 784_111_777) == .notModified { Issue.record("\(text)") }
      if text != "\"a\"", Preconditions.allowsRange(ifRange: text, of: resource, now: 784_111_777) {
        Issue.record("\(text) allows a range")
      }
    }
  }

  @Test("of ranges never makes more bytes of a representation than it has")
  func ranges() {
    var random = SeededGenerator(state: 5)
    let good = [
      "bytes=0-499", "bytes=9500-, -1",
      "bytes=0-0,2-2,4-4,6-6,8-8,1-1,3-3,5-5,7-7,9-9,11-11,13-13,15-15,17-17,19-19,21-",
      "bytes=99999999999999999999-", "bytes=-9223372036854775807", "bytes=0-,0-,0-",
    ]
    for _ in 0..<Self.rounds {
      let text = String(decoding: random.mutate(good, with: "0123456789,-= "), as: UTF8.self)
      let length = Int64(bitPattern: random.next() >> UInt64.random(in: 1..<64, using: &random))
      guard case .ranges(let ranges) = ByteRanges.parse(text, length: length) else { continue }
      var left = length
      for range in ranges {
        if range.isEmpty || range.lowerBound < 0 || range.upperBound > length { Issue.record("\(text) of \(length)") }
        left -= range.upperBound - range.lowerBound
      }
      if left < 0 || ranges.isEmpty || ranges.count > ByteRanges.mostRanges { Issue.record("\(text) of \(length)") }
    }
  }

  @Test("of codings never chooses one that the server has not")
  func codings() {
    var random = SeededGenerator(state: 6)
    let good = ["gzip, br;q=0.5, zstd", "*;q=0, x-gzip", "identity;q=0.001", "gzip;q=1.000 , *"]
    for _ in 0..<Self.rounds {
      let text = String(decoding: random.mutate(good, with: "gzip,;q=01. *-"), as: UTF8.self)
      if AcceptEncoding.choose(from: [.gzip], for: text) == .coding(.br) { Issue.record("\(text)") }
    }
  }

  @Test("of names never makes a type that would break a field")
  func names() {
    var random = SeededGenerator(state: 7)
    let names = ["index.html", "a.d.ts", ".bashrc", "a.tar.gz"]
    let files = ["text/html html\nmodel/x d.ts", "a/b html #d", "text/plain\tts gz", "a/b tar.gz gz"]
    for _ in 0..<Self.rounds {
      let file = random.mutate(files, with: ".html/ \n#ts")
      let name = random.mutate(names, with: ".html/ ts")
      let types = [
        MediaTypes.builtIn.contentType(for: name), MediaTypes().adding(mimeTypesFile: file).contentType(for: name),
      ]
      for type in types where !type.utf8.allSatisfy({ 0x20...0x7e ~= $0 }) || !type.contains("/") {
        Issue.record("\(name) with \(file): \(type)")
      }
    }
  }

  @Test("of targets never makes a path that leaves its root, and every path is read as it is written again")
  func targets() {
    var random = SeededGenerator(state: 8)
    let good = ["/a/b?c", "/%2e%2e/a", "/a%20b/", "/../..//", "/%c3%a4/.", "/"]
    for _ in 0..<Self.rounds {
      let target = random.mutate(good, with: "/.%2eEfF05?a\\")
      guard case .path(let path) = PathDecoder.decode(target.span) else { continue }
      for segment in path.segments where [[], [46], [46, 46]].contains(Array(segment)) { Issue.record("\(target)") }
      if path.bytes.contains(0) || path.segments.contains(where: { $0.contains(47) }) { Issue.record("\(target)") }
      var written = path.segments.map { "/" + PathEncoder.encode(Array($0)) }.joined()
      if path.hasTrailingSlash { written += "/" }
      let again = Array(written.utf8)
      if PathDecoder.decode(again.span) != .path(path) { Issue.record("\(target) is written \(written)") }
    }
  }
}
