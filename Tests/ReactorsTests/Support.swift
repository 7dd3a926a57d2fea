import Glibc
import LinuxCalls
import Reactors
import Synchronization
import SystemPackage

/// Runs `body` with reactors of its own, and ends them afterwards.
func withReactors<Value: Sendable>(
  _ count: Int = 1, _ body: (Reactors) async throws -> Value
) async throws -> Value {
  let reactors = try Reactors(count: count)
  let result: Result<Value, any Error>
  do { result = .success(try await body(reactors)) } catch { result = .failure(error) }
  await reactors.shutdown()
  return try result.get()
}

/// Runs `body` in a task of a reactor of its own.
func onReactor<Value: Sendable>(
  _ body: @escaping @Sendable (Reactor) async throws -> Value
) async throws -> Value {
  try await withReactors { reactors in
    let reactor = reactors.all[0]
    return try await reactor.task { try await body(reactor) }.value
  }
}

/// Something that belongs to one reactor's thread and is used there alone.
struct Confined<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

/// Lets everything else on this reactor have its turn, `count` times: what is ready now runs before this goes on.
func turns(_ count: Int = 1) async {
  for _ in 0..<count { await Task.yield() }
}

/// Goes on once `condition` holds. The test's time limit is the bound.
func until(_ condition: () async throws -> Bool) async rethrows {
  while try await !condition() { await Task.yield() }
}

/// Something that happens once, and that any number of tasks and threads may wait for.
final class Moment: Sendable {
  private struct State {
    var hasCome = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Guarded(State())

  var hasCome: Bool { state.withLock { $0.hasCome } }

  func comes() {
    let waiting = state.withLock { state in
      state.hasCome = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func came() async {
    await withCheckedContinuation { continuation in
      let hasCome = state.withLock { state in
        if !state.hasCome { state.waiting.append(continuation) }
        return state.hasCome
      }
      if hasCome { continuation.resume() }
    }
  }
}

/// A gate that holds threads, not tasks, until it is opened for good.
final class Gate: Sendable {
  private let ends: (read: Int32, write: Int32)

  init() throws { ends = try Linux.pipe() }
  deinit { release(ends.read, ends.write) }

  func open() { _ = try? put([1], into: ends.write) }
  func pass() { _ = try? Linux.wait(for: ends.read, .readable, milliseconds: -1) }
}

/// Which thread this is.
func threadIdentity() -> UInt { UInt(pthread_self()) }

/// Runs `body` on a thread of its own: for what blocks, and for what must come from outside.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    let work = Unmanaged.passRetained(ThreadWork { continuation.resume(with: Result { try body() }) })
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<ThreadWork>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      return continuation.resume(throwing: Errno(rawValue: code))
    }
    pthread_detach(thread)
  }
}

private final class ThreadWork {
  let run: () -> Void
  init(_ run: @escaping () -> Void) { self.run = run }
}
