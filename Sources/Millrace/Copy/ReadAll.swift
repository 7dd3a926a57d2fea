/// Reads all of `source` into memory.
///
/// Where the size is known (a regular file, a section, bytes in memory) there is one allocation of exactly that size;
/// otherwise the array grows by half at a time.
///
/// - Parameter limit: the most bytes that are expected. More is an error, ``CopyError/Cause/overLimit(_:)``, whose
///   residue is what was read. Nil is no limit: only for sources that you trust.
/// - Throws: ``CopyError``; its residue has everything that was read up to then.
public func readAll<Source: ByteSource>(
  from source: Source, limit: Int? = nil, options: CopyOptions = CopyOptions()
) async throws(CopyError) -> [UInt8] {
  precondition((limit ?? 0) >= 0, "a limit is 0 bytes or more")
  let collector = Collector()
  var options = options
  // One byte more tells "exactly the limit" from "more".
  if let limit { options.limit = min(options.limit ?? Int.max, limit == Int.max ? limit : limit + 1) }
  let report: CopyReport
  do throws(CopyError) {
    report = try await copy(from: source, to: CollectingSink(collector), options: options)
  } catch {
    throw CopyError(
      side: error.side, cause: error.cause, report: error.report,
      residue: Bytes(collector.take() + error.residue.array))
  }
  let bytes = collector.take()
  if let limit, bytes.count > limit {
    throw CopyError(side: .source, cause: .overLimit(limit), report: report, residue: Bytes(bytes))
  }
  return bytes
}

private struct CollectingSink: ByteSink {
  let sinkShape: SinkShape
  init(_ collector: Collector) { sinkShape = SinkShape(end: .collector(collector)) }
}
