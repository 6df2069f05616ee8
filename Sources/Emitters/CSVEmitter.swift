import Grants
import Reconciler

/// One line a supporting grant, for spreadsheets and shell loops (RFC 4180, LF line ends).
enum CSVEmitter {
  static let header = "role,holder,grant,expires_at,scope"

  static func bytes(of set: EffectiveSet) -> [UInt8] { text([header] + rows(of: set)) }

  static func text(_ lines: [String]) -> [UInt8] {
    Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  static func rows(of set: EffectiveSet) -> [String] {
    var lines: [String] = []
    for (role, holders) in set.roles.sorted(by: { $0.key < $1.key }) {
      for (holder, supports) in holders.sorted(by: { $0.key < $1.key }) {
        for support in supports {
          let scope = support.scope.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }.joined(separator: ";")
          let fields = [
            role.name, holder.name, support.grant.description, support.expiresAt.description, scope,
          ]
          lines.append(fields.map(quoted).joined(separator: ","))
        }
      }
    }
    return lines
  }

  static func quoted(_ field: String) -> String {
    // A spreadsheet takes a field that begins with one of these for a formula.
    let isFormula = field.first.map { "=+-@".contains($0) } ?? false
    let safe = isFormula ? "'" + field : field
    guard safe.contains(where: { ",\"\n".contains($0) }) else { return safe }
    return "\""
      + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
