/// A transfer as the admin endpoint tells of it.
package struct TransferView: Sendable, Equatable {
  /// A better route that was not taken.
  package struct Declined: Sendable, Equatable {
    /// Its name.
    package var route: String
    /// Why not, in words.
    package var reason: String

    /// A route that was not taken.
    package init(route: String, reason: String) {
      self.route = route
      self.reason = reason
    }
  }

  /// Tells it from all others of the same process: never used again.
  package var id: UInt64
  /// The name of the service that it is of.
  package var service: String
  /// Where the bytes come from.
  package var from: String
  /// Where they go.
  package var to: String
  /// The kind of transfer: `download`.
  package var direction: String
  /// Bytes delivered so far.
  package var bytes: Int64
  /// Bytes that there will be; nil where nobody knows.
  package var total: Int64?
  /// Bytes a second lately; nil where it is not measured.
  package var rate: Double?
  /// Bytes a second since it began.
  package var averageRate: Double
  /// Seconds since it began.
  package var seconds: Double
  /// The name of the route that the last bytes took.
  package var route: String
  /// Better routes that were not taken.
  package var declined: [Declined]
  /// What it is doing: `moving`.
  package var state: String

  /// A transfer of these.
  package init(
    id: UInt64, service: String, from: String, to: String, direction: String, bytes: Int64, total: Int64?,
    rate: Double?, averageRate: Double, seconds: Double, route: String, declined: [Declined], state: String
  ) {
    self.id = id
    self.service = service
    self.from = from
    self.to = to
    self.direction = direction
    self.bytes = bytes
    self.total = total
    self.rate = rate
    self.averageRate = averageRate
    self.seconds = seconds
    self.route = route
    self.declined = declined
    self.state = state
  }
}
