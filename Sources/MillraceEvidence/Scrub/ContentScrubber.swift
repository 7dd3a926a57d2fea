/// Scrubs the content of one file, whatever its format, in pieces as they are read.
struct ContentScrubber {
  private enum Content {
    case text(TextScrubber)
    case json(JSONFile)
    case html(HTMLFile)
    case pcap(PcapFile)
    case pcapng(PcapngFile)
    /// While its bytes are being taken: a value that is held two times would be copied.
    case taken
  }

  private var content: Content
  private var check = UTF8Check()

  init(_ format: Format, _ vocabulary: Vocabulary, _ identities: Identities, window: ScrubWindow = ScrubWindow()) {
    content =
      switch format {
      case .text: .text(TextScrubber(vocabulary, identities, window: window))
      case .json: .json(JSONFile(vocabulary, identities, window: window))
      case .html: .html(HTMLFile(vocabulary, identities, window: window))
      case .pcap: .pcap(PcapFile(identities))
      case .pcapng: .pcapng(PcapngFile(identities))
      }
  }

  /// Takes the next bytes of the file, and writes what is decided by them.
  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) throws(RefusedContent) {
    let current = content
    content = .taken
    switch consume current {
    case .text(var text):
      try check.feed(bytes)
      try text.feed(bytes, into: &output)
      content = .text(text)
    case .json(var json):
      try check.feed(bytes)
      try json.feed(bytes, into: &output)
      content = .json(json)
    case .html(var html):
      try check.feed(bytes)
      try html.feed(bytes, into: &output)
      content = .html(html)
    case .pcap(var pcap):
      try pcap.feed(bytes, into: &output)
      content = .pcap(pcap)
    case .pcapng(var pcapng):
      try pcapng.feed(bytes, into: &output)
      content = .pcapng(pcapng)
    case .taken: break
    }
  }

  /// The file ends here.
  mutating func end(into output: inout [UInt8]) throws(RefusedContent) {
    try check.end()
    switch content {
    case .text(var text): try text.end(into: &output)
    case .json(var json): try json.end(into: &output)
    case .html(var html): try html.end(into: &output)
    case .pcap(let pcap): try pcap.end()
    case .pcapng(let pcapng): try pcapng.end()
    case .taken: break
    }
  }
}
