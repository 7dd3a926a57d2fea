import LinuxCalls
import SystemPackage

// Ends whose other side is a process that may never come, and whose calls cannot be told not to wait for it. A call that
// waits in the pool hears of no deadline and no cancellation, and keeps its thread. So poll(2) is asked before each, and a
// call asks for no more than what its answer covers.
extension KernelEnd {
  /// Whether a call on it may wait for another process.
  var mayWaitForPeer: Bool {
    guard facts.blocks else { return false }
    switch kind {
    case .terminal, .device, .unknown: return true
    case .pipe: return lacksNoWait
    default: return false
    }
  }

  /// The same of a read. Files of the kernel's that say they are empty may give bytes as these come (/proc/kmsg,
  /// trace_pipe).
  var mayMakeReaderWait: Bool { mayWaitForPeer || (kind == .regular && facts.size == 0) }

  /// Whether a read would get somewhere now. poll(2)
  var hasBytes: Bool { (try? Linux.wait(for: number, .readable, milliseconds: 0)) ?? true }

  /// Whether a write of `surePiece` would get somewhere now. poll(2)
  var hasRoom: Bool { (try? Linux.wait(for: number, .writable, milliseconds: 0)) ?? true }

  /// How much can be written without waiting where poll(2) says that there is room.
  var surePiece: Int {
    switch kind {
    // One slot is free, and a slot is a page. pipe(7)
    case .pipe: 4096
    // A terminal says so from 256 bytes of room on, and the end of a line may become two of these. termios(3), ONLCR
    case .terminal: 128
    // Nobody knows. A driver that wants all of it at once waits in the pool.
    default: Int.max
    }
  }

  /// As much as there is room for; EAGAIN where there is none. An error after some of it comes again with the next write.
  func writeInPieces(_ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    let count = bytes.count
    var done = 0
    while done < count, hasRoom {
      let most = min(surePiece, count - done)
      let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[done..<(done + most)])
      do throws(Errno) {
        let accepted = try unsafe Linux.write(number, piece)
        done += accepted
        if accepted < most { break }
      } catch {
        if done == 0 { throw error }
        break
      }
    }
    if done == 0, count > 0 { throw .wouldBlock }
    return done
  }
}
