import LinuxCalls
import Logging

/// How many connections there may be, by the descriptors that the process may have: some for each, two for each pipe of those that
/// carry bulk, and some for everything else. getrlimit(2), RLIMIT_NOFILE
struct DescriptorBudget {
  let descriptors: Int
  let pipes: Int
  let connections: Int
  /// Fewer than were asked for.
  let isShort: Bool

  /// What listeners, reactors, logs and files take.
  private static let others = 64

  /// - Parameters:
  ///   - each: descriptors for one connection, its own among them.
  ///   - besides: descriptors that the service holds whatever connections there are.
  init(
    connections wanted: Int?, each: Int = 2, besides: Int = 0, descriptors: Int = Linux.descriptorLimit
  ) {
    self.descriptors = descriptors
    // The reactors lease no more of them than this together (`Reactors`).
    pipes = max(4, descriptors / 16)
    let room = max(1, (descriptors - Self.others - besides - 2 * pipes) / each)
    connections = min(wanted ?? room, room)
    isShort = (wanted ?? 0) > room
  }

  var metadata: Logger.Metadata {
    ["descriptors": "\(descriptors)", "pipes": "\(pipes)", "connections": "\(connections)"]
  }
}
