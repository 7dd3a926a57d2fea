/// The mark of one state of a representation: an ETag, or a member of If-Match and If-None-Match. RFC 9110 §8.8.3
package struct EntityTag: Hashable, Sendable {
  /// What stands between the quotes: visible ASCII without the quote itself, or nothing.
  package let opaque: String
  /// Whether it stands for all representations that are as good as each other, and not for exactly the same bytes.
  package let isWeak: Bool

  /// Nil where a byte of `opaque` may not stand between the quotes. Bytes beyond ASCII are refused, though the grammar
  /// has them (`obs-text`): a server that never sends any is never sent one back.
  package init?(opaque: String, isWeak: Bool = false) {
    guard opaque.utf8.allSatisfy(Self.isOpaque) else { return nil }
    self.opaque = opaque
    self.isWeak = isWeak
  }

  /// Reads one tag, `"xyzzy"` or `W/"xyzzy"`, and nothing around it.
  package init?(parsing value: String) {
    var cursor = FieldCursor(value)
    guard let tag = cursor.takeEntityTag(), cursor.isAtEnd else { return nil }
    self = tag
  }

  /// As a field has it.
  package var text: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }

  /// Whether both mean the same bytes: If-Match and If-Range ask so. RFC 9110 §8.8.3.2
  package func matchesStrongly(_ other: EntityTag) -> Bool {
    !isWeak && !other.isWeak && opaque == other.opaque
  }

  /// Whether one would do for the other: If-None-Match asks so. RFC 9110 §8.8.3.2
  package func matchesWeakly(_ other: EntityTag) -> Bool {
    opaque == other.opaque
  }

  /// `etagc` without `obs-text`
  fileprivate static func isOpaque(_ byte: UInt8) -> Bool {
    0x21...0x7e ~= byte && byte != UInt8(ascii: "\"")
  }
}

/// The value of If-Match or If-None-Match. RFC 9110 §13.1.1, §13.1.2
package enum EntityTags: Equatable, Sendable {
  /// `*`: whatever there is.
  case any
  /// One or more, in the order of the field.
  case tags([EntityTag])

  /// Nil where anything in it is malformed, or nothing is in it. Whitespace around the members and empty members are
  /// tolerated. RFC 9110 §5.6.1.2
  package init?(parsing value: String) {
    var cursor = FieldCursor(value)
    cursor.skipWhitespace()
    if cursor.take("*") {
      cursor.skipWhitespace()
      guard cursor.isAtEnd else { return nil }
      self = .any
      return
    }
    var tags: [EntityTag] = []
    cursor.skipEmptyMembers()
    while !cursor.isAtEnd {
      guard let tag = cursor.takeEntityTag(), cursor.endMember() else { return nil }
      tags.append(tag)
    }
    guard !tags.isEmpty else { return nil }
    self = .tags(tags)
  }
}

extension FieldCursor {
  fileprivate mutating func takeEntityTag() -> EntityTag? {
    let isWeak = take("W/")
    guard take("\"") else { return nil }
    let opaque = takeRun(where: EntityTag.isOpaque)
    guard take("\"") else { return nil }
    return EntityTag(opaque: String(Substring(opaque)), isWeak: isWeak)
  }
}
