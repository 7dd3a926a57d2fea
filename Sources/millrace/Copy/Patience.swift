import Millrace

/// How long this run waits for someone else: a peer that is to come or to answer, the other side of a FIFO.
struct Patience: Sendable {
  let limit: Duration?
  let stop: Stop

  /// Does `body`, and gives up when the limit has passed or the run is to stop. `body` is cancelled then and what it
  /// gives is let go; it need not notice, for nothing interrupts the opening of a FIFO. fifo(7)
  ///
  /// - Parameter nobody: how to say that nobody came, up to "for as long as …".
  func wait<Value: Sendable>(
    orSay nobody: String, _ body: @escaping @Sendable () async throws(EndpointError) -> Value
  ) async throws(Failure) -> Value {
    let (answers, first) = AsyncStream.makeStream(of: Result<Value, Failure>.self)
    let work = Task {
      do throws(Failure) { first.yield(.success(try await explained(body))) } catch { first.yield(.failure(error)) }
    }
    let alarm = limit.map { limit in
      Task {
        try await Task.sleep(for: limit)
        first.yield(.failure(Failure("\(nobody) for as long as --idle-timeout allows", errno: .timedOut)))
      }
    }
    defer {
      work.cancel()
      alarm?.cancel()
    }
    // The stream ends when this task is cancelled.
    for await answer in answers { return try answer.get() }
    throw .stopped(stop.sentence)
  }
}
