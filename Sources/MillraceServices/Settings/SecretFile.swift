import LinuxCalls
import SystemPackage

/// A file with a secret in its first line. Read at the start, when blocking is no matter.
enum SecretFile {
  static func read(_ path: String) throws(SettingsError) -> String {
    do throws(Errno) {
      let text = String(decoding: try Linux.content(ofPath: path), as: UTF8.self)
      return String(text.prefix { !$0.isNewline })
    } catch {
      throw SettingsError("\(path): the token cannot be read: \(error)")
    }
  }
}
