/// A window of a text as one scanner sees it, with what the scanner has to know of the text before.
struct Reading {
  /// A finding, by its place in the source.
  struct Place {
    var start: Int
    var end: Int
    var subject: Finding.Subject
    var tail: ByteSet?
    /// Whether it goes to the end of the window, and perhaps on.
    var isAtEnd: Bool
    /// Whether its first digits would make an escape with what is before it.
    var followsEscape: Bool
  }

  private static let leftContext = 16

  /// The last bytes before the window, as they read.
  var carry: [UInt8] = []
  private var scanner: Scanner
  private let encoding: TextEncoding
  /// Whether all escapes are undone; if not, those of the document alone.
  private let decodes: Bool
  private var view = TextView()
  private var position = 0

  init(_ scanner: Scanner, _ encoding: TextEncoding, decodes: Bool) {
    self.scanner = scanner
    self.encoding = encoding
    self.decodes = decodes
  }

  mutating func begin(url: Scanner.URLState) {
    scanner.url = url
    carry.removeAll(keepingCapacity: true)
  }

  mutating func look(at source: [UInt8], count: Int, hasEscapes: Bool) {
    if !hasEscapes {
      view.show(source, count: count, after: carry)
    } else if decodes {
      view.decode(source, count: count, after: carry, from: encoding)
    } else {
      view.show(source, count: count, after: carry, as: encoding)
    }
    scanner.beginView()
    position = view.carried
  }

  var isAtEnd: Bool { position == view.bytes.count }

  /// Goes past bytes of this kind. Returns where that is in the source.
  mutating func skip(_ kind: ByteSet) -> Int {
    while position < view.bytes.count, kind.contains(view.bytes[position]) { position += 1 }
    return view.source(of: position)
  }

  /// What is found up to `overlap` bytes before the end, or in all of it; and how far that is in the source.
  mutating func findings(overlap: Int?) -> (places: [Place], end: Int) {
    let limit = overlap.map { max(view.bytes.count - $0, view.carried + 1) } ?? view.bytes.count
    var places: [Place] = []
    let bytes = view.bytes
    let text = bytes.span
    while let finding = scanner.next(text, &position, limit: limit) {
      position = finding.end
      places.append(place(finding))
      if case .privateKey = finding.subject { break }
    }
    // Not in the middle of a character that was one escape.
    while position < text.count, position > 0, view.source(of: position) == view.source(of: position - 1) {
      position += 1
    }
    return (places, view.source(of: position))
  }

  /// These places of another reading, and between them what this one finds there. What goes over into one of them does not
  /// count: the other reading has seen that it is something else.
  mutating func between(_ others: [Place], from start: Int, upTo end: Int) -> [Place] {
    var places: [Place] = []
    let bytes = view.bytes
    let text = bytes.span
    position = view.index(of: start)
    for other in others + [nil] {
      let limit = view.index(of: other?.start ?? end)
      while let finding = scanner.next(text, &position, limit: limit) {
        guard finding.start < limit, finding.end <= limit else { break }
        position = finding.end
        if case .privateKey = finding.subject { continue }
        places.append(place(finding))
      }
      guard let other else { break }
      places.append(other)
      position = view.index(of: other.end)
      scanner.leaveContext()
    }
    return places
  }

  private func place(_ finding: Finding) -> Place {
    Place(
      start: view.source(of: finding.start), end: view.source(of: finding.end), subject: finding.subject,
      tail: finding.tail, isAtEnd: finding.end == view.bytes.count,
      followsEscape: finding.subject.isAddress && view.makesEscape(before: finding.start))
  }

  /// What is before this place of the source is done with.
  mutating func leave(at offset: Int, endsLine: Bool) {
    if endsLine {
      carry.removeAll(keepingCapacity: true)
      scanner.url = .none
    } else {
      let end = view.index(of: offset)
      carry = Array(view.bytes[max(0, end - Self.leftContext)..<end])
    }
  }

  /// The text was the same for the other one.
  mutating func follow(_ other: Reading) {
    carry = other.carry
    scanner.url = other.scanner.url
  }
}

extension Finding.Subject {
  fileprivate var isAddress: Bool {
    switch self {
    case .ipv4, .ipv6, .reverseIPv4, .reverseIPv6, .hardware, .frame: true
    default: false
    }
  }
}
