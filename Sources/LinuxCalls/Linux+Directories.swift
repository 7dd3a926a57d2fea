import CLinux
import Glibc
package import SystemPackage

// Calls about directories.
extension Linux {
  /// The names in a directory as they stand there, which need not be UTF-8, without "." and "..". readdir(3)
  package static func entries(ofDirectory path: String) throws(Errno) -> [[UInt8]] {
    guard let directory = opendir(path) else { throw Errno(rawValue: errno) }
    return try entries(closing: directory)
  }

  /// The same of a directory that is open; from its beginning, wherever its position is.
  package static func entries(of fd: Int32) throws(Errno) -> [[UInt8]] {
    let copy = try duplicate(fd)
    guard let directory = fdopendir(copy) else {
      let reason = Errno(rawValue: errno)
      try? close(copy)
      throw reason
    }
    rewinddir(directory)
    return try entries(closing: directory)
  }

  private static func entries(closing directory: OpaquePointer) throws(Errno) -> [[UInt8]] {
    defer { closedir(directory) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else {
        guard errno == 0 else { throw Errno(rawValue: errno) }
        return names
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
    }
  }

  /// The process's umask applies. mkdir(2)
  package static func makeDirectory(_ path: String, mode: UInt32 = 0o777) throws(Errno) {
    _ = try perform(.other) { _ in mkdir(path, mode) == 0 ? 0 : -Int(errno) }
  }

  /// The path without links, "." and "..". realpath(3)
  package static func resolved(_ path: String) throws(Errno) -> String {
    guard let resolved = realpath(path, nil) else { throw Errno(rawValue: errno) }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// What the machine calls itself. uname(2)
  package static var hostName: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "" }
    return withUnsafeBytes(of: &names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The name and home directory of a user; nil where there is no entry. getpwuid_r(3)
  package static func account(of user: UInt32) -> (name: String, home: String)? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    // Entries are far below this.
    var buffer = [CChar](repeating: 0, count: 16384)
    guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
    return (String(cString: entry.pw_name), String(cString: entry.pw_dir))
  }

  /// The user this process acts as. geteuid(2)
  package static var user: UInt32 { geteuid() }
}
