import LinuxCalls
import SystemPackage

/// What this kernel can do, found out by trying.
public struct KernelAbilities: Sendable, Codable {
  /// An ability with what it means.
  public struct Ability: Sendable, Codable {
    /// What it is called.
    public var name: String
    /// Its value: "yes", "no: ENOENT", "1.0 MiB".
    public var value: String
    /// One line for people.
    public var meaning: String
  }

  /// All of them, in a fixed order.
  public var abilities: [Ability]

  /// Tries each ability once. Makes and closes a few descriptors; takes less than a millisecond.
  public static func probe() -> KernelAbilities {
    KernelAbilities(abilities: [
      pipeSize(), largestPipe(), pipeRoom(), cachestat(), noWaitPipe(), zeroCopySend(), kernelTLS(),
    ])
  }

  private static func pipeSize() -> Ability {
    var value = "none"
    if let pipe = try? Linux.pipe() {
      _ = try? Linux.setPipeCapacity(of: pipe.write, to: 1 << 20)
      if let size = try? Linux.pipeCapacity(of: pipe.write) { value = Amount.bytes(size) }
      try? Linux.close(pipe.read)
      try? Linux.close(pipe.write)
    }
    return Ability(
      name: "pipe capacity", value: value,
      meaning: "how much one splice can carry; under 64 KiB splicing through a pipe is given up")
  }

  private static func largestPipe() -> Ability {
    let size = setting("/proc/sys/fs/pipe-max-size")
    return Ability(
      name: "pipe-max-size", value: size.map { Amount.bytes($0) } ?? "unknown",
      meaning: "the largest pipe that may be asked for without CAP_SYS_RESOURCE")
  }

  private static func pipeRoom() -> Ability {
    let pages = setting("/proc/sys/fs/pipe-user-pages-soft")
    return Ability(
      name: "pipe-user-pages-soft", value: pages.map { $0 == 0 ? "no limit" : "\($0) pages" } ?? "unknown",
      meaning: "the room of all pipes of a user without privileges together; beyond it a new pipe has two pages and "
        + "splicing through it is given up")
  }

  /// A number under /proc/sys; nil where it cannot be read.
  private static func setting(_ path: String) -> Int? {
    guard let number = try? Linux.open(path, .read) else { return nil }
    defer { try? Linux.close(number) }
    let text = try? unsafe readBytes(upTo: 32) { (room) throws(Errno) in try unsafe Linux.read(number, into: room) }
    return text.flatMap { Int(String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) }
  }

  private static func cachestat() -> Ability {
    let value = withProbeFile { (number) throws(Errno) in _ = try Linux.cachedPages(of: number, at: 0, length: 1) }
    return Ability(
      name: "cachestat", value: value,
      meaning: "whether a file range is in memory is asked by counting its pages, and by reading a byte in every "
        + "128 KiB without waiting; otherwise by the latter alone; EPERM: the kernel counts only for files that the "
        + "caller owns or may write")
  }

  private static func noWaitPipe() -> Ability {
    guard let pipe = try? Linux.pipe() else { return Ability(name: "RWF_NOWAIT on pipes", value: "no", meaning: "") }
    defer {
      try? Linux.close(pipe.read)
      try? Linux.close(pipe.write)
    }
    let value: String
    do throws(Errno) {
      _ = try unsafe readBytes(upTo: 1) { (room) throws(Errno) in
        try unsafe Linux.readNoWait(pipe.read, at: -1, into: room)
      }
      value = "yes"
    } catch {
      value = error == .wouldBlock || error == .resourceTemporarilyUnavailable ? "yes" : "no: \(error.symbol)"
    }
    return Ability(
      name: "RWF_NOWAIT on pipes", value: value,
      meaning:
        "a blocking pipe that was lent (standard input or output) is read and written without blocking if pipe(2) "
        + "made it; a FIFO opened by its path has no RWF_NOWAIT, and is asked by poll(2) and used in the blocking pool")
  }

  private static func zeroCopySend() -> Ability {
    let value = withProbeSocket { (number) throws(Errno) in try Linux.setOption(.zeroCopy, of: number, to: 1) }
    return Ability(
      name: "MSG_ZEROCOPY", value: value,
      meaning: "memory could be sent without a copy; over loopback the kernel copies all the same, so it is not used")
  }

  private static func kernelTLS() -> Ability {
    var value = withProbeSocket { (number) throws(Errno) in try Linux.setUpperProtocol(of: number, to: "tls") }
    // An unconnected socket is refused after the module was found.
    if value == "no: \(Errno.socketNotConnected.symbol)" { value = "yes" }
    return Ability(
      name: "kernel TLS", value: value, meaning: "files could go out encrypted by sendfile; ENOENT: no module")
  }

  private static func withProbeFile(_ body: (Int32) throws(Errno) -> Void) -> String {
    answer { () throws(Errno) in
      let number = try Linux.open("/proc/self/exe", .read)
      defer { try? Linux.close(number) }
      try body(number)
    }
  }

  private static func withProbeSocket(_ body: (Int32) throws(Errno) -> Void) -> String {
    answer { () throws(Errno) in
      let number = try Linux.socket(SocketFamily.v4, SocketType.stream)
      defer { try? Linux.close(number) }
      try body(number)
    }
  }

  private static func answer(_ body: () throws(Errno) -> Void) -> String {
    do throws(Errno) {
      try body()
      return "yes"
    } catch {
      return "no: \(error.symbol)"
    }
  }
}
