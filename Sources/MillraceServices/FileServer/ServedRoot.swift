import LinuxCalls
import Millrace
import SystemPackage

/// The directory that is served. Everything in it is opened from its descriptor, and nothing beside it can be: the kernel follows
/// the path, and refuses whatever would lead out.
final class ServedRoot: Sendable {
  let path: String
  let directory: Int32
  private let links: LinkPolicy

  /// Opens it. Blocks for as long as the disk takes.
  init(_ path: String, links: LinkPolicy) throws(EndpointError) {
    self.path = path
    self.links = links
    do throws(Errno) {
      directory = try Linux.open(path, [.read, Linux.directoryOnly])
    } catch {
      throw EndpointError("serve", path, reason: "\(error)", errno: error)
    }
  }

  deinit { try? Linux.close(directory) }

  /// What is at a path beneath the root: an open descriptor, which is the caller's to close, and its facts.
  struct Found {
    let number: Int32
    let facts: FileFacts
  }

  /// Opens what is at `path`, which has no slash at its beginning; "" is the root. Special files do not make it wait.
  ///
  /// - Parameter cachedOnly: fails with EAGAIN where the kernel would have to ask a disk.
  func open(_ path: [UInt8], cachedOnly: Bool) throws(Errno) -> Found {
    let name = path.isEmpty ? [UInt8(ascii: ".")] : path
    var resolution = links.resolution
    if cachedOnly { resolution.insert(.cached) }
    do throws(Errno) {
      return try facts(of: try openAgain(name, resolution, attempts: cachedOnly ? 1 : Self.attempts))
    } catch {
      // A link is in the way. Whose it is takes more than one call, which is not for a reactor.
      guard error == .tooManySymbolicLinkLevels, links == .sameOwner else { throw error }
      if cachedOnly { throw .resourceTemporarilyUnavailable }
      return try facts(of: try OwnedLinks.open(beneath: directory, name))
    }
  }

  /// EAGAIN without RESOLVE_CACHED is that something was renamed on the way, and that the caller may ask again. openat2(2)
  private func openAgain(
    _ name: [UInt8], _ resolution: PathResolution, attempts: Int
  ) throws(Errno) -> Int32 {
    for _ in 1..<attempts {
      do throws(Errno) { return try Linux.open(beneath: directory, name, [.read, .nonBlocking], resolution) } catch {
        guard error == .resourceTemporarilyUnavailable else { throw error }
      }
    }
    return try Linux.open(beneath: directory, name, [.read, .nonBlocking], resolution)
  }

  private static let attempts = 32

  /// Of the directory with these names, one in the other, as much as is there, and how many names that is; the caller's to
  /// close. Symbolic links are followed as for reading. Throws what makes it impossible that the rest is made.
  func nearestDirectory(_ names: [[UInt8]]) throws(Errno) -> (number: Int32, depth: Int) {
    var place = try Linux.duplicate(directory)
    for depth in names.indices {
      do throws(Errno) {
        guard let next = try openDirectory(names[...depth], in: place) else {
          guard names[depth...].allSatisfy({ $0.count <= Self.longestName }) else { throw .fileNameTooLong }
          return (place, depth)
        }
        try? Linux.close(place)
        place = next
      } catch {
        try? Linux.close(place)
        throw error
      }
    }
    return (place, names.count)
  }

  /// Nil where there is nothing of that name in `place`. A link that leads nowhere is something, and in the way.
  private func openDirectory(_ names: ArraySlice<[UInt8]>, in place: Int32) throws(Errno) -> Int32? {
    do throws(Errno) { return try openDirectory(names) } catch {
      guard error == .noSuchFileOrDirectory else { throw error }
    }
    guard let name = names.last, let there = try? Linux.facts(beneath: place, name) else { return nil }
    if there.kind == .link { throw .improperLink }
    // Somebody has made it meanwhile.
    return try openDirectory(names)
  }

  /// NAME_MAX, in bytes.
  static let longestName = 255

  /// The directory with these names beneath `parent`, made where it is missing; the caller's to close. ELOOP where somebody has put
  /// a link in its place meanwhile, ENOTDIR for a file.
  static func makeDirectory(
    _ names: ArraySlice<[UInt8]>, beneath parent: Int32, syncs: Bool
  ) throws(Errno) -> Int32 {
    var place = try Linux.duplicate(parent)
    do throws(Errno) {
      for name in names {
        do throws(Errno) { try Linux.makeDirectory(beneath: place, name) } catch {
          // Somebody else was faster.
          guard error == .fileExists else { throw error }
        }
        if syncs { try Linux.sync(place) }
        let next = try Linux.open(
          beneath: place, name, [.read, Linux.directoryOnly], [.beneath, .noLinks])
        try? Linux.close(place)
        place = next
      }
      return place
    } catch {
      try? Linux.close(place)
      throw error
    }
  }

  private func openDirectory(_ names: ArraySlice<[UInt8]>) throws(Errno) -> Int32 {
    let found = try open(Array(names.joined(separator: [UInt8(ascii: "/")])), cachedOnly: false)
    guard found.facts.kind == .directory else {
      try? Linux.close(found.number)
      throw .notDirectory
    }
    return found.number
  }

  private func facts(of number: Int32) throws(Errno) -> Found {
    do throws(Errno) {
      return Found(number: number, facts: try Linux.knownFacts(of: number))
    } catch {
      try? Linux.close(number)
      throw error
    }
  }
}
