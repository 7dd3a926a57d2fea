/// What the admin endpoint says of all transfers at one time; ``TransfersPage`` reads it once a second.
package struct TransfersJSON: Sendable {
  /// The command that serves: `millrace serve`.
  package var service: String
  /// Its version.
  package var version: String
  /// When this was so, in milliseconds since 1970 began; null in the document outside the years 1 to 9999.
  package var milliseconds: Int64
  /// Seconds since the process began, by a clock that never goes back: rates come of its differences.
  package var uptimeSeconds: Double
  /// What moves now.
  package var transfers: [TransferView]

  /// A document of these.
  package init(
    service: String, version: String, milliseconds: Int64, uptimeSeconds: Double, transfers: [TransferView]
  ) {
    self.service = service
    self.version = version
    self.milliseconds = milliseconds
    self.uptimeSeconds = uptimeSeconds
    self.transfers = transfers
  }

  /// The document, in UTF-8. Numbers have no exponent and at most three decimals; one that is not finite is null.
  package func bytes() -> [UInt8] {
    var document = PageWriter(capacity: 256 + 512 * transfers.count)
    document.literal(#"{"service":"#)
    document.json(service)
    document.literal(#","version":"#)
    document.json(version)
    document.literal(#","time":"#)
    writeTime(to: &document)
    document.literal(#","uptimeSeconds":"#)
    document.json(uptimeSeconds)
    document.literal(#","transfers":["#)
    for (index, transfer) in transfers.enumerated() {
      if index > 0 { document.literal(",") }
      write(transfer, to: &document)
    }
    document.literal("]}\n")
    return document.bytes
  }

  private func writeTime(to document: inout PageWriter) {
    let thousandth = Int((milliseconds % 1000 + 1000) % 1000)
    let second = milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
    guard let time = CalendarTime(seconds: second) else { return document.literal("null") }
    document.literal("\"")
    document.timestamp(time, milliseconds: thousandth)
    document.literal("\"")
  }

  private func write(_ transfer: TransferView, to document: inout PageWriter) {
    document.literal(#"{"id":"#)
    document.decimal(transfer.id)
    document.literal(#","service":"#)
    document.json(transfer.service)
    document.literal(#","from":"#)
    document.json(transfer.from)
    document.literal(#","to":"#)
    document.json(transfer.to)
    document.literal(#","direction":"#)
    document.json(transfer.direction)
    document.literal(#","bytes":"#)
    document.decimal(transfer.bytes)
    document.literal(#","total":"#)
    if let total = transfer.total { document.decimal(total) } else { document.literal("null") }
    document.literal(#","rate":"#)
    document.json(transfer.rate ?? .nan)
    document.literal(#","averageRate":"#)
    document.json(transfer.averageRate)
    document.literal(#","seconds":"#)
    document.json(transfer.seconds)
    document.literal(#","route":"#)
    document.json(transfer.route)
    document.literal(#","declined":["#)
    for (index, declined) in transfer.declined.enumerated() {
      if index > 0 { document.literal(",") }
      document.literal(#"{"route":"#)
      document.json(declined.route)
      document.literal(#","reason":"#)
      document.json(declined.reason)
      document.literal("}")
    }
    document.literal(#"],"state":"#)
    document.json(transfer.state)
    document.literal("}")
  }
}
