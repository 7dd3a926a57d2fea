import LinuxCalls
import SystemPackage

/// The directory that copies are written into.
enum OutputDirectory {
  /// Its path without links, whether it exists or not: what exists of it is resolved, and the rest taken as it is.
  static func resolved(_ path: String) throws(ScrubError) -> String {
    guard !path.isEmpty else { throw .cannotUseOutput(path, reason: "it has no name") }
    var existing = path
    var rest: [Substring] = []
    while true {
      if let resolved = try? Linux.resolved(existing) {
        return ([resolved == "/" ? "" : Substring(resolved)] + rest).joined(separator: "/").orRoot
      }
      // A link to nothing must not be taken for a directory to be made.
      if (try? Linux.facts(ofPathItself: existing)) != nil {
        throw .cannotUseOutput(path, reason: "\(existing) is a link to nothing")
      }
      while existing.hasSuffix("/") { existing.removeLast() }
      let slash = existing.lastIndex(of: "/")
      let name = slash.map { existing[existing.index(after: $0)...] } ?? existing[...]
      guard name != "..", name != "." else { throw .cannotUseOutput(path, reason: "there is no such directory") }
      rest.insert(name, at: 0)
      existing = slash.map { String(existing[...$0]) } ?? "."
    }
  }

  /// Makes it, and the directories above it.
  static func make(_ path: String) throws(ScrubError) {
    var made = ""
    for name in path.split(separator: "/") {
      made += "/\(name)"
      if let facts = try? Linux.facts(ofPath: made) {
        guard facts.kind == .directory else { throw .cannotUseOutput(path, reason: "\(made) is no directory") }
        continue
      }
      do throws(Errno) { try Linux.makeDirectory(made) } catch {
        throw .cannotUseOutput(path, reason: "\(made) cannot be made: \(error)")
      }
    }
  }
}

extension String {
  fileprivate var orRoot: String { isEmpty ? "/" : self }
}
