import Glibc
import LinuxCalls
import Millrace

/// What the bytes will be written to, found out before the source is opened: nobody should wait for a peer to be told
/// that the destination was a directory.
enum Destination: Sendable {
  /// A file that is replaced as a whole, or made; `old` is what stands there now.
  case staged(path: String, old: FileFacts?)
  /// A FIFO, a device, a terminal.
  case direct(path: String)
  case standard
  case peer(Place)

  init(_ request: CopyRequest) throws(Failure) {
    switch request.destination {
    case .standard: self = .standard
    case .path(let path): self = try Self.inspect(path, request)
    default: self = .peer(request.destination)
    }
    if request.fsync, case .peer = self {
      throw Failure("--fsync flushes files to disk, and \(request.destinationName) is a connection")
    }
  }

  /// The file's identity as far as it is known before it is opened.
  var facts: FileFacts? {
    switch self {
    case .staged(_, let old): old
    case .direct(let path): try? Linux.facts(ofPath: path)
    case .standard: try? Linux.facts(of: FileDescriptor.standardOutput.rawValue)
    case .peer: nil
    }
  }

  private static func inspect(_ path: String, _ request: CopyRequest) throws(Failure) -> Destination {
    let facts: FileFacts
    do throws(Errno) {
      facts = try Linux.facts(ofPath: path)
    } catch {
      guard error == .noSuchFileOrDirectory else { throw Failure("cannot write \(path): \(error)", errno: error) }
      // As cp has it: a link that somebody else left may lead anywhere, and one that is replaced is no link any more.
      if let target = linkTarget(path) {
        throw Failure("\(path) is a link to \(target), which does not exist; name the file itself")
      }
      let directory = parent(of: path)
      guard let above = try? Linux.facts(ofPath: directory) else {
        throw Failure("cannot write \(path): the directory \(directory) does not exist")
      }
      guard above.kind == .directory else { throw Failure("cannot write \(path): \(directory) is not a directory") }
      return .staged(path: path, old: nil)
    }
    switch facts.kind {
    case .regular:
      // Before any talk of --force, which would be no help.
      if case .path(let source) = request.source, let from = try? Linux.facts(ofPath: source),
        from.isSameFile(as: facts)
      {
        throw Failure("\(source) and \(path) are the same file")
      }
      guard request.force else { throw Failure("\(path) exists; --force replaces it") }
      // Through a link the file behind it is replaced, and the link stays.
      return .staged(path: realPath(path), old: facts)
    case .directory: throw Failure("\(path) is a directory; name the file to write in it")
    case .socket: return .peer(.socket(atPath: path))
    default: return .direct(path: path)
    }
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Where a symbolic link leads; nil for everything else. readlink(2)
  private static func linkTarget(_ path: String) -> String? {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = unsafe readlink(path, &target, target.count)
    guard length > 0 else { return nil }
    return String(decoding: target[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func realPath(_ path: String) -> String {
    guard let resolved = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }
}
