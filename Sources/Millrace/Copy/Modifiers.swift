/// Those who look on as bytes go by. `skip` is how many bytes of the copy they do not see: those that a wrapper
/// further out put in front.
struct Modifiers: Sendable {
  var observers: [Observer] = []
  var rates: [Rate] = []
  var tees: [TeeRequest] = []
  var hashers: [HashRequest] = []

  var isEmpty: Bool { observers.isEmpty && rates.isEmpty && tees.isEmpty && hashers.isEmpty }

  mutating func skip(_ count: Int) {
    for index in observers.indices { observers[index].skip += count }
    for index in tees.indices { tees[index].skip += count }
    for index in hashers.indices { hashers[index].skip += count }
  }

  mutating func add(_ more: Modifiers) {
    // Most copies have none, and adding nothing to nothing makes an array.
    if !more.observers.isEmpty { observers += more.observers }
    if !more.rates.isEmpty { rates += more.rates }
    if !more.tees.isEmpty { tees += more.tees }
    if !more.hashers.isEmpty { hashers += more.hashers }
  }
}

/// A rate that a copy keeps to.
enum Rate: Sendable {
  /// Bytes a second of its own.
  case own(Int)
  case shared(RateLimit)
}

struct Observer: Sendable {
  var skip: Int
  let call: @Sendable (CopyProgress) -> Void
  /// How many bytes the copy has taken in the end, delivered or given back, and whether the source has failed.
  var settled: (@Sendable (Int, Bool) -> Void)?
}

struct TeeRequest: Sendable {
  var skip: Int
  let tee: Tee
}

struct HashRequest: Sendable {
  var skip: Int
  let hasher: any ByteHasher
}
