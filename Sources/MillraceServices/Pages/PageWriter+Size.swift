extension PageWriter {
  /// A number of bytes for people: `13 B`, `4.0 KiB`, `1.2 MiB`, up to EiB.
  mutating func size(_ bytes: UInt64) {
    guard bytes >= 1024 else {
      decimal(bytes)
      return literal(" B")
    }
    // Rounded to tenths first, for 1,048,575 is 1.0 MiB and not 1024.0 KiB.
    var shift: UInt64 = 10
    var tenths = Self.tenths(bytes, shift)
    while tenths >= 10_240, shift < 60 {
      shift += 10
      tenths = Self.tenths(bytes, shift)
    }
    decimal(tenths / 10)
    literal(".")
    decimal(tenths % 10)
    switch shift {
    case 10: literal(" KiB")
    case 20: literal(" MiB")
    case 30: literal(" GiB")
    case 40: literal(" TiB")
    case 50: literal(" PiB")
    default: literal(" EiB")
    }
  }

  /// Tenths of 2 to the power of `shift`, rounded. Whole units and the rest apart: ten times an EiB is more than 64
  /// bits hold beside anything else.
  private static func tenths(_ bytes: UInt64, _ shift: UInt64) -> UInt64 {
    let unit: UInt64 = 1 << shift
    return bytes / unit * 10 + (bytes % unit * 10 + unit / 2) / unit
  }
}
