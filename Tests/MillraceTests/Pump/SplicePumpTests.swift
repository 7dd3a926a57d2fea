import Testing

@testable import Millrace

@Suite("The splice pump")
struct SplicePumpTests {
  /// given a small limit and chunk; when everything that can happen happens, in every order; then no law is broken.
  @Test("keeps its laws in every sequence of events", arguments: [(0, 1), (1, 1), (2, 1), (3, 2), (4, 3), (7, 3)])
  func exhaustive(limit: Int, chunk: Int) {
    var histories = 0
    var broken: [String] = []
    func explore(_ model: PumpModel, _ history: [PumpEvent]) {
      var model = model
      if let law = model.brokenLaw() { broken.append("\(law) after \(history)") }
      guard broken.isEmpty else { return }
      guard model.end == nil, history.count < 9 else {
        histories += 1
        return
      }
      for event in model.possible {
        var next = model
        next.apply(event)
        explore(next, history + [event])
      }
    }
    explore(PumpModel(limit: limit, chunk: chunk), [])
    #expect(broken.isEmpty, "\(broken.first ?? "")")
    #expect(histories > 0)
  }

  /// given random limits and chunks; when random events happen until the end; then no law is broken, there is an end,
  /// and consumed is delivered and residue.
  @Test("keeps its laws in long random runs, and comes to an end")
  func random() {
    let seed = Seed.choose(for: "the pump at random")
    var generator = SeededGenerator(seed: seed)
    for run in 0..<2000 {
      let limit = Int.random(in: 0...5000, using: &generator)
      var model = PumpModel(limit: limit, chunk: Int.random(in: 1...2000, using: &generator))
      var steps = 0
      var law = model.brokenLaw()
      while law == nil, model.end == nil, steps < 100_000 {
        let possible = model.possible
        // What moves most, most of the time, so that a run is not all failures.
        let event = possible.filter { $0 != .sourceFailed && $0 != .sinkFailed && $0 != .sourceEnded }
        let pool = Int.random(in: 0..<200, using: &generator) == 0 ? possible : event
        guard let chosen = pool.randomElement(using: &generator) else { break }
        model.apply(chosen)
        law = model.brokenLaw()
        steps += 1
      }
      #expect(law == nil, "run \(run) of seed \(seed): \(law ?? "")")
      #expect(model.end != nil, "run \(run) of seed \(seed) does not end")
      switch model.end {
      case .finished, .sourceFailed: #expect(model.delivered == model.taken)
      case .sinkFailed(let residue): #expect(model.delivered + residue == model.taken)
      case nil: break
      }
    }
  }

  /// given a pipe whose slots are full of small pages; when a splice into it is refused with EAGAIN; then the pump
  /// pushes out first and asks the source again, for it was not the source that had nothing.
  @Test("takes EAGAIN for an empty source only when the pipe is empty")
  func ambiguousRefusal() {
    var pump = SplicePump(remaining: 100, chunk: 50)
    pump.drained(10)
    pump.drainBlocked()
    #expect(pump.next == .pump(10))
    pump.pumped(10)
    #expect(pump.next == .drain(50))
    pump.drainBlocked()
    #expect(pump.next == .waitReadable)
  }

  /// given a source that fails, and then a sink that fails, with bytes in the pipe; then the sink's failure is told, with
  /// every byte as residue.
  @Test("gives back to the byte what a failed sink did not take")
  func bothFail() {
    var pump = SplicePump(remaining: 100, chunk: 50)
    pump.drained(50)
    pump.sourceFailed(.ioError)
    #expect(pump.next == .pump(50))
    pump.pumped(20)
    pump.sinkFailed(.brokenPipe)
    #expect(pump.next == .salvage(.brokenPipe, 30))
  }

  /// given a limit set anew while bytes are held; then those bytes are delivered before the end.
  @Test("delivers what it holds when the limit is taken away")
  func limitSetAnew() {
    var pump = SplicePump(remaining: 100, chunk: 50)
    pump.drained(50)
    pump.setRemaining(0)
    #expect(pump.next == .pump(50))
    pump.pumped(50)
    #expect(pump.next == .finish)
  }
}
