import Foundation
import Testing

/// The requests of `Corpus/Requests.txt`, in their order.
enum RequestCorpus {
  static func load() throws -> [[UInt8]] {
    let file = try #require(Bundle.module.url(forResource: "Requests", withExtension: "txt", subdirectory: "Corpus"))
    let text = try String(contentsOf: file, encoding: .utf8)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { EscapedBytes.decode($0) }
  }
}
