import Grants
import Reconciler

extension Emitter {
  /// The name of a union's file in an output directory: none of a single repository's, so that
  /// neither is ever taken for the other.
  package var unionFileName: String { "effective-union.\(rawValue)" }

  package func bytes(of union: EffectiveUnion) -> [UInt8] {
    switch self {
    case .json: JSONEmitter.bytes(of: union)
    case .csv: CSVEmitter.bytes(of: union)
    }
  }
}

extension JSONEmitter {
  /// `effective-union.json`: as `effective.json`, but each role is named `repository/role`.
  static func bytes(of union: EffectiveUnion) -> [UInt8] {
    let roles = union.members.flatMap { member in
      member.set.roles.map { role, holders in
        (
          "\(member.set.repository)/\(role.name)",
          JSONEmitter.holders(holders, of: member.set.repository)
        )
      }
    }
    return JSONValue.object([
      ("schema", .string(EffectiveUnion.schema)),
      ("generatedAt", .string(union.generatedAt.description)),
      ("validUntil", .string(union.validUntil.description)),
      ("repositories", .object(union.members.map { ($0.set.repository, member($0)) })),
      ("roles", .object(roles)),
      ("leftOut", .object(union.leftOut.map { ($0.repository, leftOut($0)) })),
    ]).canonicalBytes
  }

  private static func member(_ member: EffectiveUnion.Member) -> JSONValue {
    .object([
      ("root", .string(member.root.hex)), ("head", .string(member.set.head.hex)),
      ("policy", .string(member.set.policy.hex)),
      ("generatedAt", .string(member.set.generatedAt.description)),
      ("validUntil", .string(member.set.validUntil.description)),
      ("disputes", .array(member.set.disputes.map(JSONEmitter.dispute))),
    ])
  }

  private static func leftOut(_ repository: EffectiveUnion.LeftOut) -> JSONValue {
    // Grant files have no numbers, and what is canonical is theirs: the code is a string.
    .object([
      ("root", .string(repository.root.hex)), ("exitCode", .string("\(repository.status)")),
      ("sentence", .string(repository.sentence)),
    ])
  }
}

extension CSVEmitter {
  /// As the lines of one repository, each behind the repository's name.
  static func bytes(of union: EffectiveUnion) -> [UInt8] {
    let lines = union.members.flatMap { member in
      rows(of: member.set).map { quoted(member.set.repository) + "," + $0 }
    }
    return text(["repository,\(header)"] + lines)
  }
}
