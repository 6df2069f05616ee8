import Clibgit2

/// The environment this process was started with.
package enum ProcessEnvironment {
  /// The variables as they are now; of a repeated one the first counts, as for `getenv`.
  package static var current: [String: String] {
    var result: [String: String] = [:]
    guard var entry = daypass_environment() else { return result }
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let equals = pair.firstIndex(of: "=") {
        let name = String(pair[..<equals])
        if result[name] == nil { result[name] = String(pair[pair.index(after: equals)...]) }
      }
      entry += 1
    }
    return result
  }
}
