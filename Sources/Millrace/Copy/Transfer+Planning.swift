import LinuxCalls
import Reactors
import SystemPackage

/// Why a copy does not even begin, or cannot go on.
struct CopyFailure: Error {
  var side: CopyError.Side
  var cause: CopyError.Cause

  init(_ side: CopyError.Side, _ cause: CopyError.Cause) {
    self.side = side
    self.cause = cause
  }
}

extension Transfer {
  /// Asks the facts of both ends and begins their use.
  func open() throws(CopyFailure) {
    guard let request else { return }
    defer { letRequestGo() }
    let sourceShape = request.sourceShape
    let sinkShape = request.sinkShape
    source = try openSource(sourceShape.end)
    sink = try openSink(sinkShape.end)
    try refuseWhatIsNoStream(source, .source)
    try refuseWhatIsNoStream(sink, .sink)
    isBetweenSockets = source?.kind.isStreamSocket == true && sink?.kind.isStreamSocket == true
    limit = min(request.options.limit ?? Int.max, sourceShape.limit ?? Int.max)
    if case .file(_, _, let length?) = sinkShape.end { limit = min(limit, length) }
    if let most = sinkShape.limit { limit = min(limit, most) }
    let head = Array(sourceShape.head.prefix(limit))
    let isBuffered = routes == .only(.buffered)
    pending = PendingBytes(head, route: isBuffered ? .buffered : .memory)
    ledger.took(head.count)
    remaining = limit - head.count
    if case .file(_, _, let length?) = sourceShape.end {
      owed = min(length, remaining)
      remaining = min(remaining, length)
    }
    if let promised = sourceShape.promised { owed = min(max(0, promised - head.count), remaining) }
    if case .nothing = sourceShape.end { sourceEnded = true }
    if collector != nil { reserveCollector() }
    try openTees(sourceShape.modifiers.tees + sinkShape.modifiers.tees)
    try refuseSameFile()
  }

  /// Ends the use of both ends, and says where their positions are now.
  func close() {
    if let source {
      if let sourceFile, let offset = source.offset { sourceFile.position = offset }
      source.release()
      source.descriptor.end(.reading, exclusive: source.kind.isStream, copy: parker.ticket)
    }
    if let sink {
      if let sinkFile, let offset = sink.offset { sinkFile.position = offset }
      sink.release()
      sink.descriptor.end(.writing, exclusive: sink.kind.isStream, copy: parker.ticket)
    }
    closeTees()
    source = nil
    sink = nil
  }

  /// The ways to try, best first.
  func plan() throws(CopyFailure) -> [Method] {
    if reader != nil || writer != nil { return try planCustom() }
    guard let source else {
      if case .only(let route) = routes, route != .memory, route != .buffered {
        throw CopyFailure(.copy, .routeUnavailable(route, reason: "the bytes are in memory already"))
      }
      return [.deliver]
    }
    if !tees.isEmpty { return try planTeed(source, sink) }
    let sinkKind = sink?.kind ?? .memory
    guard let from = RouteTable.Ends(source.kind), let to = RouteTable.Ends(sinkKind) else { return [.buffered] }
    var methods: [Method] = []
    for route in RouteTable.routes(from: from, to: to) {
      if let reason = reasonAgainst(route, source, sink) {
        ledger.decline(route, reason)
      } else {
        methods.append(Method(route))
      }
    }
    if case .only(let route) = routes, !methods.contains(Method(route)) {
      let reason = ledger.declined.first { $0.route == route }?.reason
      throw CopyFailure(
        .copy,
        .routeUnavailable(
          route, reason: reason ?? "no such route leads from \(source.kind.rawValue) to \(sinkKind.rawValue)"))
    }
    if case .only = routes {
      ledger.forgetDeclined()
    } else if methods == [.pipedSplice, .buffered], to == .socket, routes.allows(.buffered) {
      isAdaptive = true
      return [.adaptive]
    }
    if methods.isEmpty { methods = [.buffered] }
    return methods
  }

  private func planCustom() throws(CopyFailure) -> [Method] {
    if case .only(let route) = routes, route != .buffered {
      throw CopyFailure(
        .copy, .routeUnavailable(route, reason: "one end reads or writes by itself, so the bytes pass through memory"))
    }
    return reader != nil ? [.deliver] : [.refill]
  }

  /// Why `route` is not for these ends, by their facts; nil when it is worth a try.
  private func reasonAgainst(_ route: Route, _ source: KernelEnd, _ sink: KernelEnd?) -> String? {
    switch routes {
    case .only(let only) where only != route: return "another route was asked for"
    case .without(let excluded) where excluded.contains(route) && route != .buffered: return "excluded by the caller"
    default: break
    }
    guard route != .buffered, let sink else { return nil }
    if !hashers.isEmpty { return "a hash must see the bytes" }
    if sink.facts.appends { return "sink appends" }
    if route != .copyFileRange {
      for end in [source, sink] where end.kind.isStreamSocket && end.facts.blocks {
        return "the lent socket blocks (O_NONBLOCK is not set), and its flags are not ours to change"
      }
    }
    return reactor.refusals[refusalKey(route)]
  }

  /// A refusal of a file system or the kernel, told again for the same pair of devices.
  func refusalKey(_ route: Route) -> RouteRefusals.Key {
    RouteRefusals.Key(
      route: route.rawValue, source: Self.device(of: source), sink: Self.device(of: sink))
  }

  private static func device(of end: KernelEnd?) -> UInt64 {
    guard let end else { return 0 }
    // Sockets and pipes have no device that would mean anything; their kind takes its place.
    if end.kind == .regular { return end.facts.device }
    return UInt64.max - UInt64(EndKind.allCases.firstIndex(of: end.kind) ?? 0)
  }

  private func openSource(_ end: SourceShape.End) throws(CopyFailure) -> KernelEnd? {
    switch end {
    case .nothing, .reader: return nil
    case .file(let file, let offset, _):
      if offset == nil { sourceFile = file }
      return try begin(file.descriptor, offset ?? file.position, .reading, .source)
    case .stream(let descriptor): return try begin(descriptor, nil, .reading, .source)
    }
  }

  private func openSink(_ end: SinkShape.End) throws(CopyFailure) -> KernelEnd? {
    switch end {
    case .writer, .collector: return nil
    case .file(let file, let offset, _):
      if offset == nil { sinkFile = file }
      return try begin(file.descriptor, offset ?? file.position, .writing, .sink)
    case .stream(let descriptor): return try begin(descriptor, nil, .writing, .sink)
    }
  }

  func begin(
    _ descriptor: Descriptor, _ offset: Int64?, _ direction: Descriptor.Direction, _ side: CopyError.Side
  ) throws(CopyFailure) -> KernelEnd {
    if let offset, offset < 0 {
      throw CopyFailure(side, .unsupported("its position is \(offset); 0 or more is expected"))
    }
    let end: KernelEnd
    do throws(Errno) {
      end = try descriptor.using { (_) throws(Errno) in
        try KernelEnd(descriptor, direction, offset: offset, on: reactor)
      }
    } catch {
      throw CopyFailure(side, descriptor.isClosing ? .closed : .call("fstat", error))
    }
    do throws(Errno) { try descriptor.begin(direction, exclusive: end.kind.isStream, copy: parker.ticket) } catch {
      if error == .badFileDescriptor { throw CopyFailure(side, .closed) }
      throw CopyFailure(
        side, .unsupported("another task \(side == .source ? "reads from" : "writes to") it at the same time"))
    }
    return end
  }

  func refuseWhatIsNoStream(_ end: KernelEnd?, _ side: CopyError.Side) throws(CopyFailure) {
    switch end?.kind {
    case .directory: throw CopyFailure(side, .unsupported("it is a directory"))
    case .message:
      throw CopyFailure(
        side,
        .unsupported("its socket carries messages (datagram, seqpacket) or listens; a stream has no message bounds"))
    default: break
    }
  }

  private func reserveCollector() {
    guard let source, source.kind == .regular, source.facts.size > 0 else {
      collector?.reserve(pending.count)
      return
    }
    let left = Int(max(0, source.facts.size - (source.offset ?? 0)))
    collector?.reserve(pending.count + min(left, remaining))
  }
}

extension Transfer.Method {
  init(_ route: Route) {
    self =
      switch route {
      case .sendfile: .sendfile
      case .copyFileRange: .copyFileRange
      case .splice: .splice
      case .pipedSplice: .pipedSplice
      case .memory: .deliver
      case .buffered, .own: .buffered
      }
  }

  /// The route that its bytes are counted under; nil where that changes.
  var route: Route? {
    switch self {
    case .sendfile: .sendfile
    case .copyFileRange: .copyFileRange
    case .splice: .splice
    case .pipedSplice: .pipedSplice
    case .buffered, .refill: .buffered
    case .adaptive, .deliver, .flush: nil
    }
  }
}
