import LinuxCalls
import Millrace

extension ProxyHeader {
  /// Why there is no header.
  struct Missing: Error {
    var reason: String
  }

  /// Reads the header that a connection begins with; with it comes what was read beyond it. Suspends for at most `timeout`
  /// in all, however slowly the bytes come.
  static func read(from connection: Connection, timeout: Duration) async -> Result<(ProxyHeader, [UInt8]), Missing> {
    let deadline = Linux.now + timeout.nanoseconds
    var bytes: [UInt8] = []
    while true {
      switch parse(bytes) {
      case .header(let header, let length): return .success((header, Array(bytes[length...])))
      case .malformed(let reason): return .failure(Missing(reason: reason))
      case .incomplete: break
      }
      let left = Duration.nanoseconds(max(0, deadline - Linux.now))
      do throws(EndpointError) {
        let more = try await connection.read(upTo: longestBinary, timeout: left)
        if more.isEmpty { return .failure(Missing(reason: "the connection ended before it")) }
        bytes += more
      } catch {
        let isLate = error.errno == .timedOut
        return .failure(Missing(reason: isLate ? "it did not come in time" : "the connection failed before it"))
      }
    }
  }
}
