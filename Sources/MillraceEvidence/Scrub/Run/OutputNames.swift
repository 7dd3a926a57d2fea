import LinuxCalls
import SystemPackage

/// The names of what is written: scrubbed like text, and no two the same.
struct OutputNames {
  private let directory: String
  private var text: TextScrubber
  /// By the path of the input.
  private var known: [String: String] = [:]
  private var taken: Set<String> = []

  init(_ directory: String, _ text: TextScrubber) {
    self.directory = directory
    self.text = text
  }

  /// The path for an item, below the output directory; the directory that it is in comes before it.
  mutating func path(of item: Inputs.Item) throws(RefusedContent) -> String {
    let parent = item.parent.flatMap { known[$0] } ?? directory
    let name = try scrubbed(item.name)
    var path = "\(parent)/\(name)"
    var number = 2
    while !taken.insert(path).inserted {
      path = "\(parent)/\(Self.numbered(name, number))"
      number += 1
    }
    known[item.path] = path
    return path
  }

  /// A name with what it holds replaced.
  mutating func scrubbed(_ name: String) throws(RefusedContent) -> String {
    var scrubbed: [UInt8] = []
    try text.scrub(Array(name.utf8), into: &scrubbed)
    return String(decoding: scrubbed, as: UTF8.self)
  }

  /// "[token].log" becomes "[token]-2.log".
  private static func numbered(_ name: String, _ number: Int) -> String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "\(name)-\(number)" }
    return "\(name[..<dot])-\(number)\(name[dot...])"
  }
}
