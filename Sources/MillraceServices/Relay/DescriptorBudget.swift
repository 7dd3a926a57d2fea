import LinuxCalls
import Logging

/// How many connections there may be, by the descriptors that the process may have: two for each (three with a
/// mirror), two for each pipe of those that carry bulk, and some for everything else. getrlimit(2), RLIMIT_NOFILE
struct DescriptorBudget {
  let descriptors: Int
  let pipes: Int
  let connections: Int
  /// Fewer than were asked for.
  let isShort: Bool

  /// What listeners, reactors, logs and files take.
  private static let others = 64

  /// - Parameter mirrored: on so many reactors, each of which has mirrors' connections that linger. Zero without a mirror.
  init(connections wanted: Int?, mirrored reactors: Int = 0, descriptors: Int = Linux.descriptorLimit) {
    self.descriptors = descriptors
    // The reactors lease no more of them than this together (`Reactors`).
    pipes = max(4, descriptors / 16)
    let others = Self.others + reactors * RelayWorker.mostLingering
    let room = max(1, (descriptors - others - 2 * pipes) / (reactors > 0 ? 3 : 2))
    connections = min(wanted ?? room, room)
    isShort = (wanted ?? 0) > room
  }

  var metadata: Logger.Metadata {
    ["descriptors": "\(descriptors)", "pipes": "\(pipes)", "connections": "\(connections)"]
  }
}
