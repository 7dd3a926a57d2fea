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

  /// The defaults.
  public init() {}

  func apply(to number: Int32, kind: EndKind) throws(Errno) {
    if let receiveBuffer { try Linux.setOption(.receiveBuffer, of: number, to: receiveBuffer) }
    if let sendBuffer { try Linux.setOption(.sendBuffer, of: number, to: sendBuffer) }
    guard kind == .tcp else { return }
    if noDelay { try Linux.setOption(.noDelay, of: number, to: 1) }
    if let idle = keepAliveIdle {
      try Linux.setOption(.keepAlive, of: number, to: 1)
      try Linux.setOption(.keepAliveIdle, of: number, to: max(1, Int(idle.components.seconds)))
    }
  }
}
