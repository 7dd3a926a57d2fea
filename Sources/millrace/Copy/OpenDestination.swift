import LinuxCalls
import Millrace

/// The destination, ready to be written.
struct OpenDestination: Sendable {
  let end: OpenEnd
  /// Where a regular file grows until it is whole.
  let staged: StagedFile?
  /// What it gets in the end, whatever the umask; nil leaves it to the umask.
  let permissions: FilePermissions?
  /// There is a file of that name now.
  let replaces: Bool

  static func open(
    _ destination: Destination, _ request: CopyRequest, source: OpenEnd, announce: @Sendable (Address) -> Void
  ) async throws(Failure) -> OpenDestination {
    let end: OpenEnd
    switch destination {
    case .staged(let path, let old):
      return try await stage(path, named: request.destinationName, replacing: old, source)
    case .direct(let path):
      end = try OpenEnd(try await Opening.file(path, for: .write), name: path)
    case .standard:
      end = try OpenEnd(File(lending: .standardOutput), name: request.destinationName, isLent: true)
    case .peer(let place):
      end = try await Opening.peer(place, request.destinationName, announce)
    }
    if request.fsync, end.fileWithPositions == nil {
      end.close()
      throw Failure("--fsync flushes files to disk, and \(end.name) is a \(end.kind.rawValue)")
    }
    return OpenDestination(end: end, staged: nil, permissions: nil, replaces: false)
  }

  private static func stage(
    _ path: String, named name: String, replacing old: FileFacts?, _ source: OpenEnd
  ) async throws(Failure) -> OpenDestination {
    // The source's permissions, or those of the file that is replaced; for bytes from elsewhere the umask decides.
    let kept = source.kind == .regular ? source.facts?.permissions : old?.permissions
    let staged = try await explained { () async throws(EndpointError) in
      // Nobody else may read it while it grows, if its permissions are still to be set.
      try await StagedFile.begin(for: path, permissions: FilePermissions(rawValue: kept == nil ? 0o666 : 0o600))
    }
    Leftovers.add(staged.path)
    // Never set-user-ID and the like: the copy may belong to someone else.
    let permissions = kept.map { FilePermissions(rawValue: $0 & 0o777) }
    return OpenDestination(
      end: try OpenEnd(staged.file, name: name), staged: staged, permissions: permissions, replaces: old != nil)
  }

  /// Makes the file what it is to be, once every byte is in it.
  func finish(_ request: CopyRequest, flushing: @Sendable () -> Void) async throws(Failure) {
    if let staged, let permissions {
      do throws(EndpointError) { try await staged.setPermissions(permissions) } catch {
        Console.complain("\(end.name) did not get the permissions of the source: \(error.reason)")
      }
    }
    if request.fsync, let file = end.file {
      flushing()
      try await explained { () async throws(EndpointError) in try await file.sync() }
    }
    guard let staged else { return }
    do throws(EndpointError) {
      try await staged.commit(replacing: request.force)
    } catch {
      throw Failure(error.errno == .fileExists ? "\(end.name) exists by now; --force replaces it" : error.description)
    }
    Leftovers.forget(staged.path)
    if request.fsync { try await explained { () async throws(EndpointError) in try await staged.syncDirectory() } }
  }

  /// Lets go of it; a file that is not whole is removed.
  func abandon() async {
    guard let staged else { return end.close() }
    await staged.discard()
    Leftovers.forget(staged.path)
  }
}
