import LinuxCalls
import SystemPackage

/// What there is below the paths that were given, in the order of names, so that two runs give the same placeholders.
struct Inputs {
  /// A file or directory to write.
  struct Item {
    var path: String
    /// The name for it below the output directory, before it is scrubbed.
    var name: String
    /// The path of the directory that it was found in; nil of what was given.
    var parent: String?
    var isDirectory: Bool
    var facts: FileFacts
  }

  private(set) var items: [Item] = []
  private(set) var refusals: [ScrubSummary.Refusal] = []
  private var seen: Set<Identity> = []

  /// A file as the kernel knows it.
  struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64

    init(_ facts: FileFacts) {
      device = facts.device
      inode = facts.inode
    }
  }

  /// Walks them. Nothing is followed that is a link.
  init(_ paths: [String], output: String) throws(ScrubError) {
    for path in paths {
      var trimmed = path
      while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
      let facts: FileFacts
      do throws(Errno) { facts = try Linux.facts(ofPathItself: trimmed) } catch {
        refuse(path, "it cannot be read: \(error)")
        continue
      }
      guard let resolved = try? Linux.resolved(trimmed) else {
        refuse(path, "it is a link, and links are not followed")
        continue
      }
      if facts.kind == .directory, output == resolved || output.hasPrefix(resolved == "/" ? "/" : resolved + "/") {
        throw ScrubError.outputInsideInput(output: output, input: path)
      }
      // "." has the name of the directory that it is.
      let path = facts.kind == .directory ? resolved : trimmed
      walk(trimmed, path.split(separator: "/").last.map(String.init) ?? "root", in: nil, facts)
    }
  }

  /// Whether one of the files to scrub is this one.
  func has(_ facts: FileFacts) -> Bool { seen.contains(Identity(facts)) }

  private mutating func refuse(_ path: String, _ reason: String) {
    refusals.append(ScrubSummary.Refusal(path: path, reason: reason))
  }

  private mutating func walk(_ path: String, _ name: String, in parent: String?, _ facts: FileFacts) {
    switch facts.kind {
    case .regular, .directory: break
    case .link, .other: return refuse(path, "it is a link, and links are not followed")
    case .pipe, .socket, .characterDevice, .blockDevice: return refuse(path, "it is no file, but \(facts.kind.words)")
    }
    let isDirectory = facts.kind == .directory
    // The same path given two times, or a file that is below another path as well.
    if isDirectory || facts.links == 1, seen.contains(Identity(facts)) { return }
    seen.insert(Identity(facts))
    items.append(Item(path: path, name: name, parent: parent, isDirectory: isDirectory, facts: facts))
    guard isDirectory else { return }
    let entries: [[UInt8]]
    do throws(Errno) { entries = try Linux.entries(ofDirectory: path) } catch {
      return refuse(path, "it cannot be read: \(error)")
    }
    for entry in entries.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard let name = String(validating: entry, as: UTF8.self) else {
        refuse("\(path)/\(String(decoding: entry, as: UTF8.self))", "its name is not UTF-8")
        continue
      }
      let below = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      do throws(Errno) {
        walk(below, name, in: path, try Linux.facts(ofPathItself: below))
      } catch {
        refuse(below, "it cannot be read: \(error)")
      }
    }
  }
}

extension FileFacts.Kind {
  fileprivate var words: String {
    switch self {
    case .pipe: "a FIFO"
    case .socket: "a socket"
    case .characterDevice, .blockDevice: "a device"
    case .regular, .directory, .link, .other: "something else"
    }
  }
}
