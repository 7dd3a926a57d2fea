import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

@testable import Reactors

/// What this process has open, as the kernel says it.
enum OpenDescriptors {
  /// Every open descriptor with its name: "socket:[4711]", "pipe:[4712]", "/tmp/x". proc_pid_fd(5)
  static func all() throws -> [Int32: String] {
    var found: [Int32: String] = [:]
    for number in try numbers() {
      var buffer = [CChar](repeating: 0, count: 512)
      let length = readlink("/proc/self/fd/\(number)", &buffer, buffer.count)
      if length > 0 { found[number] = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self) }
    }
    return found
  }

  /// The socket whose ends these are. Nobody else's: the kernel gives a pair of addresses once.
  static func socket(from local: Address?, to peer: Address?) throws -> Int32 {
    let (local, peer) = (try #require(local), try #require(peer))
    let number = try numbers().first {
      (try? Linux.localAddress(of: $0)) == local.raw && (try? Linux.remoteAddress(of: $0)) == peer.raw
    }
    return try #require(number, "no socket from \(local) to \(peer)")
  }

  /// How many descriptors a reactor's epoll watches. Closing takes a descriptor out of there, and those of other tests are on
  /// reactors of their own: what is more than before was left. proc_pid_fdinfo(5)
  static func watched(by reactor: Reactor) throws -> Int {
    let text = String(decoding: try Linux.contents(ofPath: "/proc/self/fdinfo/\(reactor.epoll)"), as: UTF8.self)
    return text.split(separator: "\n").count { $0.hasPrefix("tfd:") }
  }

  private static func numbers() throws -> [Int32] {
    guard let folder = opendir("/proc/self/fd") else { throw Errno(rawValue: errno) }
    defer { closedir(folder) }
    var numbers: [Int32] = []
    while let entry = readdir(folder) {
      let text = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let number = Int32(text), number != dirfd(folder) { numbers.append(number) }
    }
    return numbers
  }
}
