import Clibgit2
import Glibc
import History

/// Governed files lie in the work tree byte for byte as they were signed, whatever attributes the
/// tree or the user has: `info/attributes` of a clone outranks all others.
extension GitRepository {
  private static let exemptions = ["policies", "grants"].map {
    "/\($0)/** -text -filter -ident -eol -working-tree-encoding"
  }
  private static let remark = "# daypass: governed files lie here as they were signed."

  /// What is in the way of that: an attribute, or a setting that turns line ends; nil if nothing is.
  ///
  /// - Throws: ``HistoryError`` if git cannot be asked.
  package func attributeTrouble() async throws(HistoryError) -> HistoryError? {
    let exempt = Set(try readInfoAttributes()).isSuperset(of: Self.exemptions)
    guard !exempt, workTree != nil else { return nil }
    let paths = [
      "policies/daypass.yaml", "policies/allowed_signers", "policies/roles/x.yaml",
      "grants/pending/x.json", "grants/active/x.json", "grants/closed/x.json",
    ]
    for path in paths {
      for attribute in FilterAttribute.allCases {
        let value = try attributeValue(attribute.rawValue, of: path)
        do { try attribute.refuse(value, at: path) } catch { return error }
      }
    }
    if try await configuration("core.autocrlf") == "true" {
      return HistoryError(
        .unsupported, "core.autocrlf turns the line ends of governed files.",
        hint: "git config core.autocrlf input")
    }
    return nil
  }

  /// Exempts governed files from attributes, in this clone alone.
  ///
  /// - Throws: ``HistoryError`` if the file cannot be written.
  package func exemptGovernedFiles() throws(HistoryError) {
    let lines = try readInfoAttributes()
    let missing = Self.exemptions.filter { !lines.contains($0) }
    guard !missing.isEmpty else { return }
    try writeInfoAttributes(lines + [Self.remark] + missing)
  }

  // MARK: The file

  private var infoAttributes: String { commonDirectory + "/info/attributes" }

  func readInfoAttributes() throws(HistoryError) -> [String] {
    guard let file = try FileBytes.readIfPresent(infoAttributes, limit: 1 << 20) else { return [] }
    return String(decoding: file.bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init).dropLast(while: \.isEmpty)
  }

  func writeInfoAttributes(_ lines: [String]) throws(HistoryError) {
    let path = infoAttributes
    guard !lines.isEmpty || access(path, F_OK) == 0 else { return }
    mkdir(commonDirectory + "/info", 0o777)
    let temporary = path + ".\(getpid()).tmp"
    let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw HistoryError(.unreadable, "Cannot write \(path): \(String(cString: strerror(errno)))")
    }
    defer { Glibc.close(descriptor) }
    do {
      try MemoryFile.write(
        Array(lines.map { $0 + "\n" }.joined().utf8), to: descriptor, named: temporary)
    } catch {
      unlink(temporary)
      throw HistoryError(.unreadable, "Cannot write \(path): \(error)")
    }
    guard rename(temporary, path) == 0 else {
      throw HistoryError(.unreadable, "Cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }

  private func attributeValue(
    _ name: String, of path: String
  ) throws(HistoryError) -> String {
    try withHandle { (handle) throws(HistoryError) in
      var value: UnsafePointer<CChar>?
      try Libgit2.call("read the attributes of \(path)") {
        git_attr_get(&value, handle, 0, path, name)
      }
      return switch git_attr_value(value) {
      case GIT_ATTR_VALUE_TRUE: "set"
      case GIT_ATTR_VALUE_FALSE: "unset"
      case GIT_ATTR_VALUE_STRING: value.map { String(cString: $0) } ?? ""
      default: "unspecified"
      }
    }
  }
}

extension Array {
  /// Without the elements at its end that fulfil the condition.
  fileprivate func dropLast(while isSurplus: (Element) -> Bool) -> [Element] {
    Array(prefix((lastIndex { !isSurplus($0) } ?? -1) + 1))
  }
}
