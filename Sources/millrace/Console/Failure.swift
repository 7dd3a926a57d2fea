import Millrace

/// Why the program stops, as one sentence for the person who started it.
struct Failure: Error {
  let sentence: String

  init(_ sentence: String) { self.sentence = sentence }
}

/// Does `body`; an error of an endpoint is a sentence already.
func explained<Value>(_ body: () async throws(EndpointError) -> Value) async throws(Failure) -> Value {
  do throws(EndpointError) {
    return try await body()
  } catch {
    throw Failure(error.description)
  }
}
