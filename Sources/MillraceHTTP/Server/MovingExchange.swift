package import LinuxCalls
package import Millrace

/// A body on its way, for those who look on.
package struct MovingExchange: Sendable {
  package enum Direction: String, Sendable { case download, upload }

  /// The connection's, on its reactor.
  package let number: UInt64
  package let client: InternetAddress
  package let direction: Direction
  package let target: String
  package let bytes: Int64
  /// Nil where only the end will tell.
  package let total: Int64?
  /// Since the request's head had come.
  package let nanoseconds: Int64
  /// Nil where no byte has moved.
  package let route: Route?
  package let declined: [CopyReport.Declined]
}
