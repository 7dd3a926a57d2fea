import Glibc

/// The figures that a comparison looks at together, and what each can learn from the others.
struct Family {
  /// How many they are. The more, the surer each has to be: of a hundred, one is unlikely by itself.
  let count: Int
  /// Of each figure, how noisy its rounds usually are: the variance of their logarithms, the median over all cells of both
  /// runs. Five rounds that happen to be close together by luck are the most frequent false alarm of all, and what is usual
  /// exposes them.
  let variances: [Figure: Double]

  /// A figure that is looked at by itself.
  static let alone = Family(count: 1, variances: [:])

  init(count: Int, variances: [Figure: Double]) {
    self.count = count
    self.variances = variances
  }

  /// The figures that both cells of these pairs have.
  init(_ pairs: [(old: Cell, new: Cell)]) {
    var count = 0
    var all: [Figure: [Double]] = [:]
    for (old, new) in pairs where old.outcome == .measured && new.outcome == .measured {
      for figure in Figure.allCases {
        let sides = [old, new].map { figure.values(of: $0).compactMap(\.self) }
        guard sides.allSatisfy({ !$0.isEmpty }) else { continue }
        count += 1
        all[figure, default: []] += sides.filter { $0.allSatisfy { $0 > 0 } }
          .compactMap { WelchTest.variance($0.map { log($0) }) }
      }
    }
    self.count = count
    variances = all.compactMapValues { $0.isEmpty ? nil : $0.sorted().middle }
  }
}
