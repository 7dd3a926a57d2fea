import Glibc

/// A regular file of the test's own without a name, made and read with the C library alone.
enum PlainFile {
  /// A descriptor for reading and writing of a new file in `folder` that holds `bytes`; its position is at 0.
  static func make(_ bytes: [UInt8], in folder: String = "/tmp", appending: Bool = false) throws -> Int32 {
    var template = Array("\(folder)/millrace-XXXXXX".utf8CString)
    let number = mkstemp(&template)
    guard number >= 0 else { throw PlainFailure(call: "mkstemp") }
    unlink(template)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(number, $0.baseAddress?.advanced(by: done), bytes.count - done, off_t(done))
      }
      guard count > 0 else { throw PlainFailure(call: "pwrite") }
      done += count
    }
    if appending { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_APPEND) }
    return number
  }

  /// All that the file holds; its position stays.
  static func contents(of number: Int32) throws -> [UInt8] {
    var facts = stat()
    guard fstat(number, &facts) == 0 else { throw PlainFailure(call: "fstat") }
    return try contents(of: number, from: 0, count: Int(facts.st_size))
  }

  static func contents(of number: Int32, from start: Int64, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes {
        pread(number, $0.baseAddress?.advanced(by: done), count - done, off_t(start) + off_t(done))
      }
      guard got >= 0 else { throw PlainFailure(call: "pread") }
      if got == 0 { break }
      done += got
    }
    bytes.removeLast(count - done)
    return bytes
  }

  /// The kernel's position of the descriptor.
  static func position(of number: Int32) -> Int64 { Int64(lseek(number, 0, SEEK_CUR)) }
}

/// A file opened a second time: another open file description of the same inode.
enum PlainTwin {
  static func reopen(_ number: Int32, appending: Bool) throws -> Int32 {
    let twin = open("/proc/self/fd/\(number)", O_RDWR | (appending ? O_APPEND : 0))
    guard twin >= 0 else { throw PlainFailure(call: "open") }
    return twin
  }
}
