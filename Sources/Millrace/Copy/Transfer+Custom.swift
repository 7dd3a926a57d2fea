import Reactors

/// The ends that are not the kernel's, of a copy that has one.
final class OwnEnds: Sendable {
  let reader: (any ByteReader)?
  let writer: (any ByteWriter)?

  init?(_ source: SourceShape.End, _ sink: SinkShape.End) {
    if case .reader(let reader) = source { self.reader = reader } else { reader = nil }
    if case .writer(let writer) = sink { self.writer = writer } else { writer = nil }
    if reader == nil, writer == nil { return nil }
  }
}

// Someone else's reader and writer: the only awaits of a copy that are not our own.
extension Transfer {
  var reader: (any ByteReader)? { ownEnds?.reader }
  var writer: (any ByteWriter)? { ownEnds?.writer }

  /// Takes the next bytes from the reader.
  @inline(never)
  func askReader() async {
    guard let reader else { return }
    let most = min(remaining, BufferPool.bufferSize)
    do {
      accept(try await reader.read(upTo: most), most)
    } catch {
      failure = CopyFailure(.source, .custom(error))
    }
  }

  private func accept(_ bytes: [UInt8], _ most: Int) {
    guard bytes.count <= most else {
      failure = CopyFailure(
        .source, .unsupported("its read(upTo: \(most)) answered \(bytes.count) bytes; at most \(most) are expected"))
      return
    }
    if bytes.isEmpty {
      sourceEnded = true
    } else {
      took(bytes.count)
      turnLeft -= min(bytes.count, turnLeft)
      pending = PendingBytes(bytes, route: .buffered)
    }
  }

  /// Gives pending bytes to the writer.
  @inline(never)
  func askWriter() async {
    guard let writer else { return }
    let slice = pending.slice.prefix(writerAllowance)
    do {
      note(try await writer.write(slice), of: slice)
    } catch {
      failure = CopyFailure(.sink, .custom(error))
    }
  }

  private func note(_ count: Int, of slice: ArraySlice<UInt8>) {
    guard (1...slice.count).contains(count) else {
      failure = CopyFailure(
        .sink, .unsupported("its write(_:) answered \(count) for \(slice.count) bytes; 1 to \(slice.count) is expected")
      )
      return
    }
    show(slice.prefix(count))
    ledger.deliver(count, by: pending.route)
    pending.removeFirst(count)
    turnLeft -= min(count, turnLeft)
    noteDelivered(count)
  }

  @inline(never)
  func tellWriter() async {
    guard let writer else { return }
    do {
      try await writer.finish()
      stage = .ended
    } catch {
      failure = CopyFailure(.sink, .custom(error))
    }
  }
}
