import Testing

@testable import MillraceEvidence

/// Packets as in pcap; what a capture says of its machine is left out.
@Suite("scrubbing pcapng") struct PcapngTests {
  private static func ordered(_ value: Int, _ length: Int, _ big: Bool) -> [UInt8] {
    big ? Frames.number(value, length) : Frames.number(value, length).reversed()
  }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
  }

  private static func option(_ code: Int, _ value: [UInt8], _ big: Bool) -> [UInt8] {
    ordered(code, 2, big) + ordered(value.count, 2, big) + padded(value)
  }

  private static func block(_ type: Int, _ body: [UInt8], _ big: Bool) -> [UInt8] {
    ordered(type, 4, big) + ordered(body.count + 12, 4, big) + body + ordered(body.count + 12, 4, big)
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static func section(_ big: Bool, options: Bool = true) -> [UInt8] {
    let all =
      option(2, text("x86 of carol"), big) + option(3, text("Linux buildbox"), big) + option(4, text("dumpcap"), big)
      + option(1, text("for carol"), big) + [0, 0, 0, 0]
    return block(
      0x0A0D_0D0A,
      ordered(0x1A2B_3C4D, 4, big) + ordered(1, 2, big) + [0, 0] + ordered(options ? 999 : -1, 8, big)
        + (options ? all : []), big)
  }

  private static func file(_ big: Bool) -> [UInt8] {
    let frame = Frames.ethernet(0x0800, Frames.ipv4(6, Frames.tcp()))
    let interface = block(
      1,
      ordered(1, 2, big) + [0, 0] + ordered(262_144, 4, big) + option(2, text("enx001b44113ab7"), big)
        + option(3, text("carol's"), big)
        + option(4, Frames.local4 + [255, 255, 255, 0], big) + option(6, Frames.hardware(Frames.local), big)
        + option(9, [9], big)
        + option(12, text("Linux of carol"), big) + [0, 0, 0, 0], big)
    let packet =
      ordered(0, 4, big) + ordered(5, 4, big) + ordered(6, 4, big) + ordered(frame.count, 4, big)
      + ordered(frame.count, 4, big) + padded(frame)
    return section(big) + interface
      + block(
        6,
        packet + option(1, text("carol did it"), big) + option(2, [1, 0, 0, 0], big) + option(3, [2, 1, 2, 3, 4], big)
          + [0, 0, 0, 0], big)
      + block(3, ordered(frame.count, 4, big) + padded(frame), big)
      + block(2, ordered(0, 2, big) + ordered(3, 2, big) + Array(packet[4...]), big)
      + block(
        4, ordered(1, 2, big) + ordered(10, 2, big) + Frames.local4 + text("carol\0") + [0, 0] + [0, 0, 0, 0], big)
      + block(10, text("SSLK") + ordered(8, 4, big) + text("hunter2!"), big) + block(0x0BAD, text("carol secret"), big)
      + block(9, text("MESSAGE=carol..."), big) + block(77, text("hunter2!"), big)
      + block(
        5,
        ordered(0, 4, big) + [1, 2, 3, 4, 5, 6, 7, 8] + option(1, text("carol"), big)
          + option(4, [1, 0, 0, 0, 0, 0, 0, 0], big) + [0, 0, 0, 0], big)
  }

  @Test("in both byte orders, in pieces of any size, and a second time without a change")
  func wholeFile() throws {
    for big in [false, true] {
      let file = Self.file(big)
      #expect(try Format.of(file, name: "x") == .pcapng)
      let result = try Scrubbing(.pcapng)(file)
      let left = String(decoding: result.bytes.map { $0 < 128 ? $0 : 46 }, as: UTF8.self)
      for word in ["carol", "hunter2", "buildbox", "dumpcap", "001b44113ab7", "SSLK"] { #expect(!left.contains(word)) }
      // The section, the interface with its resolution, three packets, the statistics.
      let expected = [28, 20 + 8 + 4, 0, 0, 0, 24 + 12 + 4]
      var at = 0
      var types: [Int] = []
      while at < result.bytes.count {
        let type = (0..<4).reduce(0) { $0 | Int(result.bytes[at + (big ? 3 - $1 : $1)]) << ($1 * 8) }
        let length = (0..<4).reduce(0) { $0 | Int(result.bytes[at + 4 + (big ? 3 - $1 : $1)]) << ($1 * 8) }
        if expected[types.count] > 0 { #expect(length == expected[types.count], "block \(type)") }
        types.append(type)
        at += length
      }
      #expect(types == [0x0A0D_0D0A, 1, 6, 3, 2, 5])
      // Four options of the section, five of the interface, two of a packet, one of statistics, and five blocks.
      #expect(result.counts[.captureMetadata] == 17)
      #expect(result.counts[.payload] == 3 && result.counts[.ipAddress] == 6)
      for chunk in [1, 5, 50] { #expect(try Scrubbing(.pcapng).cut(into: chunk)(file) == result) }
      let again = try Scrubbing(.pcapng)(result.bytes)
      #expect(again.bytes == result.bytes && again.counts.total == 0)
    }
  }

  @Test("sections of both byte orders in one file")
  func sections() throws {
    let file = Self.file(false) + Self.file(true) + Self.section(false, options: false)
    let result = try Scrubbing(.pcapng)(file)
    #expect(result.counts[.payload] == 6)
    #expect(try Scrubbing(.pcapng)(result.bytes).counts.total == 0)
  }

  @Test("what is cut off or makes no sense is refused")
  func malformed() throws {
    let file = Self.file(false)
    for length in stride(from: 4, to: file.count, by: 3) {
      // A file may end behind any block.
      if (try? Scrubbing(.pcapng)(Array(file[..<length]))) != nil {
        #expect(length % 4 == 0 && file[..<length].suffix(4).count == 4)
      }
    }
    #expect(throws: RefusedContent.cut) { _ = try Scrubbing(.pcapng)(Array(file.dropLast(1))) }
    var wrong = file
    wrong[4] = 13
    #expect(throws: RefusedContent.malformed) { _ = try Scrubbing(.pcapng)(wrong) }
    wrong = file
    wrong[8] = 0
    #expect(throws: RefusedContent.malformed) { _ = try Scrubbing(.pcapng)(wrong) }
    let unknown =
      Self.section(false) + Self.block(1, Self.ordered(147, 2, false) + [0, 0] + Self.ordered(0, 4, false), false)
    #expect(throws: RefusedContent("it is a capture of a link type that is not known (147)")) {
      _ = try Scrubbing(.pcapng)(unknown)
    }
    let orphan = Self.section(false) + Self.block(3, [4, 0, 0, 0, 1, 2, 3, 4], false)
    #expect(throws: RefusedContent.malformed) { _ = try Scrubbing(.pcapng)(orphan) }
  }
}
