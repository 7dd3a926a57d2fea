import LinuxCalls
import SystemPackage

extension Transfer {
  /// File to file inside the kernel, extents shared where the file system can. In the blocking pool.
  func biteCopyFileRange(_ allowance: Int) -> Step {
    guard let file = source, let from = file.offset, let sink, let to = sink.offset else {
      return .refused(Refusal("one end has no positions"))
    }
    if remaining == 0 { return .ended }
    do throws(Errno) {
      let count = try Linux.copyFileRange(
        from: file.number, at: from, to: sink.number, at: to, upTo: min(allowance, remaining))
      if count == 0 { return endOfFile(.copyFileRange) }
      source?.offset = from + Int64(count)
      self.sink?.offset = to + Int64(count)
      took(count)
      ledger.deliver(count, by: .copyFileRange)
      return remaining == 0 ? .ended : .progressed
    } catch {
      return step(after: error, .copyFileRange, of: .ofTwoEnds(error), blocked: .refused(Refusal("\(error)")))
    }
  }
}
