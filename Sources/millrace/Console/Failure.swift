/// Why the program stops, as one sentence for the person who started it.
struct Failure: Error {
  let sentence: String

  init(_ sentence: String) { self.sentence = sentence }
}
