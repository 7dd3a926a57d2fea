import HTTPTypes

// Fields that are set in code pass no reader of settings, and go into heads as they are.
extension FileServerConfiguration {
  /// Throws for a field that would not be one line of a head, or that is the server's own. RFC 9110 §5.5
  func checkFields() throws(SettingsError) {
    for rule in cacheControl where !HTTPField.isValidValue(rule.value) {
      throw SettingsError("the value of Cache-Control for '\(rule.pattern)' has bytes that no field has")
    }
    for rule in headers {
      if let objection = rule.objection { throw SettingsError("the header '\(rule.name)': \(objection)") }
    }
  }
}

extension FileServerConfiguration.HeaderRule {
  private static let ownNames: [HTTPField.Name] = [
    .contentLength, .transferEncoding, .connection, .date, .contentType, .contentRange, .eTag, .lastModified,
    .contentEncoding, .acceptRanges,
  ]

  /// Why it is no field that a server can be told to send; nil when it is one.
  var objection: String? {
    guard let name = HTTPField.Name(name), HTTPField.isValidValue(value) else {
      return "a field is expected, such as 'X-Frame-Options: DENY'"
    }
    return Self.ownNames.contains(name) ? "the server itself says \(name.rawName)" : nil
  }
}
