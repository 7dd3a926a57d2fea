import LinuxCalls
import SystemPackage

extension Connection {
  /// The next bytes, at most `most` (default 64 KiB); empty at the end of the stream. Suspends until there are some, for
  /// `timeout` at most: then it throws ETIMEDOUT, and the connection can be used as before.
  public func read(upTo most: Int = 65536, timeout: Duration? = nil) async throws(EndpointError) -> [UInt8] {
    let deadline = timeout.map { Linux.now + $0.nanoseconds }
    do throws(CallFailure) {
      return try await descriptor.repeating(.reading, until: deadline) { (number) throws(Errno) in
        try unsafe readBytes(upTo: most) { (room) throws(Errno) in try unsafe Linux.receive(number, into: room) }
      }
    } catch {
      throw error.endpointError("read from", "the connection")
    }
  }

  /// Writes all of `bytes`. Suspends while the connection takes no more. On an error, some may have been sent.
  public func write(_ bytes: [UInt8]) async throws(EndpointError) {
    var start = 0
    do throws(CallFailure) {
      while start < bytes.count {
        let from = start
        start += try await descriptor.repeating(.writing) { (number) throws(Errno) in
          try sendBytes(bytes[from...], to: number)
        }
      }
    } catch {
      throw error.endpointError("write to", "the connection")
    }
  }
}

/// An array filled by one call.
func readBytes(
  upTo most: Int, _ call: (UnsafeMutableRawBufferPointer) throws(Errno) -> Int
) throws(Errno) -> [UInt8] {
  var failure: Errno?
  let bytes = unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
    do throws(Errno) {
      count = try unsafe call(UnsafeMutableRawBufferPointer(buffer))
    } catch {
      failure = error
      count = 0
    }
  }
  if let failure { throw failure }
  return bytes
}

private func sendBytes(_ bytes: ArraySlice<UInt8>, to number: Int32) throws(Errno) -> Int {
  var result: Result<Int, Errno> = .success(0)
  unsafe bytes.withUnsafeBytes { buffer in
    result = Result { () throws(Errno) in try unsafe Linux.send(number, buffer) }
  }
  return try result.get()
}
