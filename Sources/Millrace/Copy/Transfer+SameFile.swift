import LinuxCalls

// A file copied within itself. Ranges that do not overlap are as good as two files; others would be overwritten before
// they are read, or grow for as long as they are read.
extension Transfer {
  /// Every sink is asked: a second one writes the same bytes, but for a prefix that it does not see.
  func refuseSameFile() throws(CopyFailure) {
    let head = pending.count
    if let sink { try refuseSameFile(sink, head: head, room: Int.max) }
    for branch in tees {
      guard let end = branch.end else { continue }
      try refuseSameFile(end, head: max(0, head - branch.skip), room: branch.room)
    }
  }

  /// - Parameters:
  ///   - head: bytes that `sink` gets before the first of the source's.
  ///   - room: the most bytes it gets; the limit of the copy knows that of the first sink.
  private func refuseSameFile(_ sink: KernelEnd, head: Int, room: Int) throws(CopyFailure) {
    guard let source, source.kind == .regular, sink.kind == .regular,
      source.facts.device == sink.facts.device, source.facts.inode == sink.facts.inode, room > 0
    else { return }
    let from = source.offset ?? 0
    let left = max(0, source.facts.size - from)
    let length = min(remaining, Int(left))
    // A sink that appends writes behind the end, which a source without a limit would then read.
    let to = sink.offset ?? source.facts.size
    let reaches = saturated(to, min(head, room))
    // Together no more than the limit of the copy.
    let ends = saturated(to, min(head + length, room))
    let overlaps = length > 0 && from < ends && to < saturated(from, length)
    let grows = remaining > Int(left) && (to >= from || reaches > from)
    if overlaps || grows { throw CopyFailure(.copy, .sameFile) }
  }

  private func saturated(_ offset: Int64, _ length: Int) -> Int64 {
    let (sum, overflow) = offset.addingReportingOverflow(Int64(length))
    return overflow ? Int64.max : sum
  }
}
