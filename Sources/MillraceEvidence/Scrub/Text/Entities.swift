/// The entities of HTML that have names: those that hide what a scanner goes by, and the letters of Latin-1. HTML knows
/// two thousand more, mathematical signs and arrows for the most part, which no name or address is written with.
enum Entities {
  private static let punctuation: [String: UInt32] = [
    "Tab": 0x09, "NewLine": 0x0A, "excl": 0x21, "quot": 0x22, "QUOT": 0x22, "num": 0x23, "dollar": 0x24,
    "percnt": 0x25, "amp": 0x26, "AMP": 0x26, "apos": 0x27, "lpar": 0x28, "rpar": 0x29, "ast": 0x2A, "midast": 0x2A,
    "plus": 0x2B, "comma": 0x2C, "period": 0x2E, "sol": 0x2F, "colon": 0x3A, "semi": 0x3B, "lt": 0x3C, "LT": 0x3C,
    "equals": 0x3D, "gt": 0x3E, "GT": 0x3E, "quest": 0x3F, "commat": 0x40, "lsqb": 0x5B, "lbrack": 0x5B, "bsol": 0x5C,
    "rsqb": 0x5D, "rbrack": 0x5D, "Hat": 0x5E, "lowbar": 0x5F, "UnderBar": 0x5F, "grave": 0x60, "lcub": 0x7B,
    "lbrace": 0x7B, "verbar": 0x7C, "vert": 0x7C, "rcub": 0x7D, "rbrace": 0x7D, "hyphen": 0x2010, "dash": 0x2010,
    "ndash": 0x2013, "mdash": 0x2014,
  ]

  /// U+00A0 and on, in their order.
  private static let latin = """
    nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro \
    para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil \
    Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
    Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml \
    igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute \
    thorn yuml
    """

  private static let scalars: [String: Unicode.Scalar] = {
    var scalars = punctuation.compactMapValues { Unicode.Scalar($0) }
    for (place, name) in latin.split(separator: " ").enumerated() {
      scalars[String(name)] = Unicode.Scalar(UInt32(0xA0 + place))
    }
    return scalars
  }()

  /// The entity whose name begins at `start`, behind the ampersand; its semicolon is part of it.
  static func named(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> (scalar: Unicode.Scalar, next: Int)? {
    var at = start
    while at < end, at - start < 9, ByteSet.alphanumeric.contains(text[at]) { at += 1 }
    guard at > start + 1, at < end, text[at] == UInt8(ascii: ";") else { return nil }
    var name = ""
    for place in start..<at { name.unicodeScalars.append(Unicode.Scalar(text[place])) }
    return scalars[name].map { ($0, at + 1) }
  }
}
