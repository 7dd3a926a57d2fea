import LinuxCalls
import Millrace
import MillraceHTTP

// How the services' own accounts look to those who look on.
extension TransferView {
  init(_ exchange: MovingExchange, _ service: String, reactor: Int) {
    let isDownload = exchange.direction == .download
    self.init(
      id: Self.identity(exchange.number, reactor), service: service,
      from: isDownload ? exchange.target : exchange.client.name,
      to: isDownload ? exchange.client.name : exchange.target, direction: exchange.direction.rawValue,
      bytes: exchange.bytes, total: exchange.total, nanoseconds: exchange.nanoseconds, exchange.route,
      exchange.declined)
  }

  init(
    id: UInt64, service: String, from: String, to: String, direction: String, bytes: Int64, total: Int64?,
    nanoseconds: Int64, _ route: Route?, _ declined: [CopyReport.Declined]
  ) {
    let seconds = Double(nanoseconds) / 1e9
    self.init(
      id: id, service: service, from: from, to: to, direction: direction, bytes: bytes, total: total, rate: nil,
      averageRate: seconds > 0 ? Double(bytes) / seconds : 0, seconds: seconds, route: route.map { "\($0)" } ?? "none",
      declined: declined.map { Declined(route: "\($0.route)", reason: $0.reason) },
      state: bytes > 0 ? "moving" : "waiting")
  }

  /// A number of one reactor's, told apart from those of others; exact in a JSON number for longer than anybody counts.
  static func identity(_ number: UInt64, _ reactor: Int) -> UInt64 { number * 1024 + UInt64(reactor) }
}
