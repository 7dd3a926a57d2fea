import Crypto
import Millrace
import LinuxCalls
import Synchronization

/// What a client says the hash of its file is. RFC 9530
///
/// A hash has to see the bytes: an upload with a digest is buffered, and its line in the log says so.
enum ReprDigest: Sendable, Equatable {
  case sha256([UInt8])
  case sha512([UInt8])

  /// Why a value cannot be checked.
  struct Malformed: Error, Equatable {
    let sentence: String
  }

  /// Reads `sha-256=:BASE64:`, or a list of these of which the strongest that is known counts. Nil where none is known: a digest
  /// of another kind is ignored (§2).
  static func parse(_ value: String) throws(Malformed) -> ReprDigest? {
    var found: ReprDigest?
    for member in value.split(separator: ",") {
      let text = member.drop { $0 == " " || $0 == "\t" }
      guard let equals = text.firstIndex(of: "=") else { throw Malformed(sentence: "Repr-Digest is no dictionary") }
      let name = text[..<equals]
      guard name == "sha-256" || name == "sha-512" else { continue }
      var content = text[text.index(after: equals)...]
      // Parameters mean nothing here.
      if let semicolon = content.firstIndex(of: ";") { content = content[..<semicolon] }
      while content.last == " " || content.last == "\t" { content.removeLast() }
      guard content.count >= 2, content.first == ":", content.last == ":",
        let bytes = Base64.decode(content.dropFirst().dropLast().utf8)
      else { throw Malformed(sentence: "Repr-Digest has a value that is no byte sequence (:BASE64:)") }
      switch (name, bytes.count) {
      case ("sha-256", 32): if found == nil { found = .sha256(bytes) }
      case ("sha-512", 64): found = .sha512(bytes)
      default: throw Malformed(sentence: "Repr-Digest has \(bytes.count) bytes for \(name)")
      }
    }
    return found
  }

  /// Sees the bytes as they are delivered.
  func hasher() -> DigestCheck { DigestCheck(self) }
}

/// A digest that is compared with what was announced.
final class DigestCheck: ByteHasher {
  private enum State: Sendable {
    case sha256(SHA256)
    case sha512(SHA512)
  }

  private let expected: ReprDigest
  private let state: Guarded<State>

  fileprivate init(_ expected: ReprDigest) {
    self.expected = expected
    switch expected {
    case .sha256: state = Guarded(.sha256(SHA256()))
    case .sha512: state = Guarded(.sha512(SHA512()))
    }
  }

  func update(_ bytes: RawSpan) {
    state.withLock { state in
      unsafe bytes.withUnsafeBytes { bytes in
        switch state {
        case .sha256(var hash):
          unsafe hash.update(bufferPointer: bytes)
          state = .sha256(hash)
        case .sha512(var hash):
          unsafe hash.update(bufferPointer: bytes)
          state = .sha512(hash)
        }
      }
    }
  }

  /// Whether the bytes that it has seen have the digest that was announced.
  var isRight: Bool {
    state.withLock { state in
      switch state {
      case .sha256(let hash): .sha256(Array(hash.finalize())) == expected
      case .sha512(let hash): .sha512(Array(hash.finalize())) == expected
      }
    }
  }
}

/// RFC 4648 §4
enum Base64 {
  /// Nil for anything but whole groups of the alphabet with their padding.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    var count = 0
    var padding = 0
    for byte in text {
      let value: UInt8
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "="):
        value = 0
        padding += 1
      default: return nil
      }
      guard padding == 0 || byte == UInt8(ascii: "=") else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 1
      if count == 4 {
        bytes += [
          UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits),
        ]
        (bits, count) = (0, 0)
      }
    }
    guard padding <= 2 else { return nil }
    bytes.removeLast(padding)
    return bytes
  }
}
