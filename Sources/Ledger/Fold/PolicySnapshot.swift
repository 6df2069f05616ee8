import Grants
import History
import Policies
import Signatures

/// The believed `policies/`: its tree, what its files say, and whose keys they list.
package struct PolicySnapshot: Sendable {
  package let tree: ObjectID
  package let policy: Policy
  /// The same, saying why not, but never why.
  let judging: Policy
  package let signers: AllowedSigners
  /// Everybody a grant can be for: people with a key and members of groups.
  package let known: Set<Principal>

  init(
    tree: ObjectID, policy: Policy, signers: AllowedSigners, known: Set<Principal>
  ) {
    self.tree = tree
    self.policy = policy
    var judging = policy
    judging.isTerse = true
    self.judging = judging
    self.signers = signers
    self.known = known
  }

  /// The most files, and bytes a file, that are read.
  private static let mostFiles = 2_000
  private static let largestFile = 1 << 20

  /// Reads `policies/` from the store.
  ///
  /// - Returns: the snapshot, or what is wrong with it.
  /// - Throws: ``LedgerError`` where the store cannot be read.
  static func read(
    _ tree: ObjectID, reader: TreeReader
  ) throws(LedgerError) -> Result<PolicySnapshot, PolicyFault> {
    if let known = reader.policy(tree) { return known }
    var files: [String: [UInt8]] = [:]
    if let fault = try collect(tree, prefix: "", into: &files, reader: reader) {
      return .failure(PolicyFault(problems: [fault]))
    }
    let read = parse(tree, files: files)
    reader.keep(read, as: tree, size: files.values.reduce(0) { $0 + $1.count })
    return read
  }

  /// Reads the policy's files from memory; `tree` is only noted.
  package static func parse(
    _ tree: ObjectID, files: [String: [UInt8]]
  ) -> Result<PolicySnapshot, PolicyFault> {
    let policy: Policy
    do {
      policy = try Policy(files: files)
    } catch {
      let problems = error.problems.map {
        "\($0)"
      }
      return .failure(
        PolicyFault(problems: problems, isUnknownSchema: error.code != .invalid))
    }
    let signers: AllowedSigners
    do {
      signers = try AllowedSigners(parsing: files["allowed_signers"] ?? [])
    } catch {
      return .failure(
        PolicyFault(
          problems: error.problems.map { "policies/allowed_signers:\($0.line): \($0.sentence)" }))
    }
    var known = policy.groups.values.reduce(into: Set<Principal>()) { $0.formUnion($1) }
    var problems: [String] = []
    for entry in signers.entries {
      guard let principal = Principal(entry.principal) else {
        problems.append(
          "policies/allowed_signers:\(entry.line): \(entry.principal) is no principal")
        continue
      }
      known.insert(principal)
    }
    known.subtract(policy.reconcilers)
    let everybody = known.union(policy.admins).union(policy.reconcilers)
    let spellings = Dictionary(grouping: everybody) { $0.name.lowercased() }
    for twins in spellings.values where twins.count > 1 {
      let names = twins.sorted().map(\.name).joined(separator: " and ")
      problems.append("policies: \(names) differ only by letter case")
    }
    guard problems.isEmpty else { return .failure(PolicyFault(problems: problems.sorted())) }
    return .success(
      PolicySnapshot(tree: tree, policy: policy, signers: signers, known: known))
  }

  /// The person whose key that is, if it is listed.
  func principal(of key: PublicKey) -> (Principal, AllowedSigners.Entry)? {
    guard let entry = signers.entry(for: key), let principal = Principal(entry.principal) else {
      return nil
    }
    return (principal, entry)
  }

  /// The admins who have a key that is valid at that moment.
  package func adminsWithUsableKey(at moment: Timestamp) -> [Principal] {
    policy.admins.filter { admin in
      signers.entries(of: admin.name).contains { $0.isValid(at: moment.seconds) }
    }
  }

  private static func collect(
    _ tree: ObjectID, prefix: String, into files: inout [String: [UInt8]], reader: TreeReader
  ) throws(LedgerError) -> String? {
    guard prefix.count(where: { $0 == "/" }) < 4, let record = try reader.tree(tree) else {
      return "policies/\(prefix) is no well-formed directory"
    }
    for entry in record.entries {
      let path = prefix + entry.name
      if entry.isTree {
        let fault = try collect(entry.id, prefix: path + "/", into: &files, reader: reader)
        if let fault { return fault }
        continue
      }
      guard entry.isFile else {
        return "policies/\(Text.printable(path)) is no plain file (mode "
          + "\(String(entry.mode, radix: 8)); only 100644 is allowed)"
      }
      guard files.count < mostFiles,
        let bytes = try reader.blob(entry.id, limit: largestFile)
      else { return "policies/\(Text.printable(path)) is too large, or there are too many files" }
      files[path] = bytes
    }
    return nil
  }
}

/// Why `policies/` is not valid.
package struct PolicyFault: Error, Sendable, Equatable {
  package let problems: [String]
  /// Whether it is of a schema, or uses keys of the design, that this version does not know: then
  /// it is not bad, it cannot be judged yet.
  package let isUnknownSchema: Bool

  init(problems: [String], isUnknownSchema: Bool = false) {
    self.problems = problems
    self.isUnknownSchema = isUnknownSchema
  }
}
