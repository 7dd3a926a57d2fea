import Glibc
import SystemPackage
import Testing

/// A directory of a test's own with whatever a server may find in one; gone with its owner. Names are bytes.
final class Folder: Sendable {
  let path: String

  init(in place: String = "/tmp") throws {
    var template = Array("\(place)/millrace-served-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    Self.remove(Array(path.utf8))
  }

  private static func remove(_ path: [UInt8]) {
    let place = (path + [0]).map(CChar.init(bitPattern:))
    var facts = stat()
    if lstat(place, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR, let folder = opendir(place) {
      var names: [[UInt8]] = []
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
        if name != [UInt8(ascii: ".")], name != Array("..".utf8) { names.append(name) }
      }
      closedir(folder)
      for name in names { remove(path + [UInt8(ascii: "/")] + name) }
    }
    Glibc.remove(place)
  }

  /// The path of a name, for calls that take C strings.
  func place(_ name: [UInt8]) -> [CChar] {
    (Array(path.utf8) + [UInt8(ascii: "/")] + name + [0]).map(CChar.init(bitPattern:))
  }

  func place(_ name: String) -> [CChar] { place(Array(name.utf8)) }

  /// Whether this process has more than so many descriptors of it and of what is in it.
  func hasOpenFiles(moreThan most: Int) throws -> Bool {
    try OpenDescriptors.all().values.count { $0.hasPrefix(path) } > most
  }

  /// Writes a file anew, or over what it held: it stays the same file.
  @discardableResult
  func write(_ bytes: [UInt8], to name: [UInt8]) throws -> [UInt8] {
    let number = open(place(name), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    try Self.check(number)
    defer { close(number) }
    var at = 0
    while at < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress?.advanced(by: at), bytes.count - at) }
      try Self.check(Int32(clamping: count))
      at += count
    }
    return bytes
  }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> [UInt8] { try write(bytes, to: Array(name.utf8)) }

  @discardableResult
  func write(_ text: String, to name: String) throws -> [UInt8] { try write(Array(text.utf8), to: name) }

  func make(directory name: String) throws { try Self.check(mkdir(place(name), 0o755)) }

  func link(_ name: String, to target: String) throws { try Self.check(symlink(target, place(name))) }

  func makePipe(_ name: String) throws { try Self.check(mkfifo(place(name), 0o644)) }

  func rename(_ name: String, to other: String) throws { try Self.check(Glibc.rename(place(name), place(other))) }

  func delete(_ name: String) throws { try Self.check(unlink(place(name))) }

  func truncate(_ name: String, to size: Int) throws { try Self.check(Glibc.truncate(place(name), size)) }

  /// Whom it belongs to; a link itself, not what it leads to.
  func give(_ name: String, to owner: UInt32) throws { try Self.check(lchown(place(name), owner, owner)) }

  func allow(_ name: String, _ mode: UInt32) throws { try Self.check(chmod(place(name), mode)) }

  /// When it was last modified, in seconds since 1970.
  func date(_ name: String, _ seconds: Int) throws {
    let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
    try Self.check(utimensat(AT_FDCWD, place(name), times, AT_SYMLINK_NOFOLLOW))
  }

  static func check(_ result: Int32) throws {
    if result < 0 { throw Errno(rawValue: errno) }
  }
}
