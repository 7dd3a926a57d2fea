import LinuxCalls
import SystemPackage

/// Follows a path beneath a directory, and of symbolic links those alone whose owner is also the owner of what they lead to: on
/// a host of many users nobody can have the server show what belongs to somebody else.
///
/// Component by component, each from the descriptor of the last: what was looked at is what is opened, whoever renames things
/// meanwhile.
enum OwnedLinks {
  /// As many as the kernel follows. path_resolution(7)
  private static let mostLinks = 40

  static func open(beneath root: Int32, _ path: [UInt8]) throws(Errno) -> Int32 {
    var walk = Walk(root)
    defer { walk.close() }
    var names = components(of: path)
    // Owners of the links that led here, each with how many components are still to come when it has been followed.
    var owners: [(owner: UInt32, left: Int)] = []
    var followed = 0
    while let name = names.popLast() {
      if name.elementsEqual("..".utf8) {
        try walk.leave()
        try check(&owners, names.count, try Linux.facts(of: walk.place).owner)
        continue
      }
      let facts = try Linux.facts(beneath: walk.place, Array(name))
      if facts.kind == .link {
        let link = try Linux.open(beneath: walk.place, Array(name), Linux.pathItself, .beneath)
        defer { try? Linux.close(link) }
        let itself = try Linux.facts(of: link)
        followed += 1
        guard itself.kind == .link, followed <= mostLinks else { throw .tooManySymbolicLinkLevels }
        let target = try Linux.target(ofLink: link)
        guard target.first != UInt8(ascii: "/") else { throw .improperLink }
        owners.append((itself.owner, names.count))
        names += components(of: target)
        continue
      }
      let isLast = names.isEmpty
      let number = try Linux.open(
        beneath: walk.place, Array(name), isLast ? [.read, .nonBlocking] : [.read, Linux.directoryOnly],
        [.beneath, .noLinks, .noMagicLinks])
      do throws(Errno) {
        try check(&owners, names.count, try Linux.facts(of: number).owner)
      } catch {
        try? Linux.close(number)
        throw error
      }
      if isLast { return number }
      walk.enter(number)
    }
    // The path ended in "..", or was nothing else but ".".
    return try Linux.open(beneath: walk.place, [UInt8(ascii: ".")], [.read, .nonBlocking], .beneath)
  }

  /// The links that have led where the path is now, with `left` components to come, belong to who owns it.
  private static func check(
    _ owners: inout [(owner: UInt32, left: Int)], _ left: Int, _ owner: UInt32
  ) throws(Errno) {
    while let last = owners.last, last.left >= left {
      guard last.owner == owner else { throw .notPermitted }
      owners.removeLast()
    }
  }

  /// The last one first.
  private static func components(of path: [UInt8]) -> [ArraySlice<UInt8>] {
    path.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }.reversed()
  }

  /// The directories on the way, from the root on.
  private struct Walk {
    let root: Int32
    private var entered: [Int32] = []

    init(_ root: Int32) { self.root = root }

    var place: Int32 { entered.last ?? root }

    mutating func enter(_ directory: Int32) { entered.append(directory) }

    /// Never above the root.
    mutating func leave() throws(Errno) {
      guard let last = entered.popLast() else { throw .improperLink }
      try? Linux.close(last)
    }

    mutating func close() {
      for directory in entered { try? Linux.close(directory) }
      entered = []
    }
  }
}
