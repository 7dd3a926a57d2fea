import LinuxCalls
import Millrace

/// One copy from what a person named to what a person named.
struct CopyJob: Sendable {
  let request: CopyRequest
  let deadline: ContinuousClock.Instant?
  let monitor: Monitor
  /// Called with each address that it listens at.
  let announce: @Sendable (Address) -> Void

  /// Does it; whatever happens, the outcome says so and nothing is left half done.
  func run() async -> Outcome {
    var outcome = Outcome(request)
    do throws(Failure) {
      let destination = try Destination(request)
      let source = try await Opening.source(request, announce: announce)
      defer { source.close() }
      try refuseSameFile(source, destination.facts)
      let sink = try await OpenDestination.open(destination, request, source: source, announce: announce)
      outcome.ends = (source.kind, sink.end.kind)
      do throws(Failure) {
        if sink.staged == nil { try refuseSameFile(source, sink.end.facts) }
        try await move(source, sink, &outcome)
        try await finish(sink, &outcome)
      } catch {
        await sink.abandon()
        throw error
      }
      // Closed before this process ends, for an error of the very last bytes would be lost with it.
      sink.end.close()
    } catch {
      outcome.failure = error.sentence
    }
    return outcome
  }

  private func move(_ source: OpenEnd, _ sink: OpenDestination, _ outcome: inout Outcome) async throws(Failure) {
    monitor.beginCopying(total: total(source))
    let monitor = monitor
    let options = CopyOptions(
      limit: request.limit, deadline: deadline, idleTimeout: request.idleTimeout, passesEnd: !sink.end.isLent,
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
    if let failure { throw Failure(Sentence.about(failure, from: source, to: sink)) }
  }

  private func finish(_ sink: OpenDestination, _ outcome: inout Outcome) async throws(Failure) {
    let start = ContinuousClock.now
    try await sink.finish(request) { monitor.beginFlushing() }
    if request.fsync { outcome.flushSeconds = start.duration(to: .now) / .seconds(1) }
  }

  /// How many bytes there are to copy; nil where nobody knows, as of a pipe, or of a file in /proc, whose size is 0.
  private func total(_ source: OpenEnd) -> Int? {
    switch source.kind {
    case .regular:
      guard let size = source.facts?.size, size > 0, let file = source.file else { return nil }
      return min(max(0, Int(size - file.position)), request.limit ?? Int.max)
    case .device, .blockDevice: return request.limit
    default: return nil
    }
  }

  private func refuseSameFile(_ source: OpenEnd, _ sink: FileFacts?) throws(Failure) {
    guard let from = source.facts, let sink, from.isSameFile(as: sink),
      source.kind == .regular || source.kind == .blockDevice
    else { return }
    throw Failure("\(source.name) and \(request.destinationName) are the same file")
  }
}
