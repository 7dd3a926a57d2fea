import LinuxCalls
import Logging
import Millrace
import Reactors

// What a service has to do with whoever started it, and with who comes after it.
extension Reception {
  /// It accepts at the posts from now on. Whoever did before may end, and whoever started it is told.
  func takeOver(_ posts: ListeningPosts, _ activity: String) {
    // Before the predecessor ends: a manager must not find the service without a process.
    manager?.ready(activity, at: posts.addresses, isSuccessor: inherited?.hasPredecessor == true)
    inherited?.relievePredecessor()
    posts.notePredecessorRelieved()
    for address in posts.leave() {
      logger.info("no longer listening, once those who wait are accepted", metadata: ["address": "\(address)"])
    }
    // A supervisor's stay open with it.
    for socket in inherited?.takeRest() ?? [] {
      logger.warning(
        "an inherited socket is not listened at and was closed", metadata: ["address": "\(socket.address)"])
    }
  }

  /// Tells the manager, as often as it wants to know, that every reactor gets its work done: one that hangs does not answer.
  func giveSignsOfLife(of reactors: Reactors) async {
    guard let manager, let interval = manager.signOfLife else { return }
    repeat {
      _ = await reactors.metrics()
      manager.isAlive()
    } while (try? await Task.sleep(for: interval)) != nil
  }

  /// Starts the program again with the sockets that this service listens at, and answers the id of the process.
  func startSuccessor() throws(EndpointError) -> Int32 {
    guard let posts else { throw EndpointError("start", "a successor", reason: "this process does not listen yet") }
    return try Successor.start(with: try posts.copies())
  }

  /// A successor listens at the sockets of this service. When this one ends it leaves them, and who waits at them, alone.
  package func handOn(to successor: Int32) {
    posts?.noteHandedOn()
    manager?.handOn(to: successor)
    logger.info("the successor listens", metadata: ["process": "\(successor)"])
  }
}
