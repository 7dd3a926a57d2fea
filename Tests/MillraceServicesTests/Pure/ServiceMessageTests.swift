import Millrace
@testable import MillraceServices
import Testing

@Suite("A service manager")
struct ServiceMessageTests {
  @Test("is told in its own words")
  func texts() {
    #expect(ServiceMessage.ready(status: "relaying at a", process: nil).text == "READY=1\nSTATUS=relaying at a")
    #expect(ServiceMessage.ready(status: "x", process: 7).text == "READY=1\nSTATUS=x\nMAINPID=7")
    #expect(ServiceMessage.reloading(nanoseconds: 1_234_567).text == "RELOADING=1\nMONOTONIC_USEC=1234")
    #expect(ServiceMessage.reloaded.text == "READY=1")
    #expect(ServiceMessage.stopping(status: "draining").text == "STOPPING=1\nSTATUS=draining")
    #expect(ServiceMessage.alive.text == "WATCHDOG=1")
    #expect(ServiceMessage.mainProcess(9).text == "MAINPID=9")
    #expect(ServiceMessage.status("unix:/a\nMAINPID=1").text == "STATUS=unix:/a MAINPID=1")
  }

  @Test("is there where NOTIFY_SOCKET names it")
  func environment() {
    #expect(ServiceManager.fromEnvironment([:]) == nil)
    #expect(ServiceManager.fromEnvironment(["NOTIFY_SOCKET": "vsock:2:1"]) == nil)
    #expect(ServiceManager.fromEnvironment(["NOTIFY_SOCKET": "@name"]) != nil)
  }

  @Test("wants signs of life of the process that WATCHDOG_PID names, or of whichever it is, twice in its time")
  func watchdog() {
    func interval(_ environment: [String: String]) -> Duration? {
      ServiceManager.signOfLife(environment, process: 100)
    }
    #expect(interval(["WATCHDOG_USEC": "30000000"]) == .seconds(15))
    #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "100"]) == .seconds(15))
    #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "99"]) == nil)
    #expect(interval(["WATCHDOG_USEC": "0"]) == nil)
    #expect(interval([:]) == nil)
  }

  @Test("that is not there, or takes nothing, holds nobody up")
  func absent() throws {
    let nobody = try #require(ServiceManager.fromEnvironment(["NOTIFY_SOCKET": "@millrace-nobody"]))
    nobody.reloading()
    nobody.reloaded()
  }

  /// given a manager whose queue is full; when it takes messages again; then it gets those that had to wait, in their order.
  @Test("whose queue is full gets what it was told later, in order", .timeLimit(.minutes(8)))
  func full() async throws {
    let receiver = try DatagramReceiver()
    let manager = ServiceManager(at: receiver.address, signOfLife: nil)
    var told = 0
    // net.unix.max_dgram_qlen and one or two more; what waits has room for 16.
    let room = try receiver.fill()
    for _ in 0..<10 {
      manager.tell(.status("\(told)"))
      told += 1
    }
    for _ in 0..<room { #expect(try await receiver.next() == "x") }
    for number in 0..<told { #expect(try await receiver.next() == "STATUS=\(number)") }
  }
}
