import LinuxCalls
import Millrace

/// One copy from what a person named to what a person named.
struct CopyJob: Sendable {
  let request: CopyRequest
  let opening: Opening
  let stop: Stop
  let monitor: Monitor

  /// Does it; whatever happens, the outcome says so and nothing is left half done.
  func run() async -> Outcome {
    var outcome = Outcome(request)
    do throws(Failure) {
      let destination = try await Failure.of(.destination) { () async throws(Failure) in try Destination(request) }
      let source = try await Failure.of(.source) { () async throws(Failure) in try await opening.source() }
      defer { source.close() }
      try refuseSameFile(source, destination.facts)
      let sink = try await Failure.of(.destination) { () async throws(Failure) in
        try await OpenDestination.open(destination, opening, source: source)
      }
      let ends = Ends(sourceName: source.name, sinkName: sink.end.name, source: source.kind, sink: sink.end.kind)
      outcome.ends = ends
      do throws(Failure) {
        if sink.staged == nil { try refuseSameFile(source, sink.end.facts) }
        monitor.beginCopying(ends, total: total(source), fate: sink.fate)
        try await move(source, sink, &outcome)
        try await finish(sink, &outcome)
      } catch {
        await sink.abandon()
        throw error
      }
      // Closed before this process ends, for an error of the very last bytes would be lost with it.
      sink.end.close()
    } catch {
      outcome.failure = error
      outcome.exitStatus = error.isStop ? stop.exitStatus : 1
    }
    return outcome
  }

  private func move(_ source: OpenEnd, _ sink: OpenDestination, _ outcome: inout Outcome) async throws(Failure) {
    let monitor = monitor
    let options = CopyOptions(
      limit: request.limit, idleTimeout: request.idleTimeout, passesEnd: !sink.end.isLent,
      routes: request.route.map { .only($0) } ?? .automatic, progress: { monitor.note($0) })
    let failure: CopyError?
    do throws(CopyError) {
      if let from = source.fileWithPositions, let staged = sink.staged,
        await from.hasHole(from: from.position, limit: request.limit)
      {
        let copied = try await from.copyData(to: staged.file, rate: request.rate, options: options)
        outcome.report = copied.report
        outcome.holes = copied.holes
      } else if let rate = request.rate {
        outcome.report = try await copy(from: source.source.throttled(to: rate), to: sink.end.sink, options: options)
      } else {
        outcome.report = try await copy(from: source.source, to: sink.end.sink, options: options)
      }
      failure = nil
    } catch {
      failure = error
      outcome.report = error.report
    }
    await source.handBackPosition()
    await sink.end.handBackPosition()
    guard let failure else { return }
    if case .routeUnavailable(_, let reason) = failure.cause { outcome.routeRefusal = reason }
    throw Sentence.failure(failure, from: source, to: sink, stop: stop.sentence)
  }

  private func finish(_ sink: OpenDestination, _ outcome: inout Outcome) async throws(Failure) {
    let start = ContinuousClock.now
    try await Failure.of(.destination) { () async throws(Failure) in try await sink.finish(request, monitor) }
    if request.fsync { outcome.flushSeconds = start.duration(to: .now) / .seconds(1) }
  }

  /// How many bytes there are to copy, or may be at most; nil where nobody knows, as of a pipe without a limit, or of a
  /// file in /proc, whose size is 0.
  private func total(_ source: OpenEnd) -> Int? {
    guard source.kind == .regular, let size = source.facts?.size, size > 0, let file = source.file else {
      return request.limit
    }
    return min(max(0, Int(size - file.position)), request.limit ?? Int.max)
  }

  private func refuseSameFile(_ source: OpenEnd, _ sink: FileFacts?) throws(Failure) {
    guard let from = source.facts, let sink, from.isSameFile(as: sink),
      source.kind == .regular || source.kind == .blockDevice
    else { return }
    throw Failure("\(source.name) and \(request.destinationName) are the same file")
  }
}
