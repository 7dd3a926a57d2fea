import LinuxCalls
import Reactors
public import SystemPackage

/// One end of a pipe or FIFO.
public final class PipeEnd: Sendable {
  let descriptor: Descriptor

  private init(_ number: Int32, _ ownership: Ownership) {
    descriptor = Descriptor(
      number, ownership, kind: ownership == .owned ? .pipe : nil, reactor: Reactor.current ?? Reactors.shared.next())
  }

  /// A new pipe. Its capacity is the kernel's 64 KiB unless `capacity` (bytes, rounded up to a power of two, at most
  /// /proc/sys/fs/pipe-max-size) asks for another; the kernel may refuse. pipe2(2), F_SETPIPE_SZ
  public static func pair(capacity: Int? = nil) throws(EndpointError) -> (reading: PipeEnd, writing: PipeEnd) {
    do throws(Errno) {
      let ends = try Linux.pipe()
      let pair = (PipeEnd(ends.read, .owned), PipeEnd(ends.write, .owned))
      if let capacity { _ = try Linux.setPipeCapacity(of: ends.write, to: capacity) }
      return pair
    } catch {
      throw EndpointError("make", "a pipe", error)
    }
  }

  /// Takes over a pipe's descriptor, makes it non-blocking, and closes it in the end.
  public convenience init(taking fileDescriptor: FileDescriptor) throws(EndpointError) {
    let number = fileDescriptor.rawValue
    let isPipe: Bool
    do throws(Errno) {
      isPipe = try Linux.knownFacts(of: number).kind == .pipe
      if isPipe { try Linux.setFlags(of: number, to: try Linux.flags(of: number).union(.nonBlocking)) }
    } catch {
      throw EndpointError("use", "descriptor \(number)", error)
    }
    guard isPipe else {
      throw EndpointError("use", "descriptor \(number)", reason: "it is not a pipe; File takes anything")
    }
    self.init(fileDescriptor.rawValue, .owned)
  }

  /// Borrows a pipe's descriptor: not closed, its O_NONBLOCK left as it is. A use that waits holds a duplicate until it ends;
  /// between two uses the owner's close(2) is the end for the other side.
  public convenience init(lending fileDescriptor: FileDescriptor) {
    self.init(fileDescriptor.rawValue, .lent)
  }

  /// The descriptor, for calls that Millrace does not make. It stays this endpoint's.
  public var fileDescriptor: FileDescriptor { FileDescriptor(rawValue: descriptor.number) }

  /// How many bytes it holds at most; 0 once it is closed. fcntl(2), F_GETPIPE_SZ
  public var capacity: Int {
    (try? descriptor.using { (number) throws(Errno) in try Linux.pipeCapacity(of: number) }) ?? 0
  }

  /// Closes this end: readers of the other see the end of the stream, writers EPIPE. A copy under way ends with an
  /// error that says so.
  public func close() { descriptor.close() }
}
