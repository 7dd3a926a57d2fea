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

  /// What becomes of it when the copy fails: the end of a sentence.
  var fate: String {
    guard staged != nil else { return "" }
    return replaces ? "; \(end.name) is as it was" : "; nothing was left behind"
  }

  static func open(
    _ destination: Destination, _ opening: Opening, source: OpenEnd
  ) async throws(Failure) -> OpenDestination {
    let request = opening.request
    let end: OpenEnd
    switch destination {
    case .staged(let path, let old):
      return try await stage(path, named: request.destinationName, replacing: old, source)
    case .direct(let path):
      end = try OpenEnd(try await opening.file(path, for: .write), name: path)
    case .standard:
      end = try OpenEnd(File(lending: .standardOutput), name: request.destinationName, isLent: true)
    case .peer(let place):
      end = try await opening.peer(place, request.destinationName)
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
  func finish(_ request: CopyRequest, _ monitor: Monitor) async throws(Failure) {
    if let staged, let permissions {
      do throws(EndpointError) { try await staged.setPermissions(permissions) } catch {
        Console.complain("\(end.name) did not get the permissions of the source: \(error.reason)")
      }
    }
    if request.fsync, let file = end.file {
      monitor.beginFlushing()
      do throws(EndpointError) { try await file.sync() } catch {
        throw Failure("cannot flush \(end.name) to disk: \(error.reason)\(fate)", errno: error.errno)
      }
    }
    guard let staged else { return try await checkWrites() }
    do throws(EndpointError) {
      try await staged.commit(replacing: request.force)
    } catch {
      let taken = "\(end.name) exists by now; --force replaces it"
      throw Failure(
        error.errno == .fileExists ? taken : "cannot \(error.action) \(end.name): \(error.reason)\(fate)",
        errno: error.errno)
    }
    Leftovers.forget(staged.path)
    monitor.notePlaced("; \(end.name) is in place")
    guard request.fsync else { return }
    do throws(EndpointError) { try await staged.syncDirectory() } catch {
      throw Failure(
        "\(end.name) is in place with its bytes on the disk, but its directory cannot be flushed: \(error.reason)",
        errno: error.errno)
    }
  }

  /// Of a file that someone else closes when this process is gone, and whose errors would be lost then.
  private func checkWrites() async throws(Failure) {
    guard end.kind == .regular, let file = end.file else { return }
    do throws(EndpointError) { try await file.checkWrites() } catch {
      throw Failure("cannot write \(end.name): \(error.reason)", errno: error.errno)
    }
  }

  /// Lets go of it; a file that is not whole is removed.
  func abandon() async {
    guard let staged else { return end.close() }
    await staged.discard()
    Leftovers.forget(staged.path)
  }
}
