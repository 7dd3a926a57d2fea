import Reactors

/// A copy as its caller's frame holds it: one reference, whatever the copy needs and whatever comes of it.
///
/// What a suspended task keeps is memory for as long as a connection is idle. So everything large is passed by this
/// object and never through the result of an asynchronous call, which would have a place in each frame on the way.
final class CopyRun: @unchecked Sendable {
  /// Until a transfer does it.
  private var request: CopyRequest?
  /// Set when this thread is a reactor's, and the copy is done here.
  private(set) var transfer: Transfer?
  private var result: Result<CopyReport, CopyError>?

  /// Never inlined: what it needs for a moment would stay in the caller's frame.
  @inline(never)
  init(_ source: some ByteSource, _ sink: some ByteSink, _ limit: Int?, _ options: CopyOptions, on reactor: Reactor?) {
    var options = options
    precondition((limit ?? 0) >= 0 && (options.limit ?? 0) >= 0, "a limit is 0 bytes or more")
    if let limit { options.limit = min(limit, options.limit ?? Int.max) }
    let request = CopyRequest(source, sink, options)
    self.request = request
    if !request.mayGoDirectly { prepare(on: reactor) }
  }

  @inline(never)
  func outcome() throws(CopyError) -> CopyReport {
    guard let result else { preconditionFailure("a copy is performed before it is asked for its outcome") }
    return try result.get()
  }

  // MARK: - By the routes

  /// A transfer on the reactor that this task is confined to, if it is.
  @inline(never)
  private func prepare(on reactor: Reactor?, declined: CopyReport.Declined? = nil) {
    guard let reactor, let request else { return }
    self.request = nil
    let transfer = Transfer(request, on: reactor)
    transfer.note(declined)
    self.transfer = transfer
  }

  /// The transfer has come to its end.
  @inline(never)
  func settle() {
    result = transfer?.conclude()
    transfer = nil
  }

  /// By a way of one end's own, or on a reactor that is not this thread's.
  @inline(never)
  func performOtherwise() async {
    var declined: CopyReport.Declined?
    guard let request else { return }
    if request.mayGoDirectly {
      switch await request.goDirectly() {
      case .done(let result):
        self.result = result
        if case .success(let report) = result {
          Reactor.confining(#isolation)?.countDelivered(report.delivered, by: Route.own.rawValue)
        }
        return
      case .declined(let reason): declined = CopyReport.Declined(route: .own, reason: reason)
      }
    }
    let reactor = Reactor.current ?? request.home ?? Reactors.shared.next()
    await withTaskExecutorPreference(reactor) { await performHopped(declined) }
  }

  @concurrent
  private func performHopped(_ declined: CopyReport.Declined?) async {
    prepare(on: Reactor.current, declined: declined)
    await transfer?.run()
    settle()
  }
}
