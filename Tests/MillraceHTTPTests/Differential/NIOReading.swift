import NIOCore
import NIOEmbedded
import NIOHTTP1

extension RequestReading {
  /// By the decoder of SwiftNIO, which is llhttp.
  static func ofNIO(_ bytes: [UInt8]) -> RequestReading {
    withDecoder { decoder in decoder.feed(bytes[...]) }
  }

  /// Whether the decoder of SwiftNIO has the first request end after so many bytes, and not one before.
  static func endsInNIO(_ bytes: [UInt8], after length: Int) -> Bool {
    var endsBefore = false
    let reading = withDecoder { decoder in
      decoder.feed(bytes[..<(length - 1)])
      endsBefore = decoder.reading.progress != .waits
      decoder.feed(bytes[(length - 1)..<length])
    }
    return !endsBefore && reading.progress == .ended
  }

  private static func withDecoder(_ body: (Decoder) -> Void) -> RequestReading {
    let decoder = Decoder()
    body(decoder)
    return decoder.reading
  }

  private final class Decoder {
    private let channel = EmbeddedChannel(
      handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
    private(set) var reading = RequestReading()

    func feed(_ bytes: ArraySlice<UInt8>) {
      guard reading.progress == .waits, !bytes.isEmpty else { return }
      var failure: String?
      do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { failure = "\(error)" }
      while reading.progress == .waits, let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
        take(part)
      }
      if reading.progress == .waits, let failure { reading.progress = .refused(failure) }
    }

    private func take(_ part: HTTPServerRequestPart) {
      switch part {
      case .head(let head):
        reading.head = Head(
          method: head.method.rawValue, target: head.uri, minorVersion: head.version.minor,
          names: head.headers.map(\.name),
          values: head.headers.map(\.value))
      case .body(let buffer): reading.body += buffer.readableBytesView
      case .end: reading.progress = .ended
      }
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }
  }
}
