import Glibc

/// What the process has open, as the kernel names it: "socket:[4711]", "pipe:[4712]", "/tmp/x". The name of a socket or
/// a pipe belongs to it alone, so a test can look for its own descriptors while others run beside it.
enum Descriptors {
  /// Every open descriptor with its name.
  static func open() -> [Int32: String] {
    guard let folder = opendir("/proc/self/fd") else { return [:] }
    defer { closedir(folder) }
    var found: [Int32: String] = [:]
    while let entry = readdir(folder) {
      let text = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let number = Int32(text), number != dirfd(folder), let name = name(of: number) else { continue }
      found[number] = name
    }
    return found
  }

  /// The kernel's name of one descriptor; nil when it is not open.
  static func name(of number: Int32) -> String? {
    var buffer = [CChar](repeating: 0, count: 512)
    let length = readlink("/proc/self/fd/\(number)", &buffer, buffer.count - 1)
    return length < 0 ? nil : String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Which descriptors still stand for one of `names`: what a test that has ended must not find.
  static func stillOpen(_ names: Set<String>) -> [Int32: String] {
    open().filter { names.contains($0.value) }
  }
}
