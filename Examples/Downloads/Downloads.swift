import HTTPTypes
import Logging
import Millrace
import MillraceHTTP
import MillraceServices
import ServiceLifecycle

/// A server of your own: /image is a file by sendfile, /echo sends back what comes, and everything else is a 404. With
/// `--stay` it stays at http://127.0.0.1:8081/; without, it is asked once, and ends.
@main
struct Downloads {
  static func main() async throws {
    let image = try await File.temporary()
    try await copy(from: Bytes(String(repeating: "millrace ", count: 1 << 20)), to: image)
    let size = Int(try await image.size())
    let logger = Logger(label: "downloads")
    let stays = CommandLine.arguments.contains("--stay")

    let listen = ServiceAddress.tcp(host: "127.0.0.1", port: stays ? 8081 : 0)
    let server = HTTPServer(HTTPServerConfiguration(listen: [listen]), logger: logger) { request, responder in
      switch request.path {
      case "/image":
        try await responder.send(HTTPResponse(status: .ok), file: image.section(offset: 0, length: size))
      case "/echo":
        let body = try await request.body(atMost: 1 << 20)
        try await responder.send(HTTPResponse(status: .ok), from: body, length: request.bodyLength)
      default: throw HTTPFailure(.notFound, "there are /image and /echo")
      }
    }

    let group = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigint, .sigterm], logger: logger)
    if stays { return try await group.run() }
    let address = try await server.bind()[0]
    async let running: Void = group.run()
    print("the answer: \(try await ask(address))")
    await group.triggerGracefulShutdown()
    try await running
  }

  static func ask(_ address: Address) async throws -> CopyReport {
    let connection = try await Connection.connect(to: address)
    try await connection.write(Array("GET /image HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n".utf8))
    return try await copy(from: connection, to: File.temporary())
  }
}
