import LinuxCalls

/// Which symbolic links beneath the root are followed.
public enum LinkPolicy: String, Sendable, CaseIterable {
  /// Those that lead to a place beneath the root, by a relative path. openat2(2), RESOLVE_BENEATH
  case inside
  /// The same, where the link and what it leads to have the same owner.
  case sameOwner = "same-owner"
  /// None.
  case none

  var resolution: PathResolution {
    switch self {
    case .inside: [.beneath, .noMagicLinks]
    case .sameOwner, .none: [.beneath, .noMagicLinks, .noLinks]
    }
  }
}
