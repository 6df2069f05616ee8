import Grants
import Reconciler

/// `effective.json`, in the canonical form of grant files (docs/format.md).
enum JSONEmitter {
  static func bytes(of set: EffectiveSet) -> [UInt8] {
    JSONValue.object([
      ("schema", .string(EffectiveSet.schema)),
      ("repository", .string(set.repository)),
      ("head", .string(set.head.hex)),
      ("policy", .string(set.policy.hex)),
      ("generatedAt", .string(set.generatedAt.description)),
      ("validUntil", .string(set.validUntil.description)),
      ("roles", .object(set.roles.map { ($0.name, holders($1, of: nil)) })),
      ("disputes", .array(set.disputes.map(dispute))),
    ]).canonicalBytes
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
