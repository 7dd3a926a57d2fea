import Millrace

/// What one run of `millrace copy` is asked to do.
struct CopyRequest: Sendable {
  var source: Place
  var destination: Place
  var offset: Int?
  var limit: Int?
  var force = false
  var fsync = false
  var route: Route?
  /// Bytes a second.
  var rate: Int?
  var idleTimeout: Duration?

  var sourceName: String { source.name(isSource: true) }
  var destinationName: String { destination.name(isSource: false) }
}
