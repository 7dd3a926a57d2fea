import LinuxCalls
import SystemPackage

extension File {
  /// Throws what became of earlier writes where that comes out only at the end (NFS, quotas), and leaves the file open:
  /// closing a second descriptor of the same open file tells as well. close(2)
  package func checkWrites() async throws(EndpointError) {
    try await call("write") { number throws(Errno) in try Linux.close(try Linux.duplicate(number)) }
  }
}
