import LinuxCalls
import Millrace
import MillraceHTTP
import Reactors
import SystemPackage

/// Lists directories, in the blocking pool: names, and what each of them is.
final class DirectoryLister: Sendable {
  private let root: ServedRoot
  private let hasDotFiles: Bool
  private let headers: [UInt8]
  /// Pages on their way, for whoever reads one slowly has it kept in memory: twice, here and behind its head.
  private let pages: ByteBudget

  init(_ configuration: FileServerConfiguration, _ root: ServedRoot) {
    self.root = root
    hasDotFiles = configuration.dotFiles
    pages = ByteBudget(most: configuration.listingBytes)
    headers = configuration.headers.flatMap { Array("\($0.name): \($0.value)\r\n".utf8) }
  }

  /// An answer that is ready.
  struct Listing: Sendable {
    var status = 200
    var contentType = ""
    var page: [UInt8] = []
    var headers: [UInt8] = []

    func write(to head: borrowing HeadIndex, into response: ResponseBuffer) -> ReadyAnswer {
      guard status == 200 else {
        let fields = status == 503 ? "Retry-After: 1\r\n" : ""
        return ErrorResponse(status, fields: fields).write(to: head, into: response)
      }
      response.beginHead(200)
      // It changes with whatever is put into the directory, and nothing tells.
      response.add(text: "Content-Type: \(contentType)\r\nCache-Control: no-cache\r\nVary: Accept\r\n")
      response.add(headers)
      response.addLength(Int64(page.count))
      response.endHead()
      if head.method == .head { return .inBuffer(status: 200, body: 0) }
      response.add(page)
      return .inBuffer(status: 200, body: page.count)
    }
  }

  /// Lists what is at `path`; the page counts as on its way until it is given to ``release(_:)``. Where too much is on its way
  /// already, this is a 503.
  func list(_ path: DecodedPath, for head: RequestHead, on reactor: Reactor) async -> Listing {
    let order = ListingOrder(query: head.query ?? "")
    let wantsJSON = head.joined(.accept).map(Self.prefersJSON) ?? false
    let listing = await reactor.blockingPool.run(waitingFor: .disk) { self.make(path, order, wantsJSON) }
    guard listing.status == 200 else { return listing }
    return pages.take(listing.page.count) ? listing : Listing(status: 503)
  }

  func release(_ listing: Listing) {
    if listing.status == 200 { pages.giveBack(listing.page.count) }
  }

  private static func prefersJSON(_ accept: String) -> Bool {
    accept.contains("application/json") && !accept.contains("text/html")
  }

  private func make(_ path: DecodedPath, _ order: ListingOrder, _ wantsJSON: Bool) -> Listing {
    var listing = Listing(headers: headers)
    do throws(Errno) {
      let entries = try entries(of: FileFinder.relative(path))
      let names = path.segments.map(Array.init)
      if wantsJSON {
        listing.contentType = "application/json"
        listing.page = ListingJSON(path: names, entries: entries, order: order).bytes()
      } else {
        listing.contentType = "text/html; charset=utf-8"
        listing.page =
          ListingPage(path: names, entries: entries, order: order, hasParent: !names.isEmpty).bytes()
      }
    } catch {
      listing.status =
        error == .permissionDenied || error == .notPermitted ? 403 : error == .noSuchFileOrDirectory ? 404 : 500
    }
    return listing
  }

  private func isShown(_ name: [UInt8]) -> Bool {
    hasDotFiles ? !IncomingFile.isStaged(name) : name.first != UInt8(ascii: ".")
  }

  /// What could be fetched: links that lead nowhere, or where they may not lead, are left out.
  private func entries(of directory: [UInt8]) throws(Errno) -> [ListingEntry] {
    let found = try root.open(directory, cachedOnly: false)
    defer { try? Linux.close(found.number) }
    var entries: [ListingEntry] = []
    for name in try Linux.entries(of: found.number) where isShown(name) {
      guard var facts = try? Linux.facts(beneath: found.number, name) else { continue }
      if facts.kind == .link {
        let path = directory.isEmpty ? name : directory + [UInt8(ascii: "/")] + name
        guard let target = try? root.open(path, cachedOnly: false) else { continue }
        try? Linux.close(target.number)
        facts = target.facts
      }
      entries.append(
        ListingEntry(
          name: name, kind: facts.kind == .regular ? .file : facts.kind == .directory ? .directory : .other,
          size: facts.size, modified: facts.modified / 1_000_000_000))
    }
    return entries
  }
}
