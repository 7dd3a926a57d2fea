/// What the keys around a value say of it.
struct JSONFields {
  enum Purpose: Equatable {
    case text, secret, host, user
    /// Under `pwd`: a directory, or a password.
    case directoryOrPassword
    /// Under `pass`: a password, or a count.
    case secretUnlessNumber
    /// Behind `-u` in a list of arguments.
    case login
  }

  private struct Frame {
    var isObject: Bool
    /// Of every value in it.
    var inherited: Purpose
    /// Of the value that comes next.
    var next: Purpose
    /// The key that it stands under.
    var keepsName = false
    /// What a `name` beside it said of the `value`.
    var pair = Purpose.text
  }

  private var frames: [Frame] = []
  private let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  var depth: Int { frames.count }
  var isObject: Bool { frames.last?.isObject ?? false }

  private var purpose: Purpose { frames.last?.next ?? .text }
  var isSecret: Bool { purpose == .secret }
  /// A number right under the key; one deeper inside is left.
  var isSecretNumber: Bool { purpose == .secret && frames.last?.inherited != .secret && isObject }

  mutating func enter(isObject: Bool) {
    // A list hands on what its key says, an object only that all in it is secret.
    let inherited = !isObject || purpose == .secret ? purpose : .text
    frames.append(Frame(isObject: isObject, inherited: inherited, next: inherited))
  }

  mutating func leave() {
    _ = frames.popLast()
    ended(nil)
  }

  /// The next value stands under this key, its escapes undone; `written` is what became of it.
  mutating func key(_ name: [UInt8], written: [UInt8]) {
    guard let place = frames.indices.last else { return }
    let lowered = String(
      decoding: name.map(\.folded).filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }, as: UTF8.self)
    let inherited = frames[place].inherited
    frames[place].keepsName = Self.nameKeys.contains(lowered)
    if inherited != .text {
      frames[place].next = inherited
    } else if lowered == "value" || lowered == "val" {
      frames[place].next = frames[place].pair
    } else {
      frames[place].next = Self.purpose(of: name, lowered)
      // A secret was in the name: what it said of the value is not known any more.
      if frames[place].next == .text, SecretKey.purpose(of: written) != nil { frames[place].next = .secret }
    }
  }

  private static let nameKeys: Set<String> = ["name", "key", "header", "field", "variable"]
  private static let hostKeys: Set<String> = [
    "host", "hostname", "fqdn", "nodename", "computername", "machinename", "servername", "node", "machine",
  ]
  private static let userKeys: Set<String> = [
    "user", "username", "login", "loginname", "owner", "account", "accountname", "uname", "remoteuser",
  ]

  private static func purpose(of name: [UInt8], _ lowered: String) -> Purpose {
    switch SecretKey.purpose(of: name) {
    case .directoryOrPassword: return .directoryOrPassword
    case .unlessNumber: return .secretUnlessNumber
    case .some: return .secret
    case nil: break
    }
    if hostKeys.contains(lowered) { return .host }
    return userKeys.contains(lowered) ? .user : .text
  }

  /// The value is over; `content` is that of a string, and `written` what became of it.
  mutating func ended(_ content: [UInt8]?, written: [UInt8] = []) {
    guard let place = frames.indices.last else { return }
    frames[place].next = frames[place].inherited
    guard let content else { return }
    if frames[place].isObject {
      guard frames[place].keepsName else { return }
      if Self.isSecretName(content) || Self.isSecretName(written) { frames[place].pair = .secret }
    } else if frames[place].inherited == .text {
      let next = Self.afterElement(content)
      frames[place].next = next == .text ? Self.afterElement(written) : next
    }
  }

  private static func isSecretName(_ content: [UInt8]) -> Bool { SecretKey.purpose(of: unescaped(content)) != nil }

  /// What an element of a list says of the next one: a header's name, or an option.
  private static func afterElement(_ content: [UInt8]) -> Purpose {
    guard content.count < 64 else { return .text }
    let name = unescaped(content)
    if name == Array("-u".utf8) || name == Array("--user".utf8) { return .login }
    let purpose = SecretKey.purpose(of: name)
    return purpose == .header || purpose != nil && name.starts(with: "--".utf8) ? .secret : .text
  }

  static func unescaped(_ content: [UInt8]) -> [UInt8] {
    guard content.contains(UInt8(ascii: "\\")) else { return content }
    var view = TextView()
    view.decode(content, count: content.count, after: [], from: .json)
    return view.bytes
  }

  // MARK: replacing

  /// What goes into the place of a string; nil where it is a text like any other.
  func replacement(for content: [UInt8], _ identities: Identities) throws(RefusedContent) -> [UInt8]? {
    switch purpose {
    case .text: return nil
    case .secret: return try secret(content, identities)
    case .directoryOrPassword:
      let first = Self.unescaped(content).first
      return first == UInt8(ascii: "/") ? nil : try secret(content, identities)
    case .secretUnlessNumber: return SecretKey.isNumber(Self.unescaped(content)) ? nil : try secret(content, identities)
    case .login: return content.contains(UInt8(ascii: ":")) ? try secret(content, identities) : nil
    case .host: return try host(Self.unescaped(content), identities)
    case .user: return try user(Self.unescaped(content), identities)
    }
  }

  private func secret(_ content: [UInt8], _ identities: Identities) throws(RefusedContent) -> [UInt8]? {
    if content.isEmpty || content.elementsEqual(Placeholder.token.utf8) { return content }
    return try identities.replacement(for: .token)
  }

  /// A name, with a port or without, or whatever else there is with a name in it. Addresses are left to those who know them.
  private func host(_ name: [UInt8], _ identities: Identities) throws(RefusedContent) -> [UInt8]? {
    let host = name.prefix { $0 != UInt8(ascii: ":") }
    let port = name.dropFirst(host.count)
    guard !host.isEmpty, host.count <= 253, port.dropFirst().allSatisfy(\.isDigit),
      host.allSatisfy({ ByteSet.domain.contains($0) || $0 == UInt8(ascii: "_") }),
      host.contains(where: { ByteSet.word.contains($0) && !$0.isDigit })
    else {
      return isNameLeft(name) ? try identities.replacement(for: .host(Self.lowercased(name))) : nil
    }
    if host.map(\.folded).starts(with: Self.localhost) { return nil }
    let bytes = Array(host)
    if let (placeholder, end) = Placeholder.at(0, in: bytes.span), end == bytes.count || bytes[end] == UInt8(ascii: ".")
    {
      identities.reserve(placeholder)
      return nil
    }
    return try identities.replacement(for: .host(Self.lowercased(bytes))).map { $0 + port }
  }

  private func user(_ name: [UInt8], _ identities: Identities) throws(RefusedContent) -> [UInt8]? {
    isNameLeft(name) ? try identities.replacement(for: .user(Self.lowercased(name))) : nil
  }

  private static let localhost = Array("localhost".utf8)

  /// Whether there is a name in a value beside what is found in it as in any text: a word with a letter in it that is not the
  /// same everywhere.
  private func isNameLeft(_ value: [UInt8]) -> Bool {
    let text = value.span
    var scanner = Scanner(.forms, vocabulary, isPlain: false)
    var at = 0
    while at < text.count {
      var position = at
      let finding = scanner.next(text, &position, limit: text.count)
      let end = finding?.start ?? text.count
      while at < end {
        let word = value[at..<end].prefix { ByteSet.word.contains($0) || $0 == UInt8(ascii: "_") }
        if word.contains(where: { !$0.isDigit }), !isCommon(word, text) { return true }
        at += max(word.count, 1)
      }
      at = finding?.end ?? text.count
      // The zone of an address.
      if case .ipv6 = finding?.subject, at < text.count, text[at] == UInt8(ascii: "%") {
        at += 1 + value[(at + 1)...].prefix { ByteSet.key.contains($0) }.count
      }
    }
    return false
  }

  private func isCommon(_ word: ArraySlice<UInt8>, _ text: Span<UInt8>) -> Bool {
    word.elementsEqual("root".utf8) || word.map(\.folded) == Self.localhost
      || Placeholder.has("://", at: word.endIndex, in: text)
  }

  private static func lowercased(_ name: [UInt8]) -> String { String(decoding: name.map(\.folded), as: UTF8.self) }
}
