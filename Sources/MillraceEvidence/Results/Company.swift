/// What else a subject has to do while operations are measured. As text, and in JSON, `bulk:8` or `idle:1000`.
public enum Company: Sendable, Hashable {
  /// So many connections on which as much is moved as goes: of an echo messages of 256 KiB, over HTTP a file of 16 MiB.
  case bulk(Int)
  /// So many connections that have had an answer and say nothing more.
  case idle(Int)

  /// Reads what ``text`` says; nil for anything else, and for none or more than 256 bulk or 8,000 idle connections.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let count = Int(parts[1]) else { return nil }
    switch (parts[0], count) {
    case ("bulk", 1...256): self = .bulk(count)
    case ("idle", 1...8000): self = .idle(count)
    default: return nil
    }
  }

  /// `bulk:8`
  public var text: String {
    switch self {
    case .bulk(let count): "bulk:\(count)"
    case .idle(let count): "idle:\(count)"
    }
  }

  /// For people: `8 bulk transfers`.
  public var title: String {
    switch self {
    case .bulk(let count): count == 1 ? "1 bulk transfer" : "\(count) bulk transfers"
    case .idle(let count): count == 1 ? "1 idle connection" : "\(count) idle connections"
    }
  }

  var connections: Int {
    switch self {
    case .bulk(let count), .idle(let count): count
    }
  }

  var isBulk: Bool { if case .bulk = self { true } else { false } }
}

extension Company: Codable {
  /// Reads ``text``.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let company = Company(text) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath, debugDescription: "'\(text)' is no company: bulk:8 or idle:1000 is expected"))
    }
    self = company
  }

  /// Writes ``text``.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
