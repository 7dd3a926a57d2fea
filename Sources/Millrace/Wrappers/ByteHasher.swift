/// Something that wants to see every byte, in order: a checksum or a digest.
///
/// Called on the copy's reactor or in the blocking pool, one call at a time. A class, for the copy does not give it
/// back.
public protocol ByteHasher: AnyObject, Sendable {
  /// The next bytes that were delivered.
  func update(_ bytes: RawSpan)
}
