import LinuxCalls
import Millrace
import SystemPackage

/// A datagram socket that a test reads, as a service manager does.
final class DatagramReceiver: Sendable {
  let address: Address
  private let number: Int32

  init() throws {
    address = Address(path: "@millrace-manager-\(UInt64.random(in: 0...UInt64.max))") ?? .loopback(port: 0)
    number = try Linux.socket(SocketFamily.unix, SocketType.datagram)
    try Linux.bind(number, to: address.raw)
  }

  deinit { try? Linux.close(number) }

  /// Sends "x" until no more goes in; answers how often.
  func fill() throws -> Int {
    var count = 0
    do throws(Errno) {
      while true {
        try Linux.sendDatagram(Array("x".utf8), to: address.raw)
        count += 1
      }
    } catch {
      guard error == .wouldBlock else { throw error }
      return count
    }
  }

  /// The next message, once there is one.
  func next() async throws -> String {
    while true {
      do {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try bytes.withUnsafeMutableBytes { try Linux.receive(number, into: $0) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
      } catch let error as Errno where error == .wouldBlock {
        try await Task.sleep(for: .milliseconds(2))
      }
    }
  }
}
