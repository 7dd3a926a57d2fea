import Glibc

/// A file system of 1 MiB that only its open files know of: mounted in the private mount namespace of a thread that
/// is gone, so that nothing has to be unmounted.
enum SmallDisk {
  static let size = 1 << 20

  /// Descriptors of `count` files without a name on one such file system. Nil where mounting is not allowed.
  static func files(_ count: Int) async -> [Int32]? {
    try? await onThread {
      try enterPrivateMounts()
      guard mount("tmpfs", "/tmp", "tmpfs", 0, "size=1m") == 0 else { throw PlainFailure(call: "mount") }
      return try (0..<count).map { _ in try PlainFile.make([]) }
    }
  }

  /// What this thread mounts from now on, it alone and the threads that it starts see. unshare(2), CLONE_NEWNS
  static func enterPrivateMounts() throws {
    guard let symbol = dlsym(nil, "unshare") else { throw PlainFailure(call: "dlsym") }
    let unshare = unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
    let newMountNamespace: Int32 = 0x20000
    let privateAndRecursive = UInt(1 << 18 | 1 << 14)
    guard unshare(newMountNamespace) == 0, mount("none", "/", nil, privateAndRecursive, nil) == 0 else {
      throw PlainFailure(call: "unshare")
    }
  }

  /// Whether a test that needs it can run.
  static let isAllowed: Task<Bool, Never> = Task {
    guard let files = await files(1) else { return false }
    for file in files { close(file) }
    return true
  }
}
