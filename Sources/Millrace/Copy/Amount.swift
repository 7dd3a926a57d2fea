/// Numbers as people read them.
package enum Amount {
  /// "17 B", "4.0 KiB", "1.5 GiB".
  package static func bytes(_ count: Int) -> String {
    guard count >= 1024 else { return "\(count) B" }
    var value = Double(count)
    var unit = -1
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return "\(tenths(value)) \(units[unit])"
  }

  /// "0.4 ms", "3.2 s", "2 min 5 s".
  package static func seconds(_ seconds: Double) -> String {
    if seconds < 1 { return "\(tenths(seconds * 1000)) ms" }
    if seconds < 60 { return "\(tenths(seconds)) s" }
    let whole = Int(seconds)
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  private static func tenths(_ value: Double) -> String {
    let rounded = (value * 10).rounded()
    return "\(Int(rounded) / 10).\(Int(rounded) % 10)"
  }
}
