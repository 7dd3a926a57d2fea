/// What a copy knows of peers that may be slow. Made where it is needed: two transfers of every idle connection have none.
final class PeerWatch {
  /// What the source's peer has to give at least, and the sink's to take.
  let sourcePace: MinimumPace?
  let sinkPace: MinimumPace?
  /// What the sink's peer had not acknowledged when a timer looked.
  var look: Look?

  struct Look {
    var queued: Int
    var at: Int64
    /// When it was first looked at in this wait.
    let first: Int64
  }

  init(_ sourcePace: MinimumPace?, _ sinkPace: MinimumPace?) {
    self.sourcePace = sourcePace
    self.sinkPace = sinkPace
  }
}
