/// Text that is markup already. It comes from elements alone, and whatever a String says is escaped on the way into one, so
/// that no name from a command line becomes an element.
///
/// What is made is HTML for browsers and well-formed XML at once: every element is closed, every attribute quoted.
struct Markup: Sendable {
  /// The markup.
  let source: String

  private init(source: String) { self.source = source }

  /// This text, and nothing of it markup.
  init(_ text: String) {
    source = Self.escape(text)
  }

  /// These, one after the other.
  init(_ parts: [Markup]) {
    source = parts.map(\.source).joined()
  }

  /// Nothing.
  static let nothing = Markup([])

  /// An element with attributes, of which those without a value are left out, and what is inside.
  static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String?>, _ inside: Markup
  ) -> Markup {
    let attributes = attributes.compactMap { name, value in value.map { " \(name)=\"\(escape($0))\"" } }.joined()
    let inside = inside.source
    // HTML knows empty elements by name, and takes `<td/>` for one that is never closed.
    if inside.isEmpty, emptyElements.contains(name) { return Markup(source: "<\(name)\(attributes)/>") }
    return Markup(source: "<\(name)\(attributes)>\(inside)</\(name)>")
  }

  /// The style sheet, which browsers read as it stands and XML does not: it must have no `<` and no `&`.
  static func style(_ sheet: StaticString) -> Markup {
    Markup(source: "<style>\(sheet)</style>")
  }

  /// The whole document.
  var document: String { "<!DOCTYPE html>\n\(source)\n" }

  private static let emptyElements: Set = [
    "br", "meta", "path", "line", "rect", "circle", "polyline",
  ]

  private static func escape(_ text: String) -> String {
    text.printable.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }
}

/// Puts the lines of a closure one after the other.
@resultBuilder
enum MarkupBuilder {
  static func buildExpression(_ text: String) -> Markup { Markup(text) }
  static func buildExpression(_ markup: Markup) -> Markup { markup }
  static func buildExpression(_ markup: Markup?) -> Markup { markup ?? .nothing }
  static func buildBlock(_ parts: Markup...) -> Markup { Markup(parts) }
  static func buildArray(_ parts: [Markup]) -> Markup { Markup(parts) }
  static func buildOptional(_ part: Markup?) -> Markup { part ?? .nothing }
  static func buildEither(first: Markup) -> Markup { first }
  static func buildEither(second: Markup) -> Markup { second }
}

/// An element, and what is inside.
func tag(
  _ name: String, _ attributes: KeyValuePairs<String, String?> = [:],
  @MarkupBuilder _ inside: () -> Markup = { .nothing }
) -> Markup {
  .element(name, attributes, inside())
}
