/// What a file is, by its first bytes.
enum Format: Equatable {
  case text, json, html, pcap, pcapng

  /// How many bytes are enough to tell.
  static let prefixLength = 1024

  /// - Parameter name: its ending counts for HTML that has no proper beginning.
  static func of(_ prefix: [UInt8], name: String) throws(RefusedContent) -> Format {
    switch PcapFile.magic(prefix) {
    case .pcap: return .pcap
    case .pcapng: return .pcapng
    case .strange: throw RefusedContent("it is a capture in a variant of pcap that is not known")
    case .none: break
    }
    for (magic, name) in compressed where prefix.starts(with: magic) {
      throw RefusedContent("it is compressed (\(name)); unpack it first")
    }
    var text = prefix[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    text = text.drop { ByteSet.whitespace.contains($0) }
    guard let first = text.first else { return .text }
    switch first {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""): return .json
    case UInt8(ascii: "<"): return isMarkup(text, name) ? .html : .text
    default: return .text
    }
  }

  private static func isMarkup(_ text: ArraySlice<UInt8>, _ name: String) -> Bool {
    let start = String(decoding: text.prefix(16).map(\.folded), as: UTF8.self)
    let name = name.lowercased()
    return ["<!doctype", "<html", "<?xml", "<svg", "<!--", "<head", "<body"].contains { start.hasPrefix($0) }
      || [".html", ".htm", ".xhtml", ".xml", ".svg"].contains { name.hasSuffix($0) }
  }

  private static let compressed: [(magic: [UInt8], name: String)] = [
    ([0x1F, 0x8B], "gzip"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz"),
    ([0x42, 0x5A, 0x68], "bzip2"), ([0x50, 0x4B, 0x03, 0x04], "zip"), ([0x50, 0x4B, 0x05, 0x06], "zip"),
    ([0x04, 0x22, 0x4D, 0x18], "lz4"), ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7z"), ([0x1F, 0x9D], "compress"),
    ([0x52, 0x61, 0x72, 0x21], "rar"),
  ]
}
