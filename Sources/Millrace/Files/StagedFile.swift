import LinuxCalls
package import SystemPackage

/// A file in the making: written beside its destination under a name of its own, and given the destination's name
/// once it is whole. Whoever opens the destination sees the old file or the new one, never half of one.
package final class StagedFile: Sendable {
  /// What to write to.
  package let file: File
  /// Where it is until it is committed.
  package let path: String
  /// The name it gets.
  package let destination: String

  private init(file: File, path: String, destination: String) {
    self.file = file
    self.path = path
    self.destination = destination
  }

  /// Begins a file that will be `destination`. Open to its owner alone while it grows, unless `permissions` says
  /// otherwise; the process's umask applies.
  package static func begin(
    for destination: String, permissions: FilePermissions = FilePermissions(rawValue: 0o600)
  ) async throws(EndpointError) -> StagedFile {
    // 36^8 names: one that is taken is an accident, a hundred in a row are not.
    for _ in 0..<100 {
      let path = stagingPath(for: destination, suffix: randomSuffix())
      do throws(EndpointError) {
        let file = try await File.create(FilePath(path), permissions: permissions)
        return StagedFile(file: file, path: path, destination: destination)
      } catch {
        if error.errno != .fileExists {
          throw EndpointError("create", destination, reason: error.reason, errno: error.errno)
        }
      }
    }
    throw EndpointError("create", destination, .fileExists)
  }

  /// Sets the permissions, whatever the umask. fchmod(2)
  package func setPermissions(_ permissions: FilePermissions) async throws(EndpointError) {
    try await file.call("set the permissions of") { descriptor throws(Errno) in
      try Linux.setPermissions(of: descriptor, to: UInt32(permissions.rawValue))
    }
  }

  /// Closes it and gives it the destination's name. With `replacing` false, throws EEXIST where there is a file by
  /// now. After an error it is still staged, and the destination as it was. close(2), rename(2)
  ///
  /// Closed first, and what close(2) says is thrown: where a file system keeps writes back (NFS, quotas), that is where
  /// their errors come out, and after the rename it would be too late for the old file.
  package func commit(replacing: Bool) async throws(EndpointError) {
    let path = path
    let destination = destination
    let descriptor = file.descriptor
    let closed = await blocking { () throws(Errno) in try descriptor.closeChecked() }
    if case .failure(let errno) = closed { throw EndpointError("write", destination, errno) }
    let result = await blocking { () throws(Errno) in
      do throws(Errno) {
        try Linux.rename(path, to: destination, replacing: replacing)
      } catch {
        // Of file systems that cannot rename without replacing (NFS): an empty file of our own takes the name, unless
        // someone has it, and may then be replaced.
        guard !replacing, error == .invalidArgument else { throw error }
        try Linux.close(try Linux.open(destination, [.write, .create, .exclusive], mode: 0o600))
        do throws(Errno) { try Linux.rename(path, to: destination, replacing: true) } catch {
          try? Linux.unlink(destination)
          throw error
        }
      }
    }
    if case .failure(let errno) = result { throw EndpointError("create", destination, errno) }
  }

  /// Returns when the destination's name is on the disk, after ``commit(replacing:)``. fsync(2) of the directory
  package func syncDirectory() async throws(EndpointError) {
    let path = Self.split(destination).directory
    let directory = try await File.open(FilePath(path.isEmpty ? "/" : path))
    defer { directory.close() }
    try await directory.sync()
  }

  /// Removes it. Nothing happens once it is committed.
  package func discard() async {
    file.close()
    let path = path
    _ = await blocking { () throws(Errno) in try Linux.unlink(path) }
  }

  /// ".NAME.millrace-SUFFIX" in the same directory: rename(2) works only inside one file system.
  static func stagingPath(for destination: String, suffix: String) -> String {
    let (directory, name) = split(destination)
    // NAME_MAX is 255 bytes.
    var stem = name
    while stem.utf8.count > 255 - 11 - suffix.utf8.count { stem.removeLast() }
    return "\(directory)/.\(stem).millrace-\(suffix)"
  }

  /// The directory as it stands before a slash: empty of a file in the root.
  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let directory = path[..<slash]
    return (directory.isEmpty ? "" : String(directory), String(path[path.index(after: slash)...]))
  }

  private static func randomSuffix() -> String {
    let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz")
    return String((0..<8).map { _ in letters[Int.random(in: letters.indices)] })
  }
}
