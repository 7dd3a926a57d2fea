import Foundation
import Millrace
import SystemPackage
import Testing

@Suite("A report")
struct ReportTests {
  private func report(_ routes: RouteChoice = .automatic, bytes: Int = 100_000) async throws -> CopyReport {
    let source = try FedSource(.file, Pattern.bytes(bytes))
    let sink = try WatchedSink(.tcp)
    let report = try await Rig.attempt(source.endpoint, sink.endpoint, CopyOptions(routes: routes)).get()
    _ = try await source.rest()
    _ = try await sink.received()
    return report
  }

  @Test("is one line for people")
  func oneLine() async throws {
    let line = try await report().description
    #expect(line.hasPrefix("97.7 KiB by sendfile in "))
    #expect(line.contains("/s), "))
    #expect(line.contains(" system call"))
    #expect(!line.contains("\n"))
  }

  @Test("of nothing is short")
  func nothing() {
    #expect(CopyReport().description == "0 B in 0.0 ms, 0 system calls")
    #expect(CopyReport().mainRoute == nil)
  }

  @Test("names the reason of every better route that was not taken")
  func declined() async throws {
    let report = try await report(.without([.sendfile]))
    #expect(report.description.hasSuffix("; not by sendfile: excluded by the caller"))
    #expect(report.mainRoute == .buffered)
  }

  @Test("comes back from JSON as it was, with routes by name")
  func codable() async throws {
    for report in [try await report(), try await report(.only(.buffered)), try await report(.without([.sendfile]))] {
      let data = try JSONEncoder().encode(report)
      #expect(try JSONDecoder().decode(CopyReport.self, from: data) == report)
      let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let routes = try #require(json["bytesByRoute"] as? [String: Int])
      #expect(routes == [report.mainRoute?.rawValue ?? "": 100_000])
      #expect(json["end"] as? String == "sourceEnded")
      #expect(json["delivered"] as? Int == 100_000)
    }
  }

  static let causes: [(cause: CopyError.Cause, json: String)] = [
    (.call("send", .brokenPipe), #""call":"send","cause":"call","errno":"EPIPE""#),
    (.secondSink("write", .noSpace), #""call":"write","cause":"secondSink","errno":"ENOSPC""#),
    (.truncated(owed: 7), #""cause":"truncated","owed":7"#),
    (.overLimit(8), #""cause":"overLimit","limit":8"#),
    (.unsupported("it is a directory"), #""cause":"unsupported","reason":"it is a directory""#),
    (.routeUnavailable(.splice, reason: "no pipe"), #""cause":"routeUnavailable","reason":"no pipe","route":"splice""#),
    (.custom(Missing("gone")), #""cause":"custom","reason":"gone""#),
    (.cancelled, #""cause":"cancelled""#), (.deadline, #""cause":"deadline""#), (.idle, #""cause":"idle""#),
    (.closed, #""cause":"closed""#), (.otherDirection, #""cause":"otherDirection""#),
    (.sameFile, #""cause":"sameFile""#),
  ]

  @Test("of a failure has the cause in JSON, the residue as a count, and can be read again", arguments: causes)
  func failure(_ cause: CopyError.Cause, _ json: String) async throws {
    let error = CopyError(side: .sink, cause: cause, report: try await report(), residue: Bytes([1, 2, 3]))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(error)

    let record = try JSONDecoder().decode(CopyError.Record.self, from: data)
    #expect(record == error.record)
    #expect(record.report == error.report)
    var others = record
    others.report = CopyReport()
    let line = String(decoding: try encoder.encode(others), as: UTF8.self)
    let residue = #","residue":3,"#
    for part in json.split(separator: ",") { #expect(line.contains(part), "\(line)") }
    #expect(line.contains(residue) && line.contains(#""side":"sink""#))
  }

  @Test("counts CPU where it is asked to, and says nil where not")
  func cpu() async throws {
    #expect(try await report().userCPUSeconds != nil)
    let source = try FedSource(.pipe, [1])
    let sink = try WatchedSink(.unix)
    let unmeasured = try await Rig.attempt(source.endpoint, sink.endpoint, CopyOptions(measuresCPU: false)).get()
    #expect(unmeasured.userCPUSeconds == nil)
    #expect(unmeasured.systemCPUSeconds == nil)
    _ = try await source.rest()
    _ = try await sink.received()
  }
}

@Suite("A copy error")
struct CopyErrorTests {
  struct Boom: Error, CustomStringConvertible { let description = "boom" }

  static let sentences: [(CopyError.Side, CopyError.Cause, String)] = [
    (.source, .call("recv", .connectionReset), "reading failed in recv: Connection reset by peer"),
    (.sink, .call("pwrite", .noSpace), "writing failed in pwrite: No space left on device"),
    (.source, .truncated(owed: 12), "the source ended with 12 bytes still owed; it became shorter meanwhile"),
    (.copy, .cancelled, "the task was cancelled"),
    (.copy, .deadline, "the deadline passed"),
    (.copy, .idle, "no byte was delivered for as long as the idle timeout allows"),
    (.sink, .closed, "the sink was closed meanwhile"),
    (.sink, .unsupported("it is a directory"), "the sink cannot be copied to: it is a directory"),
    (.source, .unsupported("it is a directory"), "the source cannot be copied from: it is a directory"),
    (.copy, .sameFile, "the source and a sink are the same file, and the ranges overlap"),
    (.source, .overLimit(7), "the source has more than the limit of 7 bytes"),
    (.sink, .secondSink("splice", .brokenPipe), "the second sink failed in splice: Broken pipe"),
    (.source, .custom(Boom()), "the source failed: boom"),
    (
      .copy, .routeUnavailable(.splice, reason: "no pipe"),
      "the route splice was asked for and does not work: no pipe"
    ),
  ]

  @Test("is one sentence, with what was delivered", arguments: sentences)
  func sentence(_ side: CopyError.Side, _ cause: CopyError.Cause, _ sentence: String) {
    let error = CopyError(side: side, cause: cause, report: CopyReport())
    #expect(error.description == sentence + " (0 bytes delivered)")
    let withResidue = CopyError(side: side, cause: cause, report: CopyReport(), residue: Bytes("abc"))
    #expect(withResidue.description.hasSuffix("(0 bytes delivered, 3 taken and given back as residue)"))
  }

  @Test("has an errno where the kernel gave one")
  func errno() {
    let report = CopyReport()
    #expect(CopyError(side: .sink, cause: .call("send", .brokenPipe), report: report).errno == .brokenPipe)
    #expect(CopyError(side: .sink, cause: .secondSink("send", .brokenPipe), report: report).errno == .brokenPipe)
    #expect(CopyError(side: .copy, cause: .cancelled, report: report).errno == nil)
  }
}

@Suite("The abilities of the kernel")
struct KernelAbilitiesTests {
  @Test("are found by trying, each with a value and a line of what it means")
  func probe() throws {
    let abilities = KernelAbilities.probe().abilities
    #expect(
      abilities.map(\.name) == [
        "pipe capacity", "pipe-max-size", "pipe-user-pages-soft", "cachestat", "RWF_NOWAIT on pipes", "MSG_ZEROCOPY",
        "kernel TLS",
      ])
    for ability in abilities {
      #expect(!ability.value.isEmpty && !ability.meaning.isEmpty)
      #expect(!ability.meaning.contains("\n"))
      // A reason is the errno's symbol, which is what the meanings speak of.
      if ability.value.hasPrefix("no: ") { #expect(ability.value.dropFirst(4).allSatisfy { "A"..."Z" ~= $0 }) }
    }
    let decoded = try JSONDecoder().decode(KernelAbilities.self, from: JSONEncoder().encode(KernelAbilities.probe()))
    #expect(decoded.abilities.map(\.value) == abilities.map(\.value))
  }
}
