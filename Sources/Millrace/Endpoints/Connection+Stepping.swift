import LinuxCalls
package import Reactors
package import SystemPackage

// For a server that steps its connections itself: calls that never wait, on the connection's own reactor, by the only one who
// has the connection. A wait is the server's, too: it has itself woken.
extension Connection {
  /// Appends what has come to `lease`, as far as there is room; 0 at the end of the stream. Nil where there is nothing now:
  /// `awaitReadable` tells when there is.
  package func receiveNow(into lease: inout BufferLease) throws(Errno) -> Int? {
    guard let readiness = descriptor.home?.readiness, !descriptor.isClosing else { throw .badFileDescriptor }
    guard readiness.mayRead else { return nil }
    let room = lease.room
    do throws(Errno) {
      let number = descriptor.number
      let count = try unsafe lease.fill(upTo: room) { (room) throws(Errno) in
        try unsafe Linux.receive(number, into: room)
      }
      // A TCP socket that gave less than asked is empty: the call that would only say so is left out.
      if count < room, count > 0, descriptor.fixedKind == .tcp { readiness.noteDrained() }
      return count
    } catch {
      guard error == .wouldBlock || error == .resourceTemporarilyUnavailable else { throw error }
      readiness.noteWouldBlock(.reading)
      return nil
    }
  }

  /// Sends what there is room for, which may be nothing; `more` says that more follows at once.
  package func sendNow(_ bytes: Span<UInt8>, more: Bool = false) throws(Errno) -> Int {
    guard let readiness = descriptor.home?.readiness, !descriptor.isClosing else { throw .badFileDescriptor }
    guard readiness.mayWrite else { return 0 }
    let number = descriptor.number
    var result: Result<Int, Errno> = .success(0)
    unsafe bytes.withUnsafeBufferPointer { bytes in
      result = Result { () throws(Errno) in
        try unsafe Linux.send(number, UnsafeRawBufferPointer(bytes), more: more)
      }
    }
    return try noteWrite(result, readiness)
  }

  /// Sends from a file what there is room for, which may be nothing; nil where the file has no more at that offset.
  package func sendNow(
    from file: File, at offset: Int64, upTo length: Int
  ) throws(Errno) -> Int? {
    guard let readiness = descriptor.home?.readiness, !descriptor.isClosing else { throw .badFileDescriptor }
    guard readiness.mayWrite else { return 0 }
    let number = descriptor.number
    let result = Result { () throws(Errno) in
      try Linux.sendfile(from: file.descriptor.number, at: offset, to: number, upTo: length)
    }
    if case .success(0) = result { return nil }
    return try noteWrite(result, readiness)
  }

  private func noteWrite(_ result: Result<Int, Errno>, _ readiness: Readiness) throws(Errno) -> Int {
    switch result {
    case .success(let count): return count
    case .failure(.wouldBlock), .failure(.resourceTemporarilyUnavailable):
      readiness.noteWouldBlock(.writing)
      return 0
    case .failure(let error): throw error
    }
  }

  /// Wakes `parker` when something comes, or the end; false where that may be so already.
  package func awaitReadable(_ parker: Parker) throws(Errno) -> Bool {
    guard let readiness = descriptor.home?.readiness, !descriptor.isClosing else { throw .badFileDescriptor }
    return try readiness.enlist(parker, for: .reading)
  }

  /// Wakes it no more.
  package func stopAwaiting(_ parker: Parker) { descriptor.home?.readiness.dismiss(parker) }

  /// Whether it has been closed.
  package var isClosed: Bool { descriptor.isClosing }
}
