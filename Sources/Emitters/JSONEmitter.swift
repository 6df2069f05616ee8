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
      ("roles", .object(set.roles.map { ($0.name, holders($1)) })),
      ("disputes", .array(set.disputes.map(dispute))),
    ]).canonicalBytes
  }

  private static func holders(_ holders: [Principal: [EffectiveSet.Support]]) -> JSONValue {
    .object(holders.map { ($0.name, .array($1.map(support))) })
  }

  private static func support(_ support: EffectiveSet.Support) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("grant", .string(support.grant.description)),
      ("expiresAt", .string(support.expiresAt.description)),
    ]
    if !support.scope.isEmpty {
      members.append(("scope", .object(support.scope.map { ($0, .string($1)) })))
    }
    return .object(members)
  }

  private static func dispute(_ dispute: EffectiveSet.Disagreement) -> JSONValue {
    .object([
      ("path", .string(dispute.path)), ("rule", .string(dispute.rule)),
      ("commit", .string(dispute.commit.hex)), ("sentence", .string(dispute.sentence)),
    ])
  }
}
