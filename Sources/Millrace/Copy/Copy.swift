@_exported public import Reactors
@_exported public import struct SystemPackage.Errno
@_exported public import struct SystemPackage.FileDescriptor
@_exported public import struct SystemPackage.FilePath
@_exported public import struct SystemPackage.FilePermissions

/// Copies bytes from `source` to `sink` by the cheapest route the kernel offers, until the source ends or the limit is
/// reached.
///
/// ```swift
/// let file = try await File.open("video.mp4")
/// let connection = try await Connection.connect(host: "example.org", port: 9000)
/// let report = try await copy(from: file, to: connection)
/// print(report)  // 1.2 GiB by sendfile in 0.9 s (1.3 GiB/s), 4911 system calls
/// ```
///
/// Runs on the reactor of the task; from outside a reactor, and from an actor, it hops onto that of the source or the
/// sink, and back.
/// Suspends while either side makes it wait; never blocks the thread.
///
/// Cancelling the task ends the copy with ``CopyError/Cause/cancelled``. Both ends stay usable after any error but
/// their own: what was taken and not delivered is the error's ``CopyError/residue``.
///
/// While a call of the copy is in the blocking pool, a cancellation or a time limit is seen when it returns: after a disk
/// has answered. Peers that stall are waited for outside of calls, as <doc:Reactors> says.
///
/// - Parameters:
///   - limit: the most bytes to copy; the smaller of this and ``CopyOptions/limit`` counts.
/// - Throws: ``CopyError``: which side failed, why, what was delivered, and the residue.
@discardableResult
public func copy<Source: ByteSource, Sink: ByteSink>(
  from source: Source, to sink: Sink, limit: Int? = nil, options: CopyOptions = CopyOptions()
) async throws(CopyError) -> CopyReport {
  let run = CopyRun(source, sink, limit, options, on: Reactor.confining(#isolation))
  if let transfer = run.transfer {
    await transfer.run()
    run.settle()
  } else {
    await run.performOtherwise()
  }
  return try run.outcome()
}
