import LinuxCalls
import Millrace

/// The process that takes this one's place: the same command line, the same environment, the same listening sockets, and the
/// program that is at its path now.
enum Successor {
  /// Starts it, with the sockets from descriptor 3 on, and answers its id.
  static func start(with sockets: borrowing SocketCopies) throws(EndpointError) -> Int32 {
    guard let path = Linux.executablePath else {
      throw EndpointError("start", "a successor", reason: "the path of this program is not known")
    }
    do throws(Errno) {
      return try Linux.spawn(
        path, arguments: try Linux.contents(ofPath: "/proc/self/cmdline"),
        environment: SuccessorEnvironment.block(
          from: try Linux.contents(ofPath: "/proc/self/environ"), names: sockets.names, process: Linux.process),
        descriptors: sockets.numbers)
    } catch {
      throw EndpointError("start", path, reason: "\(error)", errno: error)
    }
  }
}

/// The environment of a successor, as a block of texts that each end with a zero byte.
enum SuccessorEnvironment {
  /// Made of the one that this process began with, byte for byte, for a variable need not be text. It has what was removed
  /// from this process's own since then, such as NOTIFY_SOCKET; and no WATCHDOG_PID, without which the watchdog is for
  /// whoever is the service.
  static func block(from initial: [UInt8], names: [String], process: Int32) -> [UInt8] {
    var block: [UInt8] = []
    for entry in initial.split(separator: 0) {
      let name = String(decoding: entry.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
      if !LaunchVariables.ofOneProcess.contains(name) { block += entry + [0] }
    }
    let added = [
      "\(LaunchVariables.listenCount)=\(names.count)",
      "\(LaunchVariables.listenNames)=\(names.joined(separator: ":"))",
      "\(LaunchVariables.upgradeFrom)=\(process)",
    ]
    for text in added { block += Array(text.utf8) + [0] }
    return block
  }
}
