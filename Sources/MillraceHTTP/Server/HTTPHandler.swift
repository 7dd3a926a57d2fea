package import LinuxCalls
package import Millrace

/// Who answers the requests of one reactor's connections; on its thread.
package protocol HTTPHandler: AnyObject, Sendable {
  /// Answers without waiting for anything, into `response`; `.no` where that cannot be done, and nothing was added. Asked only
  /// for requests without a body.
  func answerAtOnce(_ head: borrowing HeadIndex, _ bytes: Span<UInt8>, into response: ResponseBuffer) -> ReadyAnswer

  /// Answers, and may wait. A responder that is dropped is a 500, and so is an error; one thrown when the answer has begun breaks
  /// the connection off.
  func respond(to request: IncomingRequest, with responder: consuming Responder) async throws

  /// Every connection has left, and no other comes: the handler lets go of what it holds, its timers among it. On the
  /// reactor's thread.
  func finish()
}

extension HTTPHandler {
  package func finish() {}
}

/// A response whose head is in a buffer.
package enum ReadyAnswer: Sendable {
  case no
  /// All of it is in the buffer; so many bytes of that are its body.
  case inBuffer(status: Int, body: Int)
  /// This part of a file follows.
  case section(status: Int, FileSlice)
  /// Parts of a file follow, each with bytes before it, and then these.
  case parts(status: Int, [(before: [UInt8], slice: FileSlice)], after: [UInt8])
}

/// A file that is open, as it was measured: what is announced is what is sent.
package final class MeasuredFile: Sendable {
  package let file: File
  package let facts: FileFacts

  package init(_ file: File, _ facts: FileFacts) {
    self.file = file
    self.facts = facts
  }

  package var size: Int64 { facts.size }
}

/// Part of it.
package struct FileSlice: Sendable {
  package let measured: MeasuredFile
  package let offset: Int64
  package let length: Int64

  package init(_ measured: MeasuredFile, offset: Int64, length: Int64) {
    self.measured = measured
    self.offset = offset
    self.length = length
  }

  var section: FileSection { measured.file.section(offset: offset, length: Int(length)) }
}
