package import LinuxCalls
package import Millrace
package import Reactors

/// The part of a server that lives on one reactor: its connections, and what they share. Confined to that reactor.
package final class HTTPWorker: @unchecked Sendable {
  package let reactor: Reactor
  package let handler: any HTTPHandler
  let observer: any HTTPObserver
  let limits: HeadLimits
  let times: HTTPTimes
  let reader: HeadReader

  // Shared by the connections of this reactor: of each only one is at work at a time.
  @safe @exclusivity(unchecked) var index = HeadIndex()
  package let clock = HTTPClock()
  let output: ResponseBuffer

  @safe @exclusivity(unchecked) private var connections: [HTTPConnection] = []
  @safe @exclusivity(unchecked) private var draining = false
  @safe @exclusivity(unchecked) private var numbers: UInt64 = 0

  package init(
    on reactor: Reactor, _ handler: any HTTPHandler, _ observer: any HTTPObserver, limits: HeadLimits, times: HTTPTimes
  ) {
    self.reactor = reactor
    self.handler = handler
    self.observer = observer
    self.limits = limits
    self.times = times
    reader = HeadReader(limits)
    output = ResponseBuffer(clock)
  }

  /// No connection is kept for another request.
  package var isDraining: Bool { draining }

  package var connectionCount: Int { connections.count }

  /// What moves now; on this reactor.
  package var moving: [MovingExchange] { connections.compactMap(\.moving) }

  /// Serves a connection that was accepted on this reactor.
  ///
  /// - Parameters:
  ///   - tag: what whoever accepted it knows it by.
  ///   - limits: rates that its bodies keep to.
  package func serve(_ connection: Connection, _ address: InternetAddress, tag: Int32, limits: [RateLimit]) {
    let served = HTTPConnection(connection, address, tag: tag, limits, self)
    served.place = connections.count
    connections.append(served)
    served.start()
  }

  func nextNumber() -> UInt64 {
    numbers += 1
    return numbers
  }

  func forget(_ connection: HTTPConnection) {
    let last = connections.removeLast()
    if last !== connection {
      last.place = connection.place
      connections[connection.place] = last
    }
    observer.ended(connection)
  }

  /// Lets what is under way come to its end, and closes connections that wait for a request; from any thread.
  package func drain() {
    reactor.task {
      self.draining = true
      // The list changes under way.
      for connection in self.connections { connection.drain() }
    }
  }

  /// Ends everything now; from any thread.
  package func abortAll() {
    reactor.task { for connection in self.connections { connection.abort() } }
  }

  /// Once the last connection has left: has the handler let go of what it holds; from any thread.
  package func finish() async { _ = await reactor.task { self.handler.finish() }.result }
}
