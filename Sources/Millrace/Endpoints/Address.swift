package import LinuxCalls

/// Where a stream socket is: an IP address with a port, or a path.
public struct Address: Sendable, Hashable, CustomStringConvertible {
  package let raw: RawAddress

  package init(raw: RawAddress) { self.raw = raw }

  /// An IPv4 address from its four bytes.
  public init(v4 a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, port: UInt16) {
    raw = RawAddress(
      bytes: [2, 0, UInt8(port >> 8), UInt8(port & 0xff), a, b, c, d] + [UInt8](repeating: 0, count: 8))
  }

  /// The IPv4 loopback, 127.0.0.1.
  public static func loopback(port: UInt16) -> Address { Address(v4: 127, 0, 0, 1, port: port) }

  /// A numeric address with a port: "127.0.0.1:80", "[::1]:80". Nil for anything else; names are resolved by
  /// ``Connection/connect(host:port:timeout:options:)``.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, let found = try? Linux.resolve(host: String(host), port: port, numericOnly: true).first
    else { return nil }
    raw = found
  }

  /// A Unix socket's path, at most 107 bytes; a leading "@" names the abstract namespace. unix(7)
  ///
  /// Nil when the path is empty, too long, or has a zero byte in it.
  public init?(path: String) {
    var name = Array(path.utf8)
    guard !name.isEmpty, name.count <= 107, !name.contains(0) else { return nil }
    let isAbstract = name[0] == UInt8(ascii: "@")
    if isAbstract { name[0] = 0 }
    raw = RawAddress(bytes: [1, 0] + name + (isAbstract ? [] : [0]))
  }

  /// Every address of this machine, to listen on: of both families, for a socket of IPv6 takes IPv4 too, or of IPv4 alone
  /// where there is no other. ipv6(7)
  package static func every(port: UInt16) -> [Address] {
    [Address("[::]:\(port)"), Address(v4: 0, 0, 0, 0, port: port)].compactMap { $0 }
  }

  /// The port of an IP address; nil for a path.
  public var port: UInt16? {
    guard raw.family != SocketFamily.unix, raw.bytes.count >= 4 else { return nil }
    return UInt16(raw.bytes[2]) << 8 | UInt16(raw.bytes[3])
  }

  /// The path of a Unix socket; nil for an IP address and for a socket without a name.
  public var path: String? {
    guard raw.family == SocketFamily.unix else { return nil }
    var name = raw.bytes.dropFirst(2)
    guard let first = name.first else { return nil }
    if first == 0 {
      return "@" + String(decoding: name.dropFirst(), as: UTF8.self)
    }
    if let end = name.firstIndex(of: 0) { name = name[..<end] }
    return String(decoding: name, as: UTF8.self)
  }

  /// The host part in numbers; nil for a path.
  public var host: String? {
    switch raw.family {
    case SocketFamily.unix: return nil
    // Without the C library, which takes a microsecond: a server's log names one for every connection.
    case SocketFamily.v4 where raw.bytes.count >= 8:
      return "\(raw.bytes[4]).\(raw.bytes[5]).\(raw.bytes[6]).\(raw.bytes[7])"
    default: return Linux.numericHost(of: raw)
    }
  }

  /// "127.0.0.1:80", "[::1]:80", "unix:/run/x.sock".
  public var description: String {
    if raw.family == SocketFamily.unix { return "unix:" + (path ?? "(unnamed)") }
    let host = host ?? "?"
    let port = port.map(String.init) ?? "?"
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
