import HTTPTypes
import LinuxCalls
import Millrace
import MillraceHTTP
import Reactors
import SystemPackage

/// Takes files: PUT by splice into a file without a name, which gets one when it is whole.
final class UploadHandler: Sendable {
  private let root: ServedRoot
  private let finder: FileFinder
  private let token: UploadToken
  private let mostBytes: Int64
  private let sync: UploadConfiguration.SyncPolicy

  init(_ configuration: UploadConfiguration, _ root: ServedRoot, _ finder: FileFinder) {
    self.root = root
    self.finder = finder
    token = UploadToken(configuration.token)
    mostBytes = configuration.mostBytes
    sync = configuration.sync
  }

  /// What an upload came to.
  enum Outcome {
    case stored(replaced: Bool, FileFacts)
    /// A status, with field lines.
    case refused(Int, fields: String, reason: String)
  }

  /// Takes the body of `request`; the answer is the caller's. Throws what the connection throws.
  func take(_ request: IncomingRequest, on reactor: Reactor) async throws -> Outcome {
    switch token.judge(request.head.joined(.authorization)) {
    case .granted: break
    case .missing:
      return .refused(401, fields: "WWW-Authenticate: Bearer realm=\"uploads\"\r\n", reason: "no token")
    case .wrong:
      let fields = "WWW-Authenticate: Bearer realm=\"uploads\", error=\"invalid_token\"\r\n"
      return .refused(401, fields: fields, reason: "another token")
    }
    let path: DecodedPath
    switch PathDecoder.decode(Array(request.head.path.utf8).span) {
    case .path(let decoded): path = decoded
    case .malformed, .notNormal: return refused(400, "the path is not in its normal form")
    }
    if finder.isHidden(path) { return refused(403, "names that begin with a dot are hidden") }
    // A part of a file, or one in another form than it would be sent in, is not what would be stored. RFC 9110 §14.5
    if request.head.joined(.contentRange) != nil { return refused(400, "a part of a file is not taken") }
    if request.head.joined(.contentEncoding) != nil { return refused(415, "a file is taken as it is to be sent") }
    // What does not say how long it is would be an empty file.
    if request.head.framing == .none, request.head.joined(.contentLength) == nil {
      return refused(411, "a Content-Length is expected, or chunks")
    }
    let digest: ReprDigest?
    do throws(ReprDigest.Malformed) {
      digest = try request.head.joined(.reprDigest).map(ReprDigest.parse) ?? nil
    } catch {
      return refused(400, error.sentence)
    }
    if let failed = try await checkConditions(request.head, path, on: reactor) { return failed }
    return try await store(request, at: path, digest, on: reactor)
  }

  private func refused(_ status: Int, _ reason: String) -> Outcome { .refused(status, fields: "", reason: reason) }

  private func checkConditions(
    _ head: RequestHead, _ path: DecodedPath, on reactor: Reactor
  ) async throws -> Outcome? {
    let conditions = Preconditions(
      ifMatch: head.joined(.ifMatch), ifUnmodifiedSince: head.joined(.ifUnmodifiedSince),
      ifNoneMatch: head.joined(.ifNoneMatch))
    guard conditions.ifMatch != nil || conditions.ifUnmodifiedSince != nil || conditions.ifNoneMatch != nil else {
      return nil
    }
    let target = Array(head.path.utf8)
    let finding = await reactor.blockingPool.run(waitingFor: .disk) { [finder] in
      finder.find(target.span, cachedOnly: false)
    }
    let resource: Preconditions.Resource
    switch finding {
    case .file(let file): resource = file.identity.resource
    case .nothing(404): resource = .missing
    // What nobody may see may be there all the same.
    case .nothing(let status): return refused(status, "what is there cannot be looked at")
    case .directory, .directoryWithoutSlash: return refused(409, "a directory is there")
    case .wouldWait: return refused(503, "the path changes all the time")
    }
    let outcome = conditions.outcome(for: .other, of: resource, now: Linux.wallClock / 1_000_000_000)
    return outcome == .proceed ? nil : refused(412, "a condition does not hold")
  }

  private func store(
    _ request: IncomingRequest, at path: DecodedPath, _ digest: ReprDigest?, on reactor: Reactor
  ) async throws -> Outcome {
    let mustBeNew = request.head.joined(.ifNoneMatch) == "*"
    let begun: Result<IncomingFile, Errno> = await reactor.blockingPool.run(waitingFor: .disk) { [root] in
      Result { () throws(Errno) in try IncomingFile.begin(path, in: root) }
    }
    let incoming: IncomingFile
    switch begun {
    case .success(let file): incoming = file
    case .failure(let errno): return refused(of: errno)
    }
    let check = digest?.hasher()
    do {
      let body = try await request.body(atMost: mostBytes)
      if let check {
        try await request.receive(body.hashed(into: check), into: incoming.file)
      } else {
        try await request.receive(body, into: incoming.file)
      }
    } catch {
      await reactor.blockingPool.run(waitingFor: .disk) { incoming.discard() }
      guard let failure = error as? CopyError, failure.side == .sink, let errno = failure.errno else { throw error }
      return refused(of: errno)
    }
    if let check, !check.isRight {
      await reactor.blockingPool.run(waitingFor: .disk) { incoming.discard() }
      return refused(400, "the body does not have the digest that Repr-Digest says")
    }
    let committed: Result<(replaced: Bool, facts: FileFacts), Errno> =
      await reactor.blockingPool.run(waitingFor: .disk) { [sync] in
        Result { () throws(Errno) in
          do throws(Errno) { return try incoming.commit(sync, mustBeNew: mustBeNew) } catch {
            incoming.discard()
            throw error
          }
        }
      }
    switch committed {
    case .success(let (replaced, facts)): return .stored(replaced: replaced, facts)
    // Somebody else was faster.
    case .failure(.fileExists) where mustBeNew: return refused(412, "a condition does not hold")
    case .failure(let errno): return refused(of: errno)
    }
  }

  /// RFC 4918 §11.5 has 507 for a lack of room.
  private func refused(of errno: Errno) -> Outcome {
    let status =
      switch errno {
      case .noSpace, .diskQuotaExceeded: 507
      case .fileTooLarge: 413
      // ENOENT: a directory that was there when it began is gone.
      case .isDirectory, .notDirectory, .fileExists, .noSuchFileOrDirectory: 409
      case .permissionDenied, .notPermitted, .readOnlyFileSystem, .tooManySymbolicLinkLevels, .improperLink: 403
      case .fileNameTooLong: 414
      case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory: 503
      default: 500
      }
    return refused(status, "\(errno)")
  }
}
