import LinuxCalls
@testable import Millrace

/// A pair of ends with the route that its copy takes when nothing is in the way.
struct Lane: Sendable, CustomStringConvertible {
  var source: EndRole
  var sink: EndRole
  var route: Route
  var choice = RouteChoice.automatic

  init(_ source: EndRole, _ sink: EndRole, by route: Route, choice: RouteChoice = .automatic) {
    self.source = source
    self.sink = sink
    self.route = route
    self.choice = choice
  }

  /// The most that is delivered between two calls of a progress observer: a turn, or a bite in the blocking pool.
  var stride: Int { Transfer.longTurn }

  /// Enough for a first, a middle and a last of these.
  var payload: Int { 2 * stride + stride / 2 }

  /// Whether the flow has to prove itself before it is spliced.
  var isAdaptive: Bool { route == .pipedSplice && sink != .file && choice == .automatic }

  var description: String { "\(source) → \(sink) by \(route)" }
}

extension Rig {
  /// Copies over `lane` with what `faults` makes of the two descriptors lying in wait, and finds out where every byte
  /// went.
  static func copy(
    over lane: Lane, at moment: Moment = .beforeTheFirstByte, options: CopyOptions = CopyOptions(),
    faults: @escaping @Sendable (_ source: Int32, _ sink: Int32) -> [Faults.Fault]
  ) async throws -> Outcome {
    try await onReactor { _ in
      let original = Pattern.bytes(lane.payload)
      let source = try FedSource(lane.source, original)
      let sink = try WatchedSink(lane.sink)
      let ambush = Ambush(faults(source.fd, sink.fd), after: moment.bytes(of: lane.payload, stride: lane.stride))
      var options = options
      options.routes = lane.choice
      options.progress = { ambush.progress($0) }
      let result = await attempt(source.endpoint, sink.endpoint, options)
      let struck = ambush.lift()
      return Outcome(
        original: original, result: result, received: try await sink.received(), rest: try await source.rest(),
        struck: struck)
    }
  }

  /// A copy's result as a value.
  static func attempt(
    _ source: some ByteSource, _ sink: some ByteSink, _ options: CopyOptions = CopyOptions()
  ) async -> Result<CopyReport, CopyError> {
    do throws(CopyError) {
      return .success(try await Millrace.copy(from: source, to: sink, options: options))
    } catch {
      return .failure(error)
    }
  }
}
