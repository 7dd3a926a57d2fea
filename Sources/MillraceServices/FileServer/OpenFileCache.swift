import LinuxCalls
import MillraceHTTP

/// Files that are open, by the target that they were asked for with: a small file then costs neither an open nor a
/// question. Belongs to a reactor's thread.
///
/// What is in it is believed for `validity`, and then looked at again. It keeps at most `most` files, compressed
/// neighbours among them, and of those that nobody asks for any more none for longer than two sweeps: a descriptor
/// holds the room of a file that was deleted.
struct OpenFileCache {
  /// An answer to a target.
  final class Entry {
    /// The target up to its query.
    let target: [UInt8]
    let file: ServedFile
    /// When it was looked at, in the nanoseconds of `Linux.now`.
    var checked: Int64
    fileprivate var isUsed = true

    init(_ target: [UInt8], _ file: ServedFile, at now: Int64) {
      self.target = target
      self.file = file
      checked = now
    }
  }

  private let most: Int
  private let validity: Int64
  private let seed = UInt64.random(in: .min ... .max)
  private var places: [UInt64: Int] = [:]
  private var entries: [Entry] = []
  private var hand = 0
  /// Of all entries: a file may have its compressed neighbours with it.
  private var descriptors = 0

  /// - Parameters:
  ///   - most: 0 keeps none.
  ///   - validity: in nanoseconds.
  init(most: Int, validity: Int64) {
    self.most = most
    self.validity = validity
    places.reserveCapacity(min(most, 1024))
  }

  var count: Int { entries.count }

  /// What is known of a target; nil where nothing is.
  func entry(for bytes: Span<UInt8>, _ target: Range<Int>) -> Entry? {
    guard let place = places[hash(bytes, target)] else { return nil }
    let entry = entries[place]
    guard Self.isSame(entry.target, bytes, target) else { return nil }
    entry.isUsed = true
    return entry
  }

  func isFresh(_ entry: Entry, at now: Int64) -> Bool { now - entry.checked < validity }

  /// Keeps `file` for `target`, in the place of what was there.
  mutating func keep(_ file: ServedFile, for target: [UInt8], at now: Int64) {
    let key = hash(target.span, 0..<target.count)
    // The same target, or another with the same hash, which then is not kept any more.
    if let place = places[key] { remove(at: place, key) }
    guard file.descriptors <= most else { return }
    while descriptors + file.descriptors > most {
      let place = unusedPlace()
      remove(at: place, hash(of: entries[place]))
    }
    places[key] = entries.count
    entries.append(Entry(target, file, at: now))
    descriptors += file.descriptors
  }

  mutating func forget(_ entry: Entry) {
    let key = hash(of: entry)
    guard let place = places[key], entries[place] === entry else { return }
    remove(at: place, key)
  }

  /// Lets go of everything.
  mutating func clear() {
    places = [:]
    entries = []
    descriptors = 0
  }

  /// Lets go of what nobody has asked for since the last sweep.
  mutating func sweep() {
    var place = 0
    while place < entries.count {
      if entries[place].isUsed {
        entries[place].isUsed = false
        place += 1
      } else {
        remove(at: place, hash(of: entries[place]))
      }
    }
  }

  private mutating func remove(at place: Int, _ key: UInt64) {
    places[key] = nil
    descriptors -= entries[place].file.descriptors
    let last = entries.removeLast()
    guard place < entries.count else { return }
    entries[place] = last
    places[hash(of: last)] = place
  }

  /// The clock algorithm: the first, from where the hand stands, that was not used since the hand was there.
  private mutating func unusedPlace() -> Int {
    while true {
      if hand >= entries.count { hand = 0 }
      let entry = entries[hand]
      defer { hand += 1 }
      if !entry.isUsed { return hand }
      entry.isUsed = false
    }
  }

  private func hash(of entry: Entry) -> UInt64 {
    let target = entry.target
    return hash(target.span, 0..<target.count)
  }

  /// FNV-1a from a place that nobody outside knows: who could choose targets with one hash could only have them opened
  /// each time.
  private func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    var hash = seed
    for place in range { hash = (hash ^ UInt64(bytes[place])) &* 0x100_0000_01b3 }
    return hash ^ (hash >> 29)
  }

  private static func isSame(_ target: [UInt8], _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard target.count == range.count else { return false }
    for (offset, place) in range.enumerated() where target[offset] != bytes[place] { return false }
    return true
  }
}
