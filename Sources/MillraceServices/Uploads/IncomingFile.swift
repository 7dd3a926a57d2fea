import LinuxCalls
import Millrace
import MillraceHTTP
import SystemPackage

/// A file on its way into the directory that is served. It has no name until it is whole (O_TMPFILE), so that a process that is
/// killed leaves nothing behind; where the file system has no such files it has a hidden one. Whoever asks for it meanwhile gets
/// the old file or nothing. Directories that are missing are made when it is whole, too.
///
/// Its calls block: they are for the blocking pool.
final class IncomingFile: Sendable {
  let file: File
  /// Where it is meanwhile: the directory that it is to have, or the nearest to it that there is.
  private let nearest: Int32
  /// Directories that are to be made in that one, one in the other.
  private let missing: ArraySlice<[UInt8]>
  private let name: [UInt8]
  /// Where the file system has no files without a name.
  private let stagedAs: [UInt8]?

  private init(
    _ file: File, in nearest: Int32, beneath missing: ArraySlice<[UInt8]>, as name: [UInt8], stagedAs: [UInt8]?
  ) {
    self.file = file
    self.nearest = nearest
    self.missing = missing
    self.name = name
    self.stagedAs = stagedAs
  }

  deinit { try? Linux.close(nearest) }

  /// Begins the file at `path`. EISDIR where a directory is in the way, ENOTDIR where something else is on the way there.
  static func begin(_ path: DecodedPath, in root: ServedRoot) throws(Errno) -> IncomingFile {
    guard let name = path.segments.last.map(Array.init), !path.hasTrailingSlash else { throw .isDirectory }
    guard name.count <= ServedRoot.longestName else { throw .fileNameTooLong }
    let directories = path.segments.dropLast().map(Array.init)
    let (nearest, depth) = try root.nearestDirectory(directories)
    do throws(Errno) {
      if depth == directories.count, let there = try? Linux.facts(beneath: nearest, name) {
        if there.kind == .directory { throw .isDirectory }
        // What is there is replaced by its name; a device or a FIFO that somebody put there is not ours to remove.
        guard there.kind == .regular || there.kind == .link else { throw .notPermitted }
      }
      let (number, staged) = try open(in: nearest, name)
      return IncomingFile(
        File(taking: number, named: String(decoding: name, as: UTF8.self)), in: nearest,
        beneath: directories[depth...], as: name, stagedAs: staged)
    } catch {
      try? Linux.close(nearest)
      throw error
    }
  }

  private static func open(in directory: Int32, _ name: [UInt8]) throws(Errno) -> (Int32, [UInt8]?) {
    do throws(Errno) {
      let number = try Linux.open(
        beneath: directory, [UInt8(ascii: ".")], [.readWrite, .unnamed], .beneath, mode: 0o666)
      return (number, nil)
    } catch {
      // EISDIR of kernels, EOPNOTSUPP of file systems that do not know it. open(2)
      guard [.notSupported, .isDirectory, .invalidArgument].contains(error) else { throw error }
    }
    let staged = stagingName(for: name)
    let number = try Linux.open(
      beneath: directory, staged, [.readWrite, .create, .exclusive], [.beneath, .noLinks], mode: 0o666)
    return (number, staged)
  }

  /// ".NAME.millrace-RANDOM". NAME_MAX is 255 bytes.
  private static func stagingName(for name: [UInt8]) -> [UInt8] {
    let suffix = stagingMark + Array(String(UInt64.random(in: .min ... .max), radix: 36).utf8)
    return [UInt8(ascii: ".")] + name.prefix(254 - suffix.count) + suffix
  }

  private static let stagingMark = Array(".millrace-".utf8)

  /// Whether a file of this name is on its way, and so nobody's to see, whatever is said of dot files.
  static func isStaged(_ name: some BidirectionalCollection<UInt8>) -> Bool {
    guard name.first == UInt8(ascii: "."), let dash = name.lastIndex(of: UInt8(ascii: "-")) else { return false }
    return name[...dash].reversed().starts(with: stagingMark.reversed())
  }

  /// Gives it its name; answers whether it has taken the place of another one, and its facts.
  ///
  /// - Parameter mustBeNew: EEXIST where there is something of that name by now.
  func commit(
    _ sync: UploadConfiguration.SyncPolicy, mustBeNew: Bool
  ) throws(Errno) -> (replaced: Bool, facts: FileFacts) {
    let number = file.fileDescriptor.rawValue
    if sync != .none { try Linux.sync(number) }
    let directory = try ServedRoot.makeDirectory(missing, beneath: nearest, syncs: sync == .full)
    defer { try? Linux.close(directory) }
    let replaced = try putName(on: number, in: directory, mustBeNew: mustBeNew)
    if sync == .full { try Linux.sync(directory) }
    return (replaced, try Linux.facts(of: number))
  }

  private func putName(on number: Int32, in directory: Int32, mustBeNew: Bool) throws(Errno) -> Bool {
    if let stagedAs, !mustBeNew {
      let replaced = (try? Linux.facts(beneath: directory, name)) != nil
      try Linux.rename(beneath: nearest, stagedAs, beneath: directory, to: name)
      return replaced
    }
    do throws(Errno) {
      try Linux.link(number, beneath: directory, as: name)
      if let stagedAs { try? Linux.unlink(beneath: nearest, stagedAs) }
      return false
    } catch {
      guard error == .fileExists, !mustBeNew else { throw error }
    }
    // No call puts a file without a name into the place of another: it has one of its own for a moment.
    let staged = Self.stagingName(for: name)
    try Linux.link(number, beneath: directory, as: staged)
    do throws(Errno) {
      try Linux.rename(beneath: directory, staged, beneath: directory, to: name)
      return true
    } catch {
      try? Linux.unlink(beneath: directory, staged)
      throw error
    }
  }

  /// Nothing is left of it.
  func discard() {
    file.close()
    if let stagedAs { try? Linux.unlink(beneath: nearest, stagedAs) }
  }
}
