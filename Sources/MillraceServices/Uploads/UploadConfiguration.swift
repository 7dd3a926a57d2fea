/// How a file server takes files.
public struct UploadConfiguration: Sendable, Equatable {
  /// What whoever uploads has to know (`Authorization: Bearer …`, RFC 6750): visible ASCII, at least 16 characters.
  public var token: String
  /// The most bytes of a file. Default: 10 GiB.
  public var mostBytes: Int64 = 10 << 30
  /// What has to be on the disk before the answer. Default: all of it.
  public var sync = SyncPolicy.full

  /// Takes files from who has the token.
  public init(token: String) { self.token = token }

  /// What is on the disk when an upload is answered.
  public enum SyncPolicy: String, Sendable, CaseIterable {
    /// Whatever the kernel has written by then: a power failure may lose the file, and leaves no half of one under its name.
    case none
    /// The file's content; its name may be lost, and then the old file is there.
    case file
    /// The file and its name.
    case full
  }
}
