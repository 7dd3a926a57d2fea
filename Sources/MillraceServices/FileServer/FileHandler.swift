import LinuxCalls
import Millrace
import MillraceHTTP
import Reactors

/// Answers requests for files, on one reactor: at once where it has them open, else after the blocking pool has looked.
final class FileHandler: HTTPHandler, @unchecked Sendable {
  private let reactor: Reactor
  @safe @exclusivity(unchecked) private var site: FileSite
  @safe @exclusivity(unchecked) private var cache: OpenFileCache
  private lazy var sweeping = TimerEntry(self)

  init(_ configuration: FileServerConfiguration, openFiles: Int, _ site: FileSite, on reactor: Reactor) {
    self.reactor = reactor
    self.site = site
    cache = OpenFileCache(most: openFiles, validity: configuration.openFileValidity.inNanoseconds)
  }

  private var finder: FileFinder { site.finder }
  private var uploads: UploadHandler? { site.uploads }

  /// Answers by other rules from now on; from anywhere.
  func adopt(_ site: FileSite) async {
    _ = await reactor.task {
      self.site = site
      self.cache.clear()
    }.result
  }

  // MARK: - At once

  func answerAtOnce(
    _ head: borrowing HeadIndex, _ bytes: Span<UInt8>, into response: ResponseBuffer
  ) -> ReadyAnswer {
    guard head.method == .get || head.method == .head else {
      return head.method == .put && uploads != nil ? .no : refuseMethod(head, into: response)
    }
    let path = head.pathRange(bytes)
    guard !path.isEmpty else { return .no }
    let now = reactor.now
    let known = cache.entry(for: bytes, path)
    if let known, cache.isFresh(known, at: now) { return FileAnswer.write(known.file, to: head, bytes, into: response) }
    switch finder.find(bytes.extracting(path), cachedOnly: true) {
    case .file(let file):
      let kept = keep(file, known, bytes, path, now)
      return FileAnswer.write(kept, to: head, bytes, into: response)
    case .nothing(let status):
      if let known { cache.forget(known) }
      return refuse(status, head, bytes, into: response)
    case .directoryWithoutSlash:
      if let known { cache.forget(known) }
      return redirect(head, bytes, into: response)
    case .directory, .wouldWait: return .no
    }
  }

  /// The file that was known, where it is still the same: it has its content already.
  private func keep(
    _ file: ServedFile, _ known: OpenFileCache.Entry?, _ bytes: Span<UInt8>, _ path: Range<Int>, _ now: Int64
  ) -> ServedFile {
    if let known, known.file.isSame(as: file) {
      known.checked = now
      return known.file
    }
    cache.keep(file, for: path.map { bytes[$0] }, at: now)
    if !sweeping.isSet { reactor.setTimer(sweeping, to: now + Self.sweepInterval) }
    return file
  }

  private static let sweepInterval: Int64 = 30_000_000_000

  private func refuse(
    _ status: Int, _ head: borrowing HeadIndex, _ bytes: Span<UInt8>, into response: ResponseBuffer
  ) -> ReadyAnswer {
    let path = head.pathRange(bytes)
    return ErrorResponse(status).write(to: head, path: path.map { bytes[$0] }, into: response)
  }

  private func refuseMethod(_ head: borrowing HeadIndex, into response: ResponseBuffer) -> ReadyAnswer {
    let allow = uploads == nil ? "Allow: GET, HEAD, OPTIONS\r\n" : "Allow: GET, HEAD, OPTIONS, PUT\r\n"
    switch head.method {
    case .options:
      response.beginHead(204)
      response.add(text: allow)
      response.endHead()
      return .inBuffer(status: 204, body: 0)
    case .other: return ErrorResponse(501).write(to: head, into: response)
    default: return ErrorResponse(405, fields: allow).write(to: head, into: response)
    }
  }

  /// To the same path with a slash, so that links in the directory lead into it.
  private func redirect(
    _ head: borrowing HeadIndex, _ bytes: Span<UInt8>, into response: ResponseBuffer
  ) -> ReadyAnswer {
    let path = head.pathRange(bytes)
    let query = path.upperBound..<head.pathAndQuery.range.upperBound
    response.beginHead(301)
    response.add("Location: ")
    response.add(path.map { bytes[$0] } + [UInt8(ascii: "/")] + query.map { bytes[$0] })
    response.add("\r\n")
    response.addLength(0)
    response.endHead()
    return .inBuffer(status: 301, body: 0)
  }

  // MARK: - Uploads

  /// RFC 9110 §9.3.4. The tag is that of what was stored, which is the body as it came.
  private func write(
    _ outcome: UploadHandler.Outcome, _ head: borrowing HeadIndex, _ bytes: Span<UInt8>, into response: ResponseBuffer
  ) -> ReadyAnswer {
    let path = head.pathRange(bytes)
    switch outcome {
    case .refused(let status, let fields, let reason):
      return ErrorResponse(status, fields: fields, detail: reason).write(to: head, into: response)
    case .stored(let replaced, let facts):
      if let known = cache.entry(for: bytes, path) { cache.forget(known) }
      let status = replaced ? 204 : 201
      response.beginHead(status)
      if let tag = Representation.tag(of: facts, nil) { response.add(text: "ETag: \(tag.text)\r\n") }
      if !replaced {
        response.add("Location: ")
        response.add(path.map { bytes[$0] } + [13, 10])
        response.addLength(0)
      }
      response.endHead()
      return .inBuffer(status: status, body: 0)
    }
  }

  // MARK: - After a while

  func respond(to request: IncomingRequest, with responder: consuming Responder) async throws {
    let head = request.head
    if head.index.method == .put, let uploads {
      let outcome = try await uploads.take(request, on: reactor)
      let bytes = head.bytes
      return await responder.send { self.write(outcome, head.index, bytes.span, into: $0) }
    }
    guard head.index.method == .get || head.index.method == .head else {
      return await responder.send { self.refuseMethod(head.index, into: $0) }
    }
    let target = Array(head.path.utf8)
    let finding = await reactor.blockingPool.run(waitingFor: .disk) { [finder] in
      finder.find(target.span, cachedOnly: false)
    }
    forget(head, unless: finding)
    switch finding {
    case .file(let file):
      let bytes = head.bytes
      let range = head.index.pathRange(bytes.span)
      let kept =
        range.isEmpty ? file : keep(file, cache.entry(for: bytes.span, range), bytes.span, range, reactor.now)
      await responder.send { FileAnswer.write(kept, to: head.index, bytes.span, into: $0) }
    case .directoryWithoutSlash:
      let bytes = head.bytes
      await responder.send { self.redirect(head.index, bytes.span, into: $0) }
    case .directory(let path):
      let lister = site.lister
      let listing = await lister.list(path, for: head, on: reactor)
      await responder.send { listing.write(to: head.index, into: $0) }
      lister.release(listing)
    case .nothing(let status):
      let bytes = head.bytes
      await responder.send { self.refuse(status, head.index, bytes.span, into: $0) }
    case .wouldWait:
      // Something was renamed on the way each time that it was asked for.
      await responder.send { ErrorResponse(503).write(to: head.index, into: $0) }
    }
  }
}

extension FileHandler {
  /// A file that is not there any more holds its room for as long as it is open.
  private func forget(_ head: RequestHead, unless finding: FileFinder.Finding) {
    switch finding {
    case .file, .wouldWait: return
    case .directoryWithoutSlash, .directory, .nothing:
      let bytes = head.bytes
      if let known = cache.entry(for: bytes.span, head.index.pathRange(bytes.span)) { cache.forget(known) }
    }
  }

  /// The reactor may live on, and would wake who is not there any more.
  func finish() {
    reactor.cancelTimer(sweeping)
    cache.clear()
  }
}

extension FileHandler: TimerTarget {
  func timerFired(at now: Int64) -> Int64? {
    cache.sweep()
    return cache.count > 0 ? now + Self.sweepInterval : nil
  }
}

extension ServedFile {
  /// Whether both are the same files, unchanged.
  func isSame(as other: ServedFile) -> Bool {
    guard identity.isSame(as: other.identity), codings.count == other.codings.count else { return false }
    return zip(codings, other.codings).allSatisfy {
      $0.coding == $1.coding && $0.representation.isSame(as: $1.representation)
    }
  }
}

extension Representation {
  /// Nobody can set the time of the last change back, as one can that of the last modification.
  fileprivate func isSame(as other: Representation) -> Bool {
    let (one, other) = (measured.facts, other.measured.facts)
    return one.isSameFile(as: other) && one.size == other.size && one.changed == other.changed
  }
}
