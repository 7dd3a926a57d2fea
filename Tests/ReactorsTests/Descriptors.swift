import Glibc
import LinuxCalls
import SystemPackage

/// Closes what a test opened, at the end of its scope.
func release(_ descriptors: Int32...) {
  for descriptor in descriptors { try? Linux.close(descriptor) }
}

/// Writes with one call; answers what was taken.
@discardableResult
func put(_ bytes: [UInt8], into descriptor: Int32) throws -> Int {
  try bytes.withUnsafeBytes { try Linux.write(descriptor, $0) }
}

/// Reads with one call.
func get(_ most: Int, from descriptor: Int32) throws -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: most)
  let count = try bytes.withUnsafeMutableBytes { try Linux.read(descriptor, into: $0) }
  return Array(bytes.prefix(count))
}

/// Takes out all that a descriptor gives at once; answers how much.
@discardableResult
func empty(_ descriptor: Int32) throws -> Int {
  var total = 0
  do {
    while true {
      let count = try get(1 << 16, from: descriptor).count
      if count == 0 { return total }
      total += count
    }
  } catch Errno.resourceTemporarilyUnavailable { return total }
}

/// Writes until nothing more is taken.
func fill(_ descriptor: Int32) throws {
  let bytes = [UInt8](repeating: 7, count: 1 << 16)
  do {
    while true { try put(bytes, into: descriptor) }
  } catch Errno.resourceTemporarilyUnavailable {}
}

/// An open regular file whose name is already gone.
func temporaryFile() throws -> Int32 {
  let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  let path = "\(folder)/millrace-test-\(getpid())-\(UInt64.random(in: .min ... .max))"
  let file = try Linux.open(path, [.readWrite, .create, .exclusive], mode: 0o600)
  try Linux.unlink(path)
  return file
}

/// The names in a folder of /proc/self.
func entries(of folder: String) throws -> [String] {
  guard let stream = opendir("/proc/self/\(folder)") else { throw Errno(rawValue: errno) }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names
}

/// How many descriptors of this process stand for one and the same file, pipe or socket: other tests open and close
/// theirs meanwhile, so nothing but our own can be counted.
func descriptorCount(of file: FileFacts) throws -> Int {
  try entries(of: "fd").compactMap { Int32($0) }.filter { number in
    guard let facts = try? Linux.facts(of: number) else { return false }
    return facts.isSameFile(as: file)
  }.count
}

/// How many descriptors of the sorts that a reactor opens this process has: epoll, eventfd and pipes. For a process of
/// its own, after `settleDispatch`.
func reactorDescriptorCount() throws -> Int {
  try entries(of: "fd").filter { number in
    var target = [CChar](repeating: 0, count: 64)
    let length = readlink("/proc/self/fd/\(number)", &target, target.count)
    let link = String(decoding: target.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return link.hasPrefix("anon_inode:[event") || link.hasPrefix("pipe:")
  }.count
}

/// Dispatch opens descriptors of its own at its first timer, and ends the process when it cannot.
func settleDispatch() async throws {
  try await Task.sleep(for: .milliseconds(1))
}

/// Runs `body` with room for `count` more descriptors. Dispatch looks into /proc every second and ends the process
/// when it cannot (`_dispatch_workq_monitor_pools`): be quick.
func withRoom<Value>(forDescriptors count: Int, _ body: () throws -> Value) throws -> Value {
  let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  let lowest = try Linux.open("/dev/null", .read)
  release(lowest)
  var usual = rlimit()
  guard getrlimit(resource, &usual) == 0 else { throw Errno(rawValue: errno) }
  var few = rlimit(rlim_cur: rlim_t(lowest) + rlim_t(count), rlim_max: usual.rlim_max)
  guard setrlimit(resource, &few) == 0 else { throw Errno(rawValue: errno) }
  defer { setrlimit(resource, &usual) }
  return try body()
}

/// The names of this process's threads.
func threadNames() throws -> [String] {
  try entries(of: "task").compactMap { thread in
    guard let file = try? Linux.open("/proc/self/task/\(thread)/comm", .read) else { return nil }
    defer { release(file) }
    guard let bytes = try? get(64, from: file) else { return nil }
    return String(decoding: bytes.dropLast(), as: UTF8.self)
  }
}
