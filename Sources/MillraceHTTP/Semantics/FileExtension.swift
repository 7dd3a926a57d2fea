/// What a file's name ends with, behind the last dot: at most 16 bytes, in small letters, in one word that costs no
/// allocation to make and to look up.
struct FileExtension: Hashable {
  private var word: UInt128 = 0

  /// Nil where `name` has none that could be known: no dot, nothing behind the last one, nothing but dots before it
  /// (".bashrc"), or more than 16 bytes.
  init?(ofName name: some BidirectionalCollection<UInt8>) {
    var rest = name[...]
    var length = 0
    while let byte = rest.popLast(), byte != UInt8(ascii: ".") {
      guard length < 16, byte != 0 else { return nil }
      word |= UInt128(byte.lowercased) << (8 * length)
      length += 1
    }
    // Without a dot all of the name is behind it, and nothing before.
    guard length > 0, rest.contains(where: { $0 != UInt8(ascii: ".") }) else { return nil }
  }
}
