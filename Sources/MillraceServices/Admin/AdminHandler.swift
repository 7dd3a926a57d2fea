import HTTPTypes
import LinuxCalls
import Millrace
import MillraceHTTP
import Reactors

/// Answers on the admin endpoint.
final class AdminHandler: HTTPHandler {
  private let subject: any AdminSubject
  private let prometheus: PrometheusMetrics?
  private let reactor: Reactor
  private let process = ProcessMetrics.ofThisProcess
  private let began = Linux.now

  init(of subject: any AdminSubject, _ prometheus: PrometheusMetrics?, on reactor: Reactor) {
    self.subject = subject
    self.prometheus = prometheus
    self.reactor = reactor
  }

  /// All of it waits for other reactors.
  func answerAtOnce(
    _ head: borrowing HeadIndex, _ bytes: Span<UInt8>, into response: ResponseBuffer
  ) -> ReadyAnswer { .no }

  func respond(to request: IncomingRequest, with responder: consuming Responder) async throws {
    guard request.method == .get || request.method == .head else {
      return try await responder.send(HTTPResponse(status: .methodNotAllowed, headerFields: [.allow: "GET, HEAD"]))
    }
    switch request.path {
    case "/": try await responder.send(Self.page, Array(Self.overview.utf8))
    case "/metrics": try await sendMetrics(responder)
    case "/healthz": try await sendHealth(responder)
    case "/readyz":
      let isReady = subject.phase == .serving
      try await responder.send(Self.plain(isReady ? .ok : .serviceUnavailable), text: subject.phase.name + "\n")
    case "/transfers": try await sendTransfers(request, responder)
    default: try await responder.send(Self.plain(.notFound), text: "There is nothing here but what / lists.\n")
    }
  }

  private func sendMetrics(_ responder: consuming Responder) async throws {
    guard let prometheus else {
      return try await responder.send(
        Self.plain(.notFound), text: "The metrics of this process go elsewhere (it was made with another factory).\n")
    }
    // Of a reactor that hangs the last readings are told.
    _ = await inTime { await $0.recordReadings() }
    let text = await reactor.blockingPool.run(waitingFor: .disk) { [process] in prometheus.text(with: process) }
    try await responder.send(
      HTTPResponse(
        status: .ok, headerFields: [.contentType: PrometheusMetrics.contentType, .cacheControl: "no-store"]), text)
  }

  /// Whether every reactor gets its work done.
  private func sendHealth(_ responder: consuming Responder) async throws {
    let isAlive = await inTime { _ = await $0.reactorMetrics() } != nil
    try await responder.send(
      Self.plain(isAlive ? .ok : .serviceUnavailable), text: isAlive ? "alive\n" : Self.hangs)
  }

  /// What the service answers, which asks its reactors. One that hangs does not answer, and then this is nil after a second.
  private func inTime<Answer: Sendable>(
    _ ask: @escaping @Sendable (any AdminSubject) async -> Answer
  ) async -> Answer? {
    let (answers, answer) = AsyncStream.makeStream(of: Answer?.self, bufferingPolicy: .bufferingOldest(1))
    let asking = Task { [subject] in answer.yield(await ask(subject)) }
    let waiting = Task { [reactor] in
      try? await reactor.sleep(for: Self.patience)
      answer.yield(nil)
    }
    defer {
      asking.cancel()
      waiting.cancel()
    }
    for await first in answers { return first }
    return nil
  }

  private static let patience = Duration.seconds(1)
  private static let hangs = "a reactor does not answer\n"

  private func sendTransfers(_ request: IncomingRequest, _ responder: consuming Responder) async throws {
    let wantsPage = request.head.joined(.accept)?.contains("text/html") == true
    guard !wantsPage else {
      var response = Self.page
      response.headerFields[.vary] = "Accept"
      return try await responder.send(response, TransfersPage.bytes)
    }
    guard let transfers = await inTime({ await $0.transfers() }) else {
      return try await responder.send(Self.plain(.serviceUnavailable), text: Self.hangs)
    }
    let document = TransfersJSON(
      service: subject.serviceName, version: MillraceVersion.text, milliseconds: Linux.wallClock / 1_000_000,
      uptimeSeconds: Double(Linux.now - began) / 1e9, transfers: transfers)
    try await responder.send(
      HTTPResponse(
        status: .ok, headerFields: [.contentType: "application/json", .cacheControl: "no-store", .vary: "Accept"]),
      document.bytes())
  }

  private static func plain(_ status: HTTPResponse.Status) -> HTTPResponse {
    HTTPResponse(
      status: status, headerFields: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"])
  }

  /// Nothing from elsewhere, and in no frame of somebody else's.
  private static var page: HTTPResponse {
    HTTPResponse(
      status: .ok,
      headerFields: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
        .contentSecurityPolicy:
          "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      ])
  }

  private static let overview = """
    <!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1"><title>Millrace</title>
    <style>:root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;margin:2rem auto;max-width:34rem;
    padding:0 1rem}li{margin:.6rem 0}</style></head><body><h1>Millrace</h1><ul>
    <li><a href="/transfers">/transfers</a>: what moves now, live; JSON for who does not ask for HTML</li>
    <li><a href="/metrics">/metrics</a>: Prometheus text</li>
    <li><a href="/healthz">/healthz</a>: whether every reactor answers</li>
    <li><a href="/readyz">/readyz</a>: whether clients are let in</li></ul></body></html>
    """
}

extension ProcessMetrics {
  /// By what /proc has of this process.
  static let ofThisProcess = ProcessMetrics(
    clockTicks: Linux.clockTicks, pageSize: Linux.pageSize, read: { try? Linux.content(ofPath: $0) },
    countEntries: { try? Linux.entries(ofDirectory: $0).count })
}
