/// Makes a request that nobody wrote of those that somebody did; the same ones for the same seed.
struct Mutator {
  private var random: SeededGenerator
  private let corpus: [[UInt8]]

  /// What readers of HTTP have stumbled over.
  private static let interesting: [[UInt8]] = [
    "\r", "\n", "\r\n", "\r\n\r\n", "\n\n", "\0", " ", "\t", "\u{0B}", "\u{0C}", ":", ";", ",", "=", "\"", "\\", "0",
    "5", "f", "-", "+",
    "/", "*", "#", "?", "@", "[", "]", "%", "\u{7F}", "\u{80}", "\u{A0}", "\u{FF}", " chunked", "chunked", ", chunked",
    "0\r\n\r\n",
    "5\r\n", "HTTP/1.1", "HTTP/1.0", " HTTP/1.1", "Host: b\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n",
    "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Connection: upgrade\r\nUpgrade: x\r\n", "\r\n ", "\r\n\t", ";a=b", ";a=\"b\"", "X: y\r\n", "http://", "00000000",
  ].map(latin)

  init(seed: UInt64, _ corpus: [[UInt8]]) {
    random = SeededGenerator(state: seed)
    self.corpus = corpus
  }

  /// One of the corpus after one to three changes.
  mutating func next() -> [UInt8] {
    var bytes = one()
    for _ in 0..<Int.random(in: 1...3, using: &random) { change(&bytes) }
    return bytes
  }

  private mutating func one() -> [UInt8] { corpus.randomElement(using: &random) ?? [] }

  private mutating func change(_ bytes: inout [UInt8]) {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes.removeSubrange(part(of: bytes, atMost: 8))
    case 1: bytes.insert(contentsOf: Array(bytes[part(of: bytes, atMost: 40)]), at: place(in: bytes))
    case 2:
      guard !bytes.isEmpty else { return }
      let (one, other) = (
        Int.random(in: 0..<bytes.count, using: &random), Int.random(in: 0..<bytes.count, using: &random)
      )
      bytes.swapAt(one, other)
    case 3, 4: bytes.insert(contentsOf: Self.interesting.randomElement(using: &random) ?? [], at: place(in: bytes))
    case 5:
      bytes.replaceSubrange(part(of: bytes, atMost: 4), with: Self.interesting.randomElement(using: &random) ?? [])
    case 6:
      let other = one()
      bytes = bytes.prefix(place(in: bytes)) + other.suffix(place(in: other))
    default:
      guard !bytes.isEmpty else { return }
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
  }

  private mutating func place(in bytes: [UInt8]) -> Int { Int.random(in: 0...bytes.count, using: &random) }

  private mutating func part(of bytes: [UInt8], atMost most: Int) -> Range<Int> {
    let from = place(in: bytes)
    return from..<min(bytes.count, from + Int.random(in: 1...most, using: &random))
  }
}
