import Clibgit2
import History

/// Attributes that would make a file in the work tree other than the blob that was signed.
///
/// `text` is none of them: with it, git takes bytes that end their lines with LF as they are.
enum FilterAttribute: String, CaseIterable {
  case filter, eol, ident
  case encoding = "working-tree-encoding"

  /// - Parameter value: as `git check-attr` prints it.
  func refuse(_ value: String, at path: String) throws(HistoryError) {
    if ["unspecified", "unset"].contains(value) || (self == .eol && value == "lf") { return }
    let top = path.split(separator: "/").first ?? "*"
    throw HistoryError(
      .unsupported,
      "An attribute (\(rawValue)=\(value)) would change the file \(path) on its way to the work "
        + "tree.",
      hint: "Exempt it in .gitattributes: \(top)/** -filter -ident -eol -working-tree-encoding")
  }
}

extension WorkTree {
  /// Refuses paths with such attributes, without asking git.
  func refuseFilters(_ paths: [String]) throws(HistoryError) {
    try repository.withHandle { (handle) throws(HistoryError) in
      for path in paths {
        for attribute in FilterAttribute.allCases {
          var value: UnsafePointer<CChar>?
          try Libgit2.call("read the attributes of \(path)") {
            git_attr_get(&value, handle, 0, path, attribute.rawValue)
          }
          let text =
            switch git_attr_value(value) {
            case GIT_ATTR_VALUE_TRUE: "set"
            case GIT_ATTR_VALUE_FALSE: "unset"
            case GIT_ATTR_VALUE_STRING: value.map { String(cString: $0) } ?? ""
            default: "unspecified"
            }
          try attribute.refuse(text, at: path)
        }
      }
    }
  }
}
