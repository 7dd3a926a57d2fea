// What libFuzzer calls: the readers of heads and of chunks over bytes of its making. A promise that is broken traps.

/// The first byte chooses a reader and its limits, the rest is what it reads.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  switch choice % 4 {
  case 0: checkRequest(bytes, HeadLimits())
  case 1: checkRequest(bytes, small)
  case 2: checkResponse(bytes)
  default: checkChunks(bytes)
  }
  return 0
}

/// Limits that inputs of a few hundred bytes reach.
private let small: HeadLimits = {
  var limits = HeadLimits()
  (limits.line, limits.head, limits.fields) = (48, 160, 4)
  return limits
}()

private enum Read: Equatable {
  case complete(Int)
  case incomplete
  case refused(HeadFault)
}

private typealias Reading = (Span<UInt8>, inout HeadIndex) throws(HeadFault) -> HeadReader.Outcome

private func read(_ bytes: Span<UInt8>, _ index: inout HeadIndex, _ reading: Reading) -> Read {
  do throws(HeadFault) {
    switch try reading(bytes, &index) {
    case .complete(let length): return .complete(length)
    case .incomplete: return .incomplete
    }
  } catch {
    return .refused(error)
  }
}

private func checkRequest(_ bytes: [UInt8], _ limits: HeadLimits) {
  let reader = HeadReader(limits)
  let found = checkHead(bytes, limits) { bytes, index throws(HeadFault) in try reader.readRequest(bytes, into: &index) }
  guard let (index, length) = found else { return }
  for place in [index.methodPlace, index.target, index.pathAndQuery, index.authority] {
    precondition(place.range.upperBound <= length)
  }
  precondition(!index.methodPlace.isEmpty && !index.target.isEmpty)
  if index.minorVersion == 1 { precondition(index.has(.host)) }
  if case .chunked = index.framing {
    precondition(index.has(.transferEncoding) && !index.has(.contentLength) && index.minorVersion == 1)
    checkChunks(Array(bytes[length...]))
  }
  if case .length(let length) = index.framing { precondition(length > 0 && !index.has(.transferEncoding)) }
}

private func checkResponse(_ bytes: [UInt8]) {
  let reader = HeadReader()
  let found = checkHead(bytes, HeadLimits()) { bytes, index throws(HeadFault) in
    try reader.readResponse(bytes, into: &index)
  }
  guard let (index, length) = found else { return }
  precondition((100...599).contains(index.status) && index.reason.range.upperBound <= length)
  for method in [HeadIndex.Method.get, .head, .connect] { _ = try? ResponseFraming.of(index, bytes.span, to: method) }
}

/// What holds of every head; and where everything stands in one that is good.
private func checkHead(_ bytes: [UInt8], _ limits: HeadLimits, _ reading: Reading) -> (HeadIndex, Int)? {
  var index = HeadIndex()
  let whole = read(bytes.span, &index, reading)
  var other = HeadIndex()
  // Each cut of a short one, and some of a long one.
  for cut in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 64)) {
    let part = read(bytes.span.extracting(first: cut), &other, reading)
    if case .complete(let length) = whole, cut >= length {
      precondition(part == whole)
    } else {
      precondition(part == .incomplete || part == whole)
    }
  }
  guard case .complete(let length) = whole else { return nil }
  precondition(length <= bytes.count && length <= limits.head && index.fields.count <= limits.fields)
  precondition(read(bytes.span.extracting(first: length), &other, reading) == whole)
  precondition(length >= 4 && bytes[(length - 4)..<length] == [0x0D, 0x0A, 0x0D, 0x0A])
  for field in index.fields {
    precondition(!field.name.isEmpty && field.name.range.upperBound < field.value.range.lowerBound)
    precondition(field.value.range.upperBound <= length - 4)
    for byte in bytes[field.value.range] { precondition(ByteClass.isValue(byte)) }
    for byte in bytes[field.name.range] { precondition(ByteClass.isToken(byte)) }
  }
  return (index, length)
}

private struct Body: Equatable {
  var content: [UInt8] = []
  var end: Int?
  var fault: HeadFault?
}

private func unchunk(_ pieces: [ArraySlice<UInt8>]) -> Body {
  var body = Body()
  var reader = ChunkedReader()
  var before = 0
  do throws(HeadFault) {
    for piece in pieces.map(Array.init) {
      var start = 0
      reading: while true {
        let from = start
        let ahead = reader.contentAhead
        switch try reader.read(piece.span, from: &start) {
        case .content(let place):
          precondition(place.lowerBound >= from && place.upperBound == start && start <= piece.count && !place.isEmpty)
          if ahead > 0 { precondition(place.lowerBound == from && reader.contentAhead == ahead - Int64(place.count)) }
          body.content += piece[place]
        case .ended(let after):
          precondition(after == start && start <= piece.count && reader.hasEnded)
          body.end = before + after
          return body
        case .needsMore:
          precondition(start == piece.count)
          break reading
        }
      }
      before += piece.count
    }
  } catch {
    body.fault = error
  }
  return body
}

private func checkChunks(_ bytes: [UInt8]) {
  let whole = unchunk([bytes[...]])
  precondition(whole.content.count <= bytes.count)
  for cut in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 64)) {
    precondition(unchunk([bytes[..<cut], bytes[cut...]]) == whole)
  }
  if let end = whole.end {
    precondition(bytes[..<end].suffix(2) == [0x0D, 0x0A])
    precondition(unchunk([bytes[..<end]]) == whole && unchunk([bytes[..<(end - 1)]]).end == nil)
  }
}
