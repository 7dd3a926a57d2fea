import LinuxCalls
import Reactors
import SystemPackage

extension Transfer {
  /// Everything is delivered: settles what was promised and passes the end on.
  func finish() async throws(CopyFailure) {
    if let owed, owed > 0, source != nil { throw CopyFailure(.source, .truncated(owed: owed)) }
    try await finishTees()
    guard options.passesEnd else { return }
    if let writer {
      do { try await writer.finish() } catch { throw CopyFailure(.sink, .custom(error)) }
    }
    guard let sink else { return }
    if sink.kind.isStreamSocket {
      do throws(Errno) { try Linux.shutdown(sink.number, .write) } catch {
        throw CopyFailure(.sink, .call(SystemCall.shutdown.name, error))
      }
    } else if sink.kind == .pipe, sink.descriptor.ownership == .owned {
      // Closed when this copy's use of it ends.
      sink.descriptor.close()
    }
  }

  var hitLimit: Bool { ledger.consumed >= limit }

  // MARK: - Through memory

  /// Gives pending bytes to someone else's writer.
  func write(to writer: any ByteWriter, upTo most: Int) async throws(CopyFailure) {
    let slice = pending.slice.prefix(most)
    let count: Int
    do { count = try await writer.write(slice) } catch { throw CopyFailure(.sink, .custom(error)) }
    guard (1...slice.count).contains(count) else {
      throw CopyFailure(
        .sink, .unsupported("its write(_:) answered \(count) for \(slice.count) bytes; 1 to \(slice.count) is expected"))
    }
    show(slice.prefix(count))
    ledger.deliver(count, by: pending.route)
    pending.removeFirst(count)
    noteDelivered(count)
  }

  /// Takes the next bytes from someone else's reader.
  func refill(from reader: any ByteReader) async throws(CopyFailure) {
    let most = min(remaining, BufferPool.bufferSize)
    let bytes: [UInt8]
    do { bytes = try await reader.read(upTo: most) } catch { throw CopyFailure(.source, .custom(error)) }
    guard bytes.count <= most else {
      throw CopyFailure(
        .source, .unsupported("its read(upTo: \(most)) answered \(bytes.count) bytes; at most \(most) are expected"))
    }
    if bytes.isEmpty {
      sourceEnded = true
    } else {
      took(bytes.count)
      pending = PendingBytes(bytes, route: .buffered)
    }
  }

  /// Counts bytes as taken from the source.
  func took(_ count: Int) {
    ledger.took(count)
    remaining -= count
    if let owed { self.owed = owed - count }
  }

  /// Shows bytes that were delivered to those who asked to see them, from the first that concerns them.
  func show(_ slice: ArraySlice<UInt8>) {
    guard !modifiers.hashers.isEmpty || !tees.isEmpty else { return }
    unsafe showBytes(slice.span.bytes)
  }

  func showBytes(_ bytes: RawSpan) {
    for request in modifiers.hashers {
      let skip = max(0, request.skip - ledger.delivered)
      if skip < bytes.byteCount { request.hasher.update(bytes.extracting(droppingFirst: skip)) }
    }
    for tee in tees { tee.keep(bytes, from: ledger.delivered) }
  }
}
