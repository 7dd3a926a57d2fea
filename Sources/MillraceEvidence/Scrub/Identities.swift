/// What stands for what, the same in every file and format of a run.
///
/// A run goes over its files two times. The first time ``isSurveying`` is set: nothing is given away, but every
/// documentation address, local MAC address and placeholder that the files have already is reserved, so that none of
/// them becomes the image of something else. They themselves are left as they are, which is why scrubbing what was
/// scrubbed changes nothing.
final class Identities {
  var isSurveying = true
  private(set) var counts = ScrubCounts()

  private var ipv4 = Images<UInt32, UInt32>()
  private var ipv6 = Images<IPv6, UInt32>()
  private var hardware = Images<UInt64, UInt32>()
  private var neighbours = Images<UInt32, UInt32>()
  private var names: [Placeholder.Family: Images<String, UInt32>] = [:]
  /// Names that are those of one and the same host, or user.
  private let aliases: [String: String]

  init(aliases: [String: String] = [:]) { self.aliases = aliases }

  /// Counts what is replaced; the first pass replaces nothing.
  func count(_ kind: ScrubKind) {
    if !isSurveying { counts[kind] += 1 }
  }

  // MARK: addresses

  /// The address to write in the place of this one; the same one where it may stay.
  func image(of address: UInt32) throws(RefusedContent) -> UInt32 {
    switch IPv4Range.of(address) {
    case .stays: return address
    case .documentation:
      ipv4.reserve(address)
      return address
    case .ordinary: break
    }
    if isSurveying { return IPv4Range.loopback }
    return try ipv4.image(of: address, IPv4Range.documentation(at:))
  }

  func image(of address: IPv6) throws(RefusedContent) -> IPv6 {
    if let mapped = address.mapped { return .mapped(try image(of: mapped)) }
    switch IPv6Range.of(address) {
    case .stays: return address
    case .documentation(let number):
      if let number { ipv6.reserve(number) }
      return address
    case .neighbours(let bits):
      return IPv6Range.neighbours(of: try neighbour(bits))
    case .multicast: break
    case .ordinary: break
    }
    if isSurveying { return IPv6(high: 0, low: 1) }
    let number = try ipv6.image(of: address) { $0 < UInt32.max ? $0 + 1 : nil }
    return IPv6Range.image(number, of: address)
  }

  func image(ofHardware address: UInt64) throws(RefusedContent) -> UInt64 {
    switch HardwareRange.of(address) {
    case .stays: return address
    case .local(let number):
      hardware.reserve(number)
      return address
    case .neighbours(let bits): return HardwareRange.neighbours(of: try neighbour(bits))
    case .ordinary: break
    }
    if isSurveying { return 0 }
    return HardwareRange.image(try hardware.image(of: address) { $0 < 0xFF_FFFF ? $0 + 1 : nil })
  }

  /// What stands for the last 24 bits of an address in the group that asks for it, in IPv6 and in Ethernet alike.
  private func neighbour(_ bits: UInt32) throws(RefusedContent) -> UInt32 {
    guard bits > 0xFFFF else {
      neighbours.reserve(bits)
      return bits
    }
    if isSurveying { return 0 }
    return try neighbours.image(of: bits) { $0 < 0xFFFF ? $0 + 1 : nil }
  }

  // MARK: names

  /// The placeholder for a name, which is taken without regard to case.
  func placeholder(_ family: Placeholder.Family, for name: String) throws(RefusedContent) -> Placeholder {
    if isSurveying { return Placeholder(family, 0) }
    let key = aliases[name] ?? name
    // Users and mail addresses count together: they are written alike.
    let pool = family == .email ? .user : family
    let number = try names[pool, default: Images()].image(of: family == .email ? "mailto:" + key : key) {
      $0 < UInt32.max ? $0 + 1 : nil
    }
    return Placeholder(family, number)
  }

  /// Keeps the number of a placeholder that the input has from being given away.
  func reserve(_ placeholder: Placeholder) {
    guard isSurveying, placeholder.number > 0 else { return }
    let pool = placeholder.family == .email ? .user : placeholder.family
    names[pool, default: Images()].reserve(placeholder.number)
  }

  // MARK: text

  /// The text for the place of what was found; nil where it stays. Counts it.
  func replacement(for subject: Finding.Subject) throws(RefusedContent) -> [UInt8]? {
    switch subject {
    case .ipv4(let address, let separator):
      let image = try image(of: address)
      return image == address ? nil : counted(.ipAddress, AddressText.ipv4(image, separator))
    case .ipv6(let address):
      let image = try image(of: address)
      return image == address ? nil : counted(.ipAddress, AddressText.ipv6(image))
    case .reverseIPv4(let address):
      let image = try image(of: address)
      return image == address ? nil : counted(.ipAddress, AddressText.reverse(image))
    case .reverseIPv6(let address):
      let image = try image(of: address)
      return image == address ? nil : counted(.ipAddress, AddressText.reverse(image))
    case .hardware(let address, let form):
      let image = try self.image(ofHardware: address)
      return image == address ? nil : counted(.hardwareAddress, AddressText.hardware(image, form))
    case .frame(let first, let second):
      let texts = try [first, second].map { (address) throws(RefusedContent) in
        AddressText.hardware(try image(ofHardware: address), .colons)
      }
      let isSame = texts == [first, second].map { AddressText.hardware($0, .colons) }
      return isSame ? nil : counted(.hardwareAddress, texts.joined(separator: ":"))
    case .host(let name): return counted(.hostName, try placeholder(.host, for: name).text)
    case .user(let name): return counted(.userName, try placeholder(.user, for: name).text)
    case .homeName(let name): return counted(.homePath, try placeholder(.user, for: name).text)
    case .home(let name): return counted(.homePath, "/home/" + (try placeholder(.user, for: name).text))
    case .email(let address): return counted(.email, try placeholder(.email, for: address).text)
    case .secret(let name): return counted(.secret, try placeholder(.secret, for: name).text)
    case .token, .privateKey: return counted(.token, Placeholder.token)
    case .query: return counted(.query, Placeholder.query)
    case .fragment: return counted(.query, Placeholder.fragment)
    case .kept: return nil
    case .placeholder(let placeholder):
      reserve(placeholder)
      return nil
    }
  }

  private func counted(_ kind: ScrubKind, _ text: String) -> [UInt8] {
    count(kind)
    return Array(text.utf8)
  }
}

/// The images given away, in the order of their numbers.
private struct Images<Original: Hashable, Image: Hashable> {
  private var images: [Original: Image] = [:]
  private var reserved: Set<Image> = []
  private var next: UInt32 = 0

  /// Keeps an image that the input has from being given away.
  mutating func reserve(_ image: Image) { reserved.insert(image) }

  /// - Parameter make: the image with a number; nil where there are no more.
  mutating func image(of original: Original, _ make: (UInt32) -> Image?) throws(RefusedContent) -> Image {
    if let image = images[original] { return image }
    while let image = make(next) {
      next += 1
      if reserved.contains(image) { continue }
      images[original] = image
      return image
    }
    throw RefusedContent.exhausted
  }
}
