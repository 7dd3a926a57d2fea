import CLinux

/// Why a name has no address, in the resolver's words.
package struct ResolveError: Error, Sendable {
  package let code: Int32
  package var sentence: String { String(cString: clinux_resolve_error(code)) }
}

extension Linux {
  /// The addresses of a name, in the order of RFC 6724. Blocks on the resolver, unless it is `numericOnly`
  /// (AI_NUMERICHOST), which takes no name. getaddrinfo(3)
  package static func resolve(
    host: String?, port: UInt16, forListening: Bool = false, numericOnly: Bool = false
  ) throws(ResolveError) -> [RawAddress] {
    let found = Found()
    let context = Unmanaged.passUnretained(found).toOpaque()
    let code = clinux_resolve(host, "\(port)", forListening ? 1 : 0, numericOnly ? 1 : 0, context) {
      context, address, length in
      guard let context, let address else { return }
      let bytes = [UInt8](UnsafeRawBufferPointer(start: address, count: Int(length)))
      Unmanaged<Found>.fromOpaque(context).takeUnretainedValue().addresses.append(RawAddress(bytes: bytes))
    }
    withExtendedLifetime(found) {}
    if code != 0 { throw ResolveError(code: code) }
    return found.addresses
  }

  /// The host part of an IP address in numbers. getnameinfo(3), NI_NUMERICHOST
  package static func numericHost(of address: RawAddress) -> String? {
    // NI_MAXHOST is 1025.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1025) { buffer in
      guard let base = buffer.baseAddress else { return nil }
      let code = address.bytes.withUnsafeBytes {
        clinux_numeric_host($0.baseAddress, UInt32($0.count), base, UInt32(buffer.count))
      }
      return code == 0 ? String(cString: base) : nil
    }
  }

  private final class Found {
    var addresses: [RawAddress] = []
  }
}
