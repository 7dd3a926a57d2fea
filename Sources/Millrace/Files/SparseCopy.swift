import LinuxCalls
import Reactors
import SystemPackage

/// What a copy that leaves holes as holes did.
package struct SparseCopy: Sendable {
  /// The copies of all extents together.
  package var report: CopyReport
  /// Bytes of holes that stand in the sink as holes: neither read nor written.
  package var holes: Int
}

extension File {
  /// Whether a range has a hole in it; false where the file system does not say. The kernel's position of this
  /// descriptor moves, as with ``copyData(to:rate:options:)``. lseek(2), SEEK_HOLE
  package func hasHole(from offset: Int64, limit: Int? = nil) async -> Bool {
    let end = try? await range(from: offset, limit: limit)
    guard let end, end > offset else { return false }
    let hole = try? await call("look for holes in") { number throws(Errno) in
      try Linux.nextHole(in: number, from: offset)
    }
    return hole.map { $0 < end } ?? false
  }

  /// Copies from this file's ``position`` to the same distance behind that of `sink`, extent by extent, and leaves
  /// the holes in between as holes. `sink` must be empty from its position on.
  ///
  /// The kernel's position of this descriptor moves (SEEK_DATA has no other way). `rate` in bytes a second counts the
  /// data alone; progress counts the holes that were passed, too. Both positions move behind what was copied, after an error
  /// too. lseek(2)
  package func copyData(to sink: File, rate: Int? = nil, options: CopyOptions) async throws(CopyError) -> SparseCopy {
    var run = SparseRun(source: self, sink: sink, rate: rate, options: options)
    do throws(CopyError) {
      try await run.copyExtents()
    } catch {
      run.finish(report: error.report)
      run.standStill(at: Int64(error.report.delivered))
      run.total.end = .failed
      throw CopyError(side: error.side, cause: error.cause, report: CopyReport(run.total), residue: error.residue)
    }
    return SparseCopy(report: CopyReport(run.total), holes: run.holes)
  }

  fileprivate func range(from offset: Int64, limit: Int?) async throws(EndpointError) -> Int64 {
    let size = try await size()
    guard let limit else { return size }
    let (end, overflow) = offset.addingReportingOverflow(Int64(limit))
    return overflow ? size : min(size, end)
  }

  /// The next extent of data before `end`; nil where only a hole is left.
  fileprivate func extent(from offset: Int64, before end: Int64) async throws(EndpointError) -> Range<Int64>? {
    try await call("look for data in") { number throws(Errno) in
      let start: Int64
      do throws(Errno) { start = try Linux.nextData(in: number, from: offset) } catch {
        if error == .noSuchAddressOrDevice { return nil }
        throw error
      }
      guard start < end else { return nil }
      return start..<min(end, try Linux.nextHole(in: number, from: start))
    }
  }
}

/// The extents of one file on their way to another.
private struct SparseRun {
  let source: File
  let sink: File
  let rate: Int?
  let options: CopyOptions
  let started = Linux.now
  var total = CopyReport.Contents()
  var holes = 0
  /// Where in the source everything before it is copied or a hole, and how far behind it the same place of the sink is.
  private var reached: Int64
  private let shift: Int64

  init(source: File, sink: File, rate: Int?, options: CopyOptions) {
    self.source = source
    self.sink = sink
    self.rate = rate
    self.options = options
    reached = source.position
    shift = sink.position - source.position
  }

  mutating func copyExtents() async throws(CopyError) {
    let first = source.position
    let end = try await asking(.source) { () async throws(EndpointError) in
      try await source.range(from: first, limit: options.limit)
    }
    var at = first
    var hasCopied = false
    while at < end {
      let from = at
      let extent = try await asking(.source) { () async throws(EndpointError) in
        try await source.extent(from: from, before: end)
      }
      guard let extent else { break }
      holes += Int(extent.lowerBound - at)
      reached = extent.lowerBound
      let report = try await copy(extent, shift)
      hasCopied = true
      at = extent.lowerBound + Int64(report.delivered)
      reached = at
      finish(report: report)
      // It became shorter meanwhile: what is left of it ends here, as it does for the plain loop.
      if report.delivered < extent.count { break }
      try await pace()
    }
    // Nothing but a hole needs no route. One that was asked for is refused all the same where it does not lead.
    if !hasCopied, case .only = options.routes { finish(report: try await copy(first..<first, shift)) }
    let last = try await asking(.source) { () async throws(EndpointError) in min(end, try await source.size()) }
    holes += Int(max(0, last - at))
    let size = max(at, last) + shift
    try await asking(.sink) { () async throws(EndpointError) in try await sink.truncate(to: size) }
    source.position = max(at, last)
    sink.position = size
    total.end = options.limit == total.delivered + holes ? .limitReached : .sourceEnded
    total.elapsedSeconds = secondsSinceStart
  }

  private func copy(_ extent: Range<Int64>, _ shift: Int64) async throws(CopyError) -> CopyReport {
    var options = options
    options.limit = extent.count
    options.passesEnd = false
    if let progress = options.progress {
      let before = total.delivered + holes
      let started = started
      options.progress = { step in
        var step = step
        step.delivered += before
        step.elapsed = .nanoseconds(Linux.now - started)
        progress(step)
      }
    }
    let section = source.section(offset: extent.lowerBound)
    let place = sink.section(offset: extent.lowerBound + shift)
    if let rate {
      return try await Millrace.copy(from: section.throttled(to: rate), to: place, options: options)
    }
    return try await Millrace.copy(from: section, to: place, options: options)
  }

  /// Each extent brings its own throttle, which lets a first burst through: many small extents would be one burst.
  private func pace() async throws(CopyError) {
    guard let rate else { return }
    let ahead = Double(total.delivered) / Double(rate) - secondsSinceStart
    guard ahead > 0 else { return }
    do {
      try await (Reactor.current ?? Reactors.shared.next()).sleep(for: .seconds(ahead))
    } catch {
      throw CopyError(side: .copy, cause: .cancelled, report: CopyReport())
    }
  }

  /// After a failure: both positions are behind the last byte that arrived.
  func standStill(at count: Int64) {
    source.position = reached + count
    sink.position = reached + count + shift
  }

  /// Adds what the copy of one extent did.
  mutating func finish(report: CopyReport) {
    total.add(report.contents)
    total.elapsedSeconds = secondsSinceStart
    total.end = report.end
  }

  private var secondsSinceStart: Double { Double(Linux.now - started) / 1e9 }

  private func asking<Value>(
    _ side: CopyError.Side, _ ask: () async throws(EndpointError) -> Value
  ) async throws(CopyError) -> Value {
    do throws(EndpointError) { return try await ask() } catch {
      let cause: CopyError.Cause =
        error.errno.map { .call(side == .source ? "lseek" : "ftruncate", $0) } ?? .custom(error)
      var contents = CopyReport.Contents()
      contents.end = .failed
      throw CopyError(side: side, cause: cause, report: CopyReport(contents), residue: Bytes([]))
    }
  }
}

extension CopyReport.Contents {
  /// Adds what another copy of the same task did; times and endings are for the caller to say.
  mutating func add(_ other: CopyReport.Contents) {
    delivered += other.delivered
    consumed += other.consumed
    bytesByRoute.merge(other.bytesByRoute, uniquingKeysWith: +)
    systemCalls.merge(other.systemCalls, uniquingKeysWith: +)
    for reason in other.declined where !declined.contains(reason) { declined.append(reason) }
    waits.source += other.waits.source
    waits.sink += other.waits.sink
    waits.blockingPool += other.waits.blockingPool
    waits.throttle += other.waits.throttle
    waits.turn += other.waits.turn
    userCPUSeconds = other.userCPUSeconds.map { $0 + (userCPUSeconds ?? 0) } ?? userCPUSeconds
    systemCPUSeconds = other.systemCPUSeconds.map { $0 + (systemCPUSeconds ?? 0) } ?? systemCPUSeconds
  }
}
