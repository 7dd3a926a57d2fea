import Glibc
import LinuxCalls
import SystemPackage

/// Closes what a test opened, at the end of its scope.
func release(_ descriptors: Int32...) {
  for descriptor in descriptors { try? Linux.close(descriptor) }
}

/// A path in the temporary folder that no other test uses.
func temporaryPath() -> String {
  let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  return "\(folder)/millrace-test-\(getpid())-\(UInt64.random(in: .min ... .max))"
}

/// An open regular file that holds `bytes`, with its position at the start and its name already gone.
func temporaryFile(_ bytes: [UInt8] = [], _ flags: OpenFlags = []) throws -> Int32 {
  let path = temporaryPath()
  let file = try Linux.open(path, flags.union([.readWrite, .create, .exclusive]), mode: 0o600)
  try Linux.unlink(path)
  if !bytes.isEmpty { _ = try bytes.withUnsafeBytes { try Linux.write(file, at: 0, $0) } }
  return file
}

/// Bytes that tell their place, so that a shifted or repeated piece is seen.
func pattern(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
}

/// Writes with one call; answers what was taken.
@discardableResult
func put(_ bytes: [UInt8], into descriptor: Int32) throws -> Int {
  try bytes.withUnsafeBytes { try Linux.write(descriptor, $0) }
}

/// Reads with one call.
func get(_ most: Int, from descriptor: Int32) throws -> [UInt8] {
  try collect(most) { try Linux.read(descriptor, into: $0) }
}

/// Reads with one call at an offset, which leaves the position alone.
func get(_ most: Int, from descriptor: Int32, at offset: Int64) throws -> [UInt8] {
  try collect(most) { try Linux.read(descriptor, at: offset, into: $0) }
}

/// What one call put into a buffer of `most` bytes.
func collect(_ most: Int, _ read: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: most)
  let count = try bytes.withUnsafeMutableBytes { try read($0) }
  return Array(bytes.prefix(count))
}

/// The system calls that `body` makes on this thread.
func calls(_ body: () throws -> Void) rethrows -> SystemCallCounts {
  let before = SystemCallCounts.ofThisThread
  try body()
  var counts = SystemCallCounts()
  counts.add(from: before, to: .ofThisThread)
  return counts
}

/// Runs `body` while `fault` is armed; answers its result and how often the fault struck.
func striking<Value>(_ fault: Faults.Fault, _ body: () throws -> Value) rethrows -> (value: Value, times: Int) {
  let token = Faults.shared.arm(fault)
  defer { Faults.shared.disarm(token) }
  let value = try body()
  return (value, Faults.shared.disarm(token))
}

/// Runs `body` on a thread of its own: for what blocks, and for what changes its thread.
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
