/// Where a copy reads.
///
/// The library's own endpoints and wrappers are sources. A type of yours becomes one by saying what it stands for in
/// ``sourceShape``: as a wrapper it describes the source it wraps, and the kernel route is kept; with nothing to
/// describe it reads by itself, as a ``ByteReader``.
///
/// ```swift
/// struct Upload: ByteSource {
///   let connection: Connection
///   let alreadyRead: [UInt8]
///   let length: Int
///   var sourceShape: SourceShape {
///     connection.sourceShape.prefixed(by: alreadyRead).limited(to: length)
///   }
/// }
/// ```
public protocol ByteSource: Sendable {
  /// What a copy takes its bytes from.
  var sourceShape: SourceShape { get }
}

/// Where a copy writes.
///
/// A type of yours becomes one by saying what it stands for in ``sinkShape``; with nothing to describe it writes by
/// itself, as a ``ByteWriter``.
public protocol ByteSink: Sendable {
  /// What a copy gives its bytes to.
  var sinkShape: SinkShape { get }
}

/// A source that brings a fast path of its own.
public protocol DirectByteSource: ByteSource {
  /// A way of the source's own to `sink`, tried before any route. Nil when there is none for this sink: nothing has
  /// been moved then, and the copy goes on by the routes.
  ///
  /// - Parameter limit: the most bytes to move; nil is all.
  func copyDirectly(to sink: any ByteSink, limit: Int?) async throws -> DirectCopy?
}

/// A sink that brings a fast path of its own.
public protocol DirectByteSink: ByteSink {
  /// A way of the sink's own from `source`, tried before any route. Nil when there is none for this source: nothing has
  /// been moved then, and the copy goes on by the routes.
  ///
  /// - Parameter limit: the most bytes to move; nil is all.
  func copyDirectly(from source: any ByteSource, limit: Int?) async throws -> DirectCopy?
}

/// What a fast path of someone else's did.
public struct DirectCopy: Sendable, Equatable {
  /// Bytes delivered.
  public var delivered: Int
  /// What the way is called, for the report.
  public var name: String

  /// A copy of `delivered` bytes by the way called `name`.
  public init(delivered: Int, name: String) {
    self.delivered = delivered
    self.name = name
  }
}

/// A type that reads by itself, without a descriptor that the kernel could read from.
///
/// While a copy awaits one of its calls, a deadline or an idle timeout of the copy is seen when the call returns, and no
/// sooner: a reader that may wait for long has a time limit of its own. Cancelling the copy's task reaches the call, as
/// it reaches every call of a task.
public protocol ByteReader: Sendable {
  /// The next bytes, at least one and at most `most`; empty at the end of the stream. Not called again after that.
  func read(upTo most: Int) async throws -> [UInt8]
}

/// A type that writes by itself, without a descriptor that the kernel could write to. Deadlines and cancellation as
/// with ``ByteReader``.
public protocol ByteWriter: Sendable {
  /// Takes some of `bytes`, at least one, from the front; answers how many.
  func write(_ bytes: ArraySlice<UInt8>) async throws -> Int
  /// The end of the stream, where the copy passes it on.
  func finish() async throws
}

extension ByteWriter {
  /// Nothing to do.
  public func finish() async throws {}
}
