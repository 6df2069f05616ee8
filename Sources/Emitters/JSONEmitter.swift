import Grants
import Reconciler

/// `effective.json`, in the canonical form of grant files (docs/format.md).
enum JSONEmitter {
  /// Written as it goes: a set of ten thousand grants as one value takes longer than judging them.
  static func bytes(of set: EffectiveSet) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(4_096 + set.size * 160)
    func member(_ name: StaticString, _ value: JSONValue) {
      put(name, to: &out)
      value.write(to: &out, indent: 1)
    }
    member("{\n  \"disputes\": ", .array(set.disputes.map(dispute)))
    member(",\n  \"generatedAt\": ", .string(set.generatedAt.description))
    member(",\n  \"head\": ", .string(set.head.hex))
    member(",\n  \"policy\": ", .string(set.policy.hex))
    member(",\n  \"repository\": ", .string(set.repository))
    put(",\n  \"roles\": ", to: &out)
    put(roles: set.roles, to: &out)
    member(",\n  \"schema\": ", .string(EffectiveSet.schema))
    member(",\n  \"validUntil\": ", .string(set.validUntil.description))
    put("\n}\n", to: &out)
    return out
  }

  private static func put(
    roles: [RoleName: [Principal: [EffectiveSet.Support]]], to out: inout [UInt8]
  ) {
    guard !roles.isEmpty else { return put("{}", to: &out) }
    var isFirst = true
    for (role, holders) in roles.sorted(by: { $0.key < $1.key }) {
      put(isFirst ? "{\n    " : ",\n    ", to: &out)
      isFirst = false
      JSONValue.write(role.name, to: &out)
      put(": ", to: &out)
      put(holders, to: &out)
    }
    put("\n  }", to: &out)
  }

  private static func put(
    _ holders: [Principal: [EffectiveSet.Support]], to out: inout [UInt8]
  ) {
    guard !holders.isEmpty else { return put("{}", to: &out) }
    var isFirst = true
    for (holder, supports) in holders.sorted(by: { $0.key < $1.key }) {
      put(isFirst ? "{\n      " : ",\n      ", to: &out)
      isFirst = false
      JSONValue.write(holder.name, to: &out)
      put(supports.isEmpty ? ": [" : ": [\n        ", to: &out)
      for (index, support) in supports.enumerated() {
        if index > 0 { put(",\n        ", to: &out) }
        put("{\n          \"expiresAt\": \"", to: &out)
        out += support.expiresAt.description.utf8
        put("\",\n          \"grant\": \"", to: &out)
        out += support.grant.description.utf8
        if support.scope.isEmpty {
          put("\"\n        }", to: &out)
        } else {
          put("\",\n          \"scope\": ", to: &out)
          JSONValue.object(support.scope.map { ($0, .string($1)) }).write(to: &out, indent: 5)
          put("\n        }", to: &out)
        }
      }
      put(supports.isEmpty ? "]" : "\n      ]", to: &out)
    }
    put("\n    }", to: &out)
  }

  private static func put(_ text: StaticString, to out: inout [UInt8]) {
    out.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// - Parameter repository: named in each entry, where there are several.
  static func holders(
    _ holders: [Principal: [EffectiveSet.Support]], of repository: String?
  ) -> JSONValue {
    .object(
      holders.map { holder, supports in
        (holder.name, .array(supports.map { support($0, of: repository) }))
      })
  }

  private static func support(
    _ support: EffectiveSet.Support, of repository: String?
  ) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("grant", .string(support.grant.description)),
      ("expiresAt", .string(support.expiresAt.description)),
    ]
    if let repository { members.append(("repository", .string(repository))) }
    if !support.scope.isEmpty {
      members.append(("scope", .object(support.scope.map { ($0, .string($1)) })))
    }
    return .object(members)
  }

  static func dispute(_ dispute: EffectiveSet.Disagreement) -> JSONValue {
    .object([
      ("path", .string(dispute.path)), ("rule", .string(dispute.rule)),
      ("commit", .string(dispute.commit.hex)), ("sentence", .string(dispute.sentence)),
    ])
  }
}
