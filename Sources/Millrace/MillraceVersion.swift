/// The version of this package.
public enum MillraceVersion {
  /// As tags have it.
  public static let text = "0.1.0"
}
