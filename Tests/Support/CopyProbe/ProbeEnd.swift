import Foundation
import Millrace

/// One end of the probe's copy, with its other side. Lives as long as the process.
struct ProbeEnd: Sendable {
  let source: any ByteSource
  let sink: any ByteSink
  /// Where the other side writes or reads; of a file, the file itself.
  private let other: Int32
  private let isFile: Bool

  init(_ kind: String, isSource: Bool) throws {
    isFile = kind == "file"
    switch kind {
    case "file":
      var name = Array("/tmp/millrace-probe-XXXXXX".utf8CString)
      other = mkstemp(&name)
      unlink(name)
      let file = File(taking: FileDescriptor(rawValue: other))
      (source, sink) = (file, file)
    case "pipe":
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { throw CopyProbe.Misuse() }
      other = isSource ? ends[1] : ends[0]
      let end = try PipeEnd(taking: FileDescriptor(rawValue: isSource ? ends[0] : ends[1]))
      (source, sink) = (end, end)
    case "unix", "tcp":
      let (ours, theirs) = kind == "unix" ? try Self.unixPair() : try Self.tcpPair()
      other = theirs
      let connection = try Connection(taking: FileDescriptor(rawValue: ours))
      (source, sink) = (connection, connection)
    default: throw CopyProbe.Misuse()
    }
  }

  /// Puts `bytes` where the copy reads; a stream's are written by a thread while it reads.
  func feed(_ bytes: [UInt8]) throws {
    let other = other
    if isFile {
      _ = bytes.withUnsafeBytes { write(other, $0.baseAddress, $0.count) }
      return
    }
    Thread.detachNewThread {
      var done = 0
      while done < bytes.count {
        let count = bytes.withUnsafeBytes { write(other, $0.baseAddress?.advanced(by: done), bytes.count - done) }
        if count <= 0 { return }
        done += count
      }
    }
  }

  /// The bytes that came out, read by a thread as they come.
  func drained(_ count: Int) async -> [UInt8] {
    let (other, isFile) = (other, isFile)
    return await withCheckedContinuation { done in
      Thread.detachNewThread {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
          let got = bytes.withUnsafeMutableBytes {
            isFile
              ? pread(other, $0.baseAddress?.advanced(by: filled), count - filled, filled)
              : read(other, $0.baseAddress?.advanced(by: filled), count - filled)
          }
          // The copy may not have written to the file yet.
          if got == 0, isFile {
            sched_yield()
            continue
          }
          if got <= 0 { break }
          filled += got
        }
        done.resume(returning: bytes)
      }
    }
  }

  private static func unixPair() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { throw CopyProbe.Misuse() }
    return (ends[0], ends[1])
  }

  private static func tcpPair() throws -> (Int32, Int32) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return try withUnsafeMutablePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        let ours = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard bind(listener, address, length) == 0, listen(listener, 1) == 0,
          getsockname(listener, address, &length) == 0, connect(ours, address, length) == 0
        else { throw CopyProbe.Misuse() }
        return (ours, accept(listener, nil, nil))
      }
    }
  }
}
