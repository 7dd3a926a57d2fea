import Millrace

/// The destination, ready to be written.
struct OpenDestination: Sendable {
  let end: OpenEnd
  /// Where a regular file grows until it is whole.
  let staged: StagedFile?

  static func open(
    _ destination: Destination, _ request: CopyRequest, source: OpenEnd, announce: @Sendable (Address) -> Void
  ) async throws(Failure) -> OpenDestination {
    let end: OpenEnd
    switch destination {
    case .staged(let path, let old):
      return try await stage(path, replacing: old != nil, source)
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
    return OpenDestination(end: end, staged: nil)
  }

  private static func stage(
    _ path: String, replacing: Bool, _ source: OpenEnd
  ) async throws(Failure) -> OpenDestination {
    do throws(EndpointError) {
      // Nobody else may read it while it grows, if its permissions are still to be set; otherwise the umask decides.
      let isMasked = source.kind != .regular && !replacing
      let staged = try await StagedFile.begin(
        for: path, permissions: FilePermissions(rawValue: isMasked ? 0o666 : 0o600))
      Leftovers.add(staged.path)
      return OpenDestination(end: try OpenEnd(staged.file, name: path), staged: staged)
    } catch let error as EndpointError {
      throw Failure(error.description)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(error)")
    }
  }

  /// Makes the file what it is to be, once every byte is in it.
  func finish(
    _ request: CopyRequest, source: OpenEnd, replaced: Destination, flushing: @Sendable () -> Void
  ) async throws(Failure) {
    do throws(EndpointError) {
      if let staged { try? await staged.setPermissions(permissions(source, replaced) ?? .init(rawValue: 0)) }
      if request.fsync {
        flushing()
        try await end.file?.sync()
      }
      guard let staged else { return }
      try await staged.commit(replacing: request.force)
      Leftovers.forget(staged.path)
      if request.fsync { try await staged.syncDirectory() }
    } catch {
      throw Failure(error.errno == .fileExists ? "\(end.name) exists by now; --force replaces it" : error.description)
    }
  }

  private func permissions(_ source: OpenEnd, _ replaced: Destination) -> FilePermissions? { nil }

  /// Lets go of it; a file that is not whole is removed.
  func abandon() async {
    guard let staged else { return end.close() }
    await staged.discard()
    Leftovers.forget(staged.path)
  }
}
