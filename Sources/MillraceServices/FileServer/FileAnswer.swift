import LinuxCalls
import MillraceHTTP

/// Answers GET and HEAD for a file that is open: which representation, on which conditions, which parts. RFC 9110 §13, §14
enum FileAnswer {
  static func write(
    _ file: ServedFile, to head: borrowing HeadIndex, _ bytes: Span<UInt8>, into response: ResponseBuffer
  ) -> ReadyAnswer {
    let representation = file.representation(for: head, bytes)
    // Most requests have none of it, and then no text is made of anything.
    let asks = Asks(head)
    if asks.hasConditions {
      let conditions = Preconditions(
        ifMatch: head.joined(.ifMatch, bytes), ifUnmodifiedSince: head.joined(.ifUnmodifiedSince, bytes),
        ifNoneMatch: head.joined(.ifNoneMatch, bytes), ifModifiedSince: head.joined(.ifModifiedSince, bytes))
      switch conditions.outcome(for: .safe, of: representation.resource, now: now) {
      case .proceed: break
      case .notModified:
        response.beginHead(304)
        response.add(representation.commonFields)
        response.endHead()
        return .inBuffer(status: 304, body: 0)
      case .failed: return ErrorResponse(412).write(to: head, into: response)
      }
    }
    if asks.hasRange, head.method == .get,
      Preconditions.allowsRange(ifRange: head.joined(.ifRange, bytes), of: representation.resource, now: now)
    {
      switch ByteRanges.parse(head.joined(.range, bytes) ?? "", length: representation.size) {
      case .whole: break
      case .unsatisfiable:
        let range = "Content-Range: \(ContentRange.text(forUnsatisfiedOf: representation.size))\r\n"
        return ErrorResponse(416, fields: range).write(to: head, into: response)
      case .ranges(let ranges):
        return ranges.count == 1
          ? writePart(ranges[0], of: representation, into: response)
          : writeParts(ranges, of: representation, into: response)
      }
    }
    return writeWhole(representation, isHead: head.method == .head, into: response)
  }

  private static var now: Int64 { Linux.wallClock / 1_000_000_000 }

  private struct Asks {
    var hasConditions = false
    var hasRange = false

    init(_ head: borrowing HeadIndex) {
      for place in head.fields.indices {
        switch head.fields[place].known {
        case .ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince: hasConditions = true
        case .range: hasRange = true
        default: break
        }
      }
    }
  }

  private static func beginHead(_ status: Int, _ representation: Representation, into response: ResponseBuffer) {
    response.beginHead(status)
    response.add(representation.contentFields)
    response.add(representation.commonFields)
  }

  private static func writeWhole(
    _ representation: Representation, isHead: Bool, into response: ResponseBuffer
  ) -> ReadyAnswer {
    beginHead(200, representation, into: response)
    response.addLength(representation.size)
    response.endHead()
    if isHead || representation.size == 0 { return .inBuffer(status: 200, body: 0) }
    if let content = representation.content {
      response.add(content)
      return .inBuffer(status: 200, body: content.count)
    }
    return .section(
      status: 200, FileSlice(representation.measured, offset: 0, length: representation.size))
  }

  private static func writePart(
    _ range: Range<Int64>, of representation: Representation, into response: ResponseBuffer
  ) -> ReadyAnswer {
    beginHead(206, representation, into: response)
    response.add(text: "Content-Range: \(ContentRange.text(for: range, of: representation.size))\r\n")
    response.addLength(range.upperBound - range.lowerBound)
    response.endHead()
    return .section(
      status: 206,
      FileSlice(representation.measured, offset: range.lowerBound, length: range.upperBound - range.lowerBound))
  }

  /// multipart/byteranges: RFC 9110 §14.6
  private static func writeParts(
    _ ranges: [Range<Int64>], of representation: Representation, into response: ResponseBuffer
  ) -> ReadyAnswer {
    // Nobody can have put it into the file before.
    let boundary = "millrace-" + String(UInt64.random(in: .min ... .max), radix: 16)
    var parts: [(before: [UInt8], slice: FileSlice)] = []
    var length: Int64 = 0
    for range in ranges {
      let before = Array(
        """
        \r\n--\(boundary)\r\nContent-Type: \(representation.contentType)\r\n\
        Content-Range: \(ContentRange.text(for: range, of: representation.size))\r\n\r\n
        """.utf8)
      let slice = FileSlice(
        representation.measured, offset: range.lowerBound, length: range.upperBound - range.lowerBound)
      parts.append((before, slice))
      length += Int64(before.count) + slice.length
    }
    let after = Array("\r\n--\(boundary)--\r\n".utf8)
    response.beginHead(206)
    response.add(text: "Content-Type: multipart/byteranges; boundary=\(boundary)\r\nAccept-Ranges: bytes\r\n")
    response.add(representation.commonFields)
    response.addLength(length + Int64(after.count))
    response.endHead()
    return .parts(status: 206, parts, after: after)
  }
}
