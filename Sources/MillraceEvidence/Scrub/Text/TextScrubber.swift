/// Scrubs texts that come in pieces of any size, one after the other: first of the secrets that were given, wherever they
/// stand, and then of what has a form. What the second pass sees is what it would see in the scrubbed text.
struct TextScrubber {
  private let identities: Identities
  private var secrets: TextStage?
  private var forms: TextStage

  init(
    _ vocabulary: Vocabulary, _ identities: Identities, encoding: TextEncoding = .none,
    window: ScrubWindow = ScrubWindow()
  ) {
    self.identities = identities
    if !vocabulary.secrets.isEmpty { secrets = TextStage(.secrets, vocabulary, encoding, window: window) }
    forms = TextStage(.forms, vocabulary, encoding, window: window)
  }

  /// Takes another piece, and writes what is decided by it.
  mutating func feed(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) throws(RefusedContent) {
    if secrets == nil {
      forms.pending.append(contentsOf: bytes)
    } else {
      secrets?.pending.append(contentsOf: bytes)
      try secrets?.process(isFinal: false, identities, into: &forms.pending)
    }
    try forms.process(isFinal: false, identities, into: &output)
  }

  /// The text ends here; another one may begin.
  mutating func end(into output: inout [UInt8]) throws(RefusedContent) {
    try secrets?.process(isFinal: true, identities, into: &forms.pending)
    try forms.process(isFinal: true, identities, into: &output)
    begin(url: .none)
  }

  /// Begins a text. `url` says whether it is a URL from its first byte on.
  mutating func begin(url: Scanner.URLState) {
    secrets?.begin(url: .none)
    forms.begin(url: url)
  }

  /// A text that is there as a whole.
  mutating func scrub(
    _ text: [UInt8], url: Scanner.URLState = .none, into output: inout [UInt8]
  ) throws(RefusedContent) {
    begin(url: url)
    try feed(text[...], into: &output)
    try end(into: &output)
  }
}
