/// What a file system or the kernel has refused once and will refuse again, so that the refusal is paid once.
///
/// Belongs to a reactor's thread. Keyed by route and by the devices of the two ends.
package struct RouteRefusals {
  package struct Key: Hashable {
    let route: String
    let source: UInt64
    let sink: UInt64

    package init(route: String, source: UInt64, sink: UInt64) {
      self.route = route
      self.source = source
      self.sink = sink
    }
  }

  /// A bound for machines that mount without end; past it the memory starts over.
  private static let most = 256
  private var reasons: [Key: String] = [:]

  package init() {}

  package subscript(_ key: Key) -> String? {
    get { reasons[key] }
    set {
      if reasons.count >= Self.most { reasons.removeAll() }
      reasons[key] = newValue
    }
  }
}
