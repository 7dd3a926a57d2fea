import LinuxCalls

/// What the environment says of descriptors that a process was given when it began. sd_listen_fds(3)
///
/// `LISTEN_PID` names the process they are for. A process that starts its successor cannot know its id before it is there;
/// it says who it is itself, in `MILLRACE_UPGRADE_FROM`, and its child takes that for the same.
package struct LaunchVariables: Equatable {
  /// A name for each; "unknown" where there is none.
  var names: [String] = []
  /// The process that this one is to succeed.
  var predecessor: Int32?

  static let listenProcess = "LISTEN_PID"
  static let listenCount = "LISTEN_FDS"
  static let listenNames = "LISTEN_FDNAMES"
  static let upgradeFrom = "MILLRACE_UPGRADE_FROM"

  /// What a process is told of itself alone, and what is nothing to those that it starts.
  package static let ofOneProcess = [
    listenProcess, listenCount, listenNames, upgradeFrom, "LISTEN_PIDFDID", "WATCHDOG_PID",
  ]

  init(_ environment: [String: String], process: Int32, parent: Int32) throws(LaunchError) {
    if let text = environment[Self.upgradeFrom] {
      guard text == "\(parent)" else {
        // Nobody would accept from the sockets that it left here, and clients would wait for ever.
        throw LaunchError("\(Self.upgradeFrom) is '\(text)', which is not the parent of this process")
      }
      predecessor = parent
    } else {
      guard let text = environment[Self.listenProcess] else { return }
      guard let named = Int32(text), named > 0 else {
        throw LaunchError("\(Self.listenProcess) is '\(text)': the id of a process is expected")
      }
      guard named == process else { return }
    }
    guard let text = environment[Self.listenCount] else { return }
    guard let count = Int(text), (0...Self.most).contains(count) else {
      throw LaunchError("\(Self.listenCount) is '\(text)': a number of descriptors is expected")
    }
    let given = environment[Self.listenNames].map { $0.split(separator: ":", omittingEmptySubsequences: false) } ?? []
    names = (0..<count).map { $0 < given.count ? String(given[$0]) : "unknown" }
  }

  /// More descriptors than any process has: fs.nr_open is 1,048,576.
  private static let most = 1_000_000
}

/// What is wrong with what a process was given when it began: one sentence.
public struct LaunchError: Error, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  init(_ description: String) { self.description = description }

  init(_ descriptor: Int32, _ flaw: String) {
    self.init("descriptor \(descriptor), which was passed on to this process (LISTEN_FDS), \(flaw)")
  }
}
