import Glibc

// The other side of an endpoint under test, on a thread of its own.
extension PlainDescriptor {
  /// Everything that arrives until the end or an error, which takes nothing back of what came before.
  func drain() -> Task<[UInt8], any Error> {
    startThread { [self] in
      var all: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 256 * 1024)
      while true {
        let count = Glibc.read(number, &buffer, buffer.count)
        if count > 0 { all += buffer[..<count] } else if count == 0 || errno != EINTR { return all }
      }
    }
  }

  /// Writes all of `bytes`, then finishes if asked. The other side may go away meanwhile.
  func feed(_ bytes: [UInt8], thenFinish finishes: Bool = true) {
    _ = startThread { [self] in
      try? self.write(bytes)
      if finishes { self.finishWriting() }
    }
  }

  /// Closes a TCP connection with a reset. socket(7), SO_LINGER
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(number, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }
}
