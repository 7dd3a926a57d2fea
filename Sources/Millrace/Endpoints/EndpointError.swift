public import SystemPackage

/// A call on an endpoint failed: which one, on what, why.
public struct EndpointError: Error, Sendable, CustomStringConvertible {
  /// What was being done: "open", "connect to", "listen on", …
  public var action: String
  /// The path, address or descriptor it was done to.
  public var subject: String
  /// The kernel's reason; nil where the reason is not one of the kernel's.
  public var errno: Errno?
  /// The reason in words.
  public var reason: String

  init(_ action: String, _ subject: String, _ errno: Errno) {
    self.action = action
    self.subject = subject
    self.errno = errno
    reason = "\(errno)"
  }

  package init(_ action: String, _ subject: String, reason: String, errno: Errno? = nil) {
    self.action = action
    self.subject = subject
    self.errno = errno
    self.reason = reason
  }

  /// One sentence: "cannot open /etc/shadow: Permission denied".
  public var description: String { "cannot \(action) \(subject): \(reason)" }
}
