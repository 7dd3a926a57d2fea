import LinuxCalls
import Reactors
import Testing

@Suite("A reactor's timers", .timeLimit(.minutes(8)))
struct TimersTests {
  /// Writes down when it fires, and comes again as often as it is told.
  private final class Alarm: TimerTarget {
    let number: Int
    var again: [Int64] = []
    private(set) lazy var entry = TimerEntry(self)
    private let fired: (Int) -> Void

    init(_ number: Int, fired: @escaping (Int) -> Void) {
      self.number = number
      self.fired = fired
    }

    func timerFired(at now: Int64) -> Int64? {
      fired(number)
      return again.isEmpty ? nil : again.removeFirst()
    }
  }

  private final class Log {
    var fired: [Int] = []
  }

  /// Small numbers are long past, these are far ahead.
  private static let future = Int64.max / 2..<Int64.max / 2 + 1_000

  @Test("fire in the order of their times, as a sorted list would, however they are set, moved and taken out")
  func likeASortedList() async throws {
    let seed = UInt64.random(in: .min ... .max)
    try await onReactor { reactor in
      var random = SeededGenerator(seed: seed)
      let log = Log()
      let alarms = (0..<64).map { Alarm($0) { log.fired.append($0) } }
      var model: [Int: Int64] = [:]

      for round in 0..<100 {
        for _ in 0..<Int.random(in: 0...100, using: &random) {
          let alarm = alarms[Int.random(in: 0..<alarms.count, using: &random)]
          switch Int.random(in: 0..<4, using: &random) {
          case 0:
            reactor.cancelTimer(alarm.entry)
            model[alarm.number] = nil
          case 1:
            let due = Int64.random(in: Self.future, using: &random)
            reactor.setTimer(alarm.entry, to: due)
            model[alarm.number] = due
          default:
            let due = Int64.random(in: 1...50, using: &random)
            reactor.setTimer(alarm.entry, to: due)
            model[alarm.number] = due
          }
        }
        for alarm in alarms { try #require(alarm.entry.isSet == (model[alarm.number] != nil)) }
        let due = model.filter { $0.value <= 50 }
        log.fired = []

        await turns()

        try #require(log.fired.map { due[$0] ?? -1 } == due.values.sorted(), "seed \(seed), round \(round)")
        try #require(Set(log.fired) == Set(due.keys), "seed \(seed), round \(round)")
        for number in due.keys { model[number] = nil }
        let timers = await reactor.metrics().timers
        try #require(timers == model.count, "seed \(seed), round \(round)")
      }
      for alarm in alarms { reactor.cancelTimer(alarm.entry) }
    }
  }

  @Test("one that answers with another time comes again then")
  func comesAgain() async throws {
    let fired = try await onReactor { reactor in
      let log = Log()
      let alarm = Alarm(1) { log.fired.append($0) }
      alarm.again = [5, 6]
      reactor.setTimer(alarm.entry, to: 1)

      await turns(3)

      #expect(!alarm.entry.isSet)
      return log.fired
    }
    #expect(fired == [1, 1, 1])
  }

  @Test("one may set another while it fires")
  func chain() async throws {
    let fired = try await onReactor { reactor in
      let log = Log()
      let second = Alarm(2) { log.fired.append($0) }
      let first = Alarm(1) {
        log.fired.append($0)
        reactor.setTimer(second.entry, to: 1)
      }
      reactor.setTimer(first.entry, to: 1)

      await turns(2)
      return log.fired
    }
    #expect(fired == [1, 2])
  }

  @Test("a timer does not fire before its time, and a sleeping reactor wakes for it")
  func notBefore() async throws {
    try await onReactor { reactor in
      let moment = Moment()
      let alarm = Alarm(1) { _ in moment.comes() }
      let due = Linux.now + 2_000_000
      reactor.setTimer(alarm.entry, to: due)

      await moment.came()

      #expect(Linux.now >= due)
      #expect(reactor.now >= due)
      #expect(!alarm.entry.isSet)
    }
  }

  @Test("taking out one that is not set does nothing")
  func notSet() async throws {
    try await onReactor { reactor in
      let alarm = Alarm(1) { _ in }
      reactor.cancelTimer(alarm.entry)
      reactor.setTimer(alarm.entry, to: .max)
      reactor.cancelTimer(alarm.entry)
      reactor.cancelTimer(alarm.entry)

      #expect(!alarm.entry.isSet)
    }
  }
}

/// SplitMix64: a test that failed is run again with the seed it printed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
