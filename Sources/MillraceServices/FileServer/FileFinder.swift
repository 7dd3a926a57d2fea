import LinuxCalls
import Millrace
import MillraceHTTP
import SystemPackage

/// Finds what a path stands for: opens it, measures it, and looks for its compressed neighbours. Confined to no thread: with
/// `cachedOnly` it is the reactor's, which waits for no disk, else the blocking pool's.
final class FileFinder: Sendable {
  private let root: ServedRoot
  private let rules: FileRules
  private let index: [[UInt8]]
  private let hasListing: Bool
  private let hasDotFiles: Bool
  private let isPrecompressed: Bool

  init(_ configuration: FileServerConfiguration, _ root: ServedRoot, _ types: MediaTypes) {
    self.root = root
    rules = FileRules(configuration, types)
    index = configuration.index.map { Array($0.utf8) }
    hasListing = configuration.listing
    hasDotFiles = configuration.dotFiles
    isPrecompressed = configuration.precompressed
  }

  /// What there is.
  enum Finding: Sendable {
    case file(ServedFile)
    /// A directory that was asked for without the slash at its end.
    case directoryWithoutSlash
    /// A directory to list.
    case directory(DecodedPath)
    /// Nothing that can be shown: the status of the answer.
    case nothing(Int)
    /// The kernel does not have it in memory.
    case wouldWait
  }

  /// Bytes of a file that is kept in memory with its descriptor: to copy so many costs less than a call that says where they are.
  static let mostContent: Int64 = 16 * 1024

  func find(_ target: Span<UInt8>, cachedOnly: Bool) -> Finding {
    switch PathDecoder.decode(target) {
    case .malformed: return .nothing(400)
    case .notNormal: return .nothing(404)
    case .path(let path):
      guard !isHidden(path) else { return .nothing(404) }
      return find(path, cachedOnly: cachedOnly)
    }
  }

  /// What begins with a dot is none of the public's, but for what was made for it (RFC 8615).
  func isHidden(_ path: DecodedPath) -> Bool {
    if hasDotFiles { return path.segments.contains { IncomingFile.isStaged($0) } }
    for (place, segment) in path.segments.enumerated() where segment.first == UInt8(ascii: ".") {
      if place == 0, segment.elementsEqual(".well-known".utf8) { continue }
      return true
    }
    return false
  }

  private func find(_ path: DecodedPath, cachedOnly: Bool) -> Finding {
    let relative = Self.relative(path)
    do throws(Errno) {
      let found = try root.open(relative, cachedOnly: cachedOnly)
      switch found.facts.kind {
      case .regular:
        guard !path.hasTrailingSlash else {
          try? Linux.close(found.number)
          return .nothing(404)
        }
        return .file(try file(found, at: relative, cachedOnly: cachedOnly))
      case .directory:
        try? Linux.close(found.number)
        guard path.hasTrailingSlash else { return .directoryWithoutSlash }
        return try indexFile(of: relative, cachedOnly: cachedOnly) ?? (hasListing ? .directory(path) : .nothing(404))
      default:
        try? Linux.close(found.number)
        return .nothing(403)
      }
    } catch {
      return Self.finding(error)
    }
  }

  static func relative(_ path: DecodedPath) -> [UInt8] {
    Array(path.segments.joined(separator: [UInt8(ascii: "/")]))
  }

  private static func finding(_ errno: Errno) -> Finding {
    switch errno {
    case .resourceTemporarilyUnavailable, .wouldBlock: .wouldWait
    case .noSuchFileOrDirectory, .notDirectory, .fileNameTooLong: .nothing(404)
    // A link that may not be followed, or a file that this process may not read.
    case .tooManySymbolicLinkLevels, .improperLink, .permissionDenied, .notPermitted: .nothing(403)
    // Sockets, and devices without one behind them.
    case .noSuchAddressOrDevice: .nothing(403)
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory: .nothing(503)
    default: .nothing(500)
    }
  }

  private func indexFile(of directory: [UInt8], cachedOnly: Bool) throws(Errno) -> Finding? {
    for name in index {
      let path = directory.isEmpty ? name : directory + [UInt8(ascii: "/")] + name
      do throws(Errno) {
        let found = try root.open(path, cachedOnly: cachedOnly)
        guard found.facts.kind == .regular else {
          try? Linux.close(found.number)
          continue
        }
        return .file(try file(found, at: path, cachedOnly: cachedOnly))
      } catch {
        if error == .noSuchFileOrDirectory || error == .notDirectory { continue }
        throw error
      }
    }
    return nil
  }

  // MARK: - A file

  private func file(_ found: ServedRoot.Found, at path: [UInt8], cachedOnly: Bool) throws(Errno) -> ServedFile {
    let measured = Self.measured(found, path)
    let name = path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[($0 + 1)...]) } ?? path
    let type = rules.contentType(of: name)
    let fields = rules.fields(for: [UInt8(ascii: "/")] + path)
    let neighbours = isPrecompressed ? try neighbours(of: measured, path, cachedOnly: cachedOnly) : []
    func representation(_ file: MeasuredFile, _ coding: ContentCoding?) throws(Errno) -> Representation {
      Representation(
        file, coding: coding, contentType: type, varies: !neighbours.isEmpty, more: fields,
        content: try Self.content(of: file, cachedOnly: cachedOnly))
    }
    var codings: [(coding: ContentCoding, representation: Representation)] = []
    for (coding, file) in neighbours { codings.append((coding, try representation(file, coding))) }
    return ServedFile(try representation(measured, nil), codings: codings)
  }

  private static func measured(_ found: ServedRoot.Found, _ path: [UInt8]) -> MeasuredFile {
    MeasuredFile(File(taking: found.number, named: String(decoding: path, as: UTF8.self)), found.facts)
  }

  /// In the order in which they are liked: the smallest first.
  private static let endings: [(coding: ContentCoding, ending: [UInt8])] = [
    (.br, Array(".br".utf8)), (.zstd, Array(".zst".utf8)), (.gzip, Array(".gz".utf8)),
  ]

  /// A neighbour that is older than the file holds what the file was before.
  private func neighbours(
    of file: MeasuredFile, _ path: [UInt8], cachedOnly: Bool
  ) throws(Errno) -> [(ContentCoding, MeasuredFile)] {
    var neighbours: [(ContentCoding, MeasuredFile)] = []
    for (coding, ending) in Self.endings {
      do throws(Errno) {
        let found = try root.open(path + ending, cachedOnly: cachedOnly)
        let neighbour = Self.measured(found, path + ending)
        guard found.facts.kind == .regular, found.facts.modified >= file.facts.modified else { continue }
        neighbours.append((coding, neighbour))
      } catch {
        // Whatever else is in the way, the file itself is there.
        if cachedOnly, error == .resourceTemporarilyUnavailable { throw error }
      }
    }
    return neighbours
  }

  /// All of a small file; nil for others, and for one that changed meanwhile: its fields would be those of something else.
  private static func content(of measured: MeasuredFile, cachedOnly: Bool) throws(Errno) -> [UInt8]? {
    guard measured.size > 0, measured.size <= mostContent else { return nil }
    do throws(Errno) {
      let content = try measured.file.contentNow(upTo: Int(measured.size) + 1, waits: !cachedOnly)
      let after = try measured.file.factsNow()
      let isSame = after.size == measured.size && after.changed == measured.facts.changed
      return content.count == Int(measured.size) && isSame ? content : nil
    } catch {
      if cachedOnly, error == .resourceTemporarilyUnavailable || error == .wouldBlock { throw error }
      return nil
    }
  }
}
