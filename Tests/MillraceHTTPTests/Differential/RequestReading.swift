import HTTPTypes

@testable import MillraceHTTP

/// What a reader made of bytes: of the first request in them.
struct RequestReading: Equatable {
  struct Head: Equatable {
    var method: String
    var target: String
    var minorVersion: Int
    var names: [String]
    var values: [String]

    func isSame(as other: Head, value: (String) -> String) -> Bool {
      method == other.method && target == other.target && minorVersion == other.minorVersion && names == other.names
        && values.map(value) == other.values.map(value)
    }
  }

  enum Progress: Equatable {
    /// For more of the head, or of the body where there is a head.
    case waits
    case ended
    case refused(String)
  }

  var head: Head?
  var body: [UInt8] = []
  var progress = Progress.waits

  var reason: String? {
    guard case .refused(let reason) = progress else { return nil }
    return reason
  }

  /// Both make the same of the same bytes. Where one waits for more of a head that the other refuses, neither has taken
  /// anything.
  func isLike(_ other: RequestReading) -> Bool {
    guard head == other.head else { return false }
    if head == nil { return progress != .ended && other.progress != .ended }
    switch (progress, other.progress) {
    case (.waits, .waits), (.ended, .ended): return body == other.body
    case (.refused, .refused): return true
    default: return false
    }
  }

  /// By ours; and how many bytes it took.
  static func ofOurs(_ bytes: [UInt8]) -> (reading: RequestReading, length: Int) {
    var reading = RequestReading()
    do throws(HeadFault) {
      let length = try reading.read(bytes)
      return (reading, length)
    } catch {
      reading.progress = .refused("\(error.status) \(error.description)")
      return (reading, 0)
    }
  }

  private mutating func read(_ bytes: [UInt8]) throws(HeadFault) -> Int {
    guard let read = try RequestHead(bytes) else { return 0 }
    head = Head(
      method: read.method.rawValue, target: read.target, minorVersion: read.minorVersion,
      names: read.index.fields.map { read.text($0.name) }, values: read.index.fields.map { read.text($0.value) })
    var at = read.length
    switch read.framing {
    case .none, .untilClose: progress = .ended
    case .length(let count):
      let end = at + Int(min(count, Int64(bytes.count - at)))
      body = Array(bytes[at..<end])
      if Int64(end - at) == count { progress = .ended }
      at = end
    case .chunked:
      var reader = ChunkedReader()
      reading: while true {
        switch try reader.read(bytes.span, from: &at) {
        case .content(let place): body += bytes[place]
        case .ended:
          progress = .ended
          break reading
        case .needsMore: break reading
        }
      }
    }
    return at
  }

  /// What follows a head that is whole.
  static func behindHead(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    guard case .complete(let length) = HeadVerdict.ofRequest(bytes) else { return [] }
    return bytes[length...]
  }
}
