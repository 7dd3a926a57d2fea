import LinuxCalls
import SystemPackage

/// What is set on a connection when it is made. tcp(7), socket(7)
public struct ConnectionOptions: Sendable, Equatable {
  /// Small writes leave at once instead of waiting for the answer to the last (TCP_NODELAY). Default: true.
  public var noDelay = true
  /// Probes of an idle peer (SO_KEEPALIVE): the idle time before the first, in whole seconds. Nil leaves them off.
  /// Default: nil.
  public var keepAliveIdle: Duration?
  /// The kernel's receive buffer in bytes (SO_RCVBUF); nil leaves it to the kernel, which adapts it.
  public var receiveBuffer: Int?
  /// The kernel's send buffer in bytes (SO_SNDBUF); nil leaves it to the kernel, which adapts it.
  public var sendBuffer: Int?

  /// The most bytes that may wait in the kernel unsent (TCP_NOTSENT_LOWAT); nil is no bound. What waits in a short queue
  /// is still in the cache when it is sent, and the peer gets its bytes sooner; but the writer is woken more often: a
  /// stream of bulk costs its sender about twice the CPU with 256 KiB. For answers of about a megabyte to many
  /// connections, each of which waits for the next request, it pays.
  public var unsentLimit: Int?

  /// The congestion control (TCP_CONGESTION), by a name in /proc/sys/net/ipv4/tcp_allowed_congestion_control; connecting
  /// and listening fail with ENOENT or EPERM for one that is not there. Nil is the system's; but where that is BBR, a
  /// connection to or from a loopback address takes Reno, for over the loopback pacing costs more than moving the bytes.
  /// The system's is asked once in a process.
  public var congestionControl: String?

  /// The defaults.
  public init() {}

  /// For what a TCP listener accepts: the kernel makes a new connection as a copy of the socket that listens, with all of
  /// these, and no call is needed for each. One that was taken over may have others from before.
  func apply(toListener number: Int32) throws(Errno) {
    try apply(to: number, kind: .tcp)
    if !noDelay { try Linux.setOption(.noDelay, of: number, to: 0) }
    if keepAliveIdle == nil { try Linux.setOption(.keepAlive, of: number, to: 0) }
  }

  func apply(to number: Int32, kind: EndKind) throws(Errno) {
    if let receiveBuffer { try Linux.setOption(.receiveBuffer, of: number, to: receiveBuffer) }
    if let sendBuffer { try Linux.setOption(.sendBuffer, of: number, to: sendBuffer) }
    guard kind == .tcp else { return }
    if let unsentLimit { try Linux.setOption(.notSentLowWater, of: number, to: unsentLimit) }
    if noDelay { try Linux.setOption(.noDelay, of: number, to: 1) }
    if let idle = keepAliveIdle {
      try Linux.setOption(.keepAlive, of: number, to: 1)
      try Linux.setOption(.keepAliveIdle, of: number, to: max(1, Int(idle.components.seconds)))
    }
  }
}
