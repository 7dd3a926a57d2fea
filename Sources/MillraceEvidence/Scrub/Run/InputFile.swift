import LinuxCalls
import SystemPackage

/// A file that is read, and never written.
struct InputFile: ~Copyable {
  private let descriptor: Int32
  let facts: FileFacts

  private init(_ descriptor: Int32, _ facts: FileFacts) {
    self.descriptor = descriptor
    self.facts = facts
  }

  /// Opens it. A FIFO that took the place of a file since it was looked at is not waited for.
  static func open(_ path: String) throws(Errno) -> InputFile {
    let descriptor = try Linux.open(path, [.read, .nonBlocking])
    do throws(Errno) {
      return InputFile(descriptor, try Linux.facts(of: descriptor))
    } catch {
      try? Linux.close(descriptor)
      throw error
    }
  }

  deinit { try? Linux.close(descriptor) }

  /// The next bytes into `buffer`, and how many; zero at the end.
  func read(into buffer: inout [UInt8]) throws(Errno) -> Int {
    let result: Result<Int, Errno> = unsafe buffer.withUnsafeMutableBytes { bytes in
      do throws(Errno) {
        return .success(unsafe try Linux.read(descriptor, into: bytes))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// All of a small file; what is beyond `limit` bytes is left.
  func readAll(upTo limit: Int) throws(Errno) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < limit {
      let count = try read(into: &buffer)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }
}
