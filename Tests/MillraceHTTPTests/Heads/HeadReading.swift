import Testing

@testable import MillraceHTTP

/// The bytes of a text whose scalars are all below 256, one byte each: "\u{80}" is the byte 0x80.
func latin(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

/// What a reader makes of bytes.
enum HeadVerdict: Equatable {
  case complete(length: Int)
  case incomplete
  case refused(HeadFault)

  /// The status of a refusal; nil where there is none.
  var status: Int? {
    guard case .refused(let fault) = self else { return nil }
    return fault.status
  }

  static func ofRequest(_ bytes: some Collection<UInt8>, _ limits: HeadLimits = HeadLimits()) -> HeadVerdict {
    HeadVerdict(bytes) { span, index throws(HeadFault) in try HeadReader(limits).readRequest(span, into: &index) }
  }

  static func ofResponse(_ bytes: some Collection<UInt8>, _ limits: HeadLimits = HeadLimits()) -> HeadVerdict {
    HeadVerdict(bytes) { span, index throws(HeadFault) in try HeadReader(limits).readResponse(span, into: &index) }
  }

  private init(
    _ bytes: some Collection<UInt8>,
    _ read: (Span<UInt8>, inout HeadIndex) throws(HeadFault) -> HeadReader.Outcome
  ) {
    let held = Array(bytes)
    var index = HeadIndex()
    do throws(HeadFault) {
      switch try read(held.span, &index) {
      case .complete(let length): self = .complete(length: length)
      case .incomplete: self = .incomplete
      }
    } catch {
      self = .refused(error)
    }
  }
}

/// The promise of every head: cut anywhere before its end it is incomplete, or wrong in the way that all of it is; and
/// what follows it does not change where it ends.
func expectSameWhereverCut(
  _ bytes: [UInt8], _ limits: HeadLimits = HeadLimits(), at place: SourceLocation = #_sourceLocation,
  _ read: ([UInt8], HeadLimits) -> HeadVerdict = { HeadVerdict.ofRequest($0, $1) }
) {
  let whole = read(bytes, limits)
  for cut in 0..<bytes.count {
    let part = read(Array(bytes.prefix(cut)), limits)
    if case .complete(let length) = whole, cut >= length {
      if part != whole { Issue.record("cut at \(cut), behind its end, it is \(part)", sourceLocation: place) }
    } else if part != .incomplete, part != whole {
      Issue.record("cut at \(cut) it is \(part), and whole it is \(whole)", sourceLocation: place)
    }
  }
  guard case .complete = whole else { return }
  for more in ["\r\n", "\n", "GET / HTTP/1.1\r\n\r\n", "\u{0}", "A: b\r\n\r\n"]
  where read(bytes + latin(more), limits) != whole {
    Issue.record("with \(more.debugDescription) behind it, it ends elsewhere", sourceLocation: place)
  }
}

/// A request's head that is expected to be good, with the length of all the text.
func goodHead(
  _ text: String, _ limits: HeadLimits = HeadLimits(), at place: SourceLocation = #_sourceLocation
) throws -> RequestHead {
  let bytes = latin(text)
  expectSameWhereverCut(bytes, limits, at: place)
  let head = try #require(try RequestHead(bytes, limits: limits), sourceLocation: place)
  #expect(head.length == bytes.count, sourceLocation: place)
  return head
}

/// The fault of a request's head that is expected to have one.
func faultOf(
  _ text: String, _ limits: HeadLimits = HeadLimits(), at place: SourceLocation = #_sourceLocation
) throws -> HeadFault {
  let bytes = latin(text)
  expectSameWhereverCut(bytes, limits, at: place)
  guard case .refused(let fault) = HeadVerdict.ofRequest(bytes, limits) else {
    throw Unrefused(text: text, verdict: HeadVerdict.ofRequest(bytes, limits))
  }
  return fault
}

struct Unrefused: Error, CustomStringConvertible {
  let text: String
  let verdict: HeadVerdict
  var description: String { "\(text.debugDescription) is \(verdict), and was to be refused" }
}
