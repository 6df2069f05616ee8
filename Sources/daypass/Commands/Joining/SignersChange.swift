import GitStore
import Grants
import History
import Ledger
import Policies
import Signatures
import Submission

/// New keys of one principal, on their way into the policy: the change is made upon what is in
/// force, whatever lies in the working tree, and goes the way of `policy commit`.
struct SignersChange {
  let principal: Principal
  let keys: [PublicKeyLine]
  let options: ProofOptions

  func carryOut(
    _ global: GlobalOptions, _ writing: WritingOptions, _ offer: OfferOptions
  ) async throws {
    let proofs = try options.armors()
    if proofs.isEmpty, !options.withoutProof { throw Self.unproven(principal, keys[0]) }
    let desk = try await PolicyDesk.open(global, writing)
    let new = try fresh(among: desk.believed)
    guard !new.isEmpty else {
      return Terminal.write(
        "Nothing to do: \(principal) has \(keys.count == 1 ? "that key" : "those keys") already\n")
    }
    try check(proofs, of: new, desk)
    let believed = try FileTree.read(desk.believed.tree, from: desk.session.repository)
    let files = try PolicyFiles(files: adding(new, to: believed, desk), folder: nil)
      .numbered(desk.nextSerial)
    let tree = try FileTree.write(files.files, to: desk.session.repository)
    let policy = try files.parsed(tree)
    noteStanding(policy, among: desk.believed)
    guard try desk.confirm(policy, writing, "Sign policy \(desk.nextSerial)?") else { return }
    let words = new.count == 1 ? "a key" : "\(new.count) keys"
    let subject = offer.message ?? "Add \(words) of \(principal)"
    if desk.quorum == 1 {
      try await PolicyCommitCommand.land(tree, files, was: files, subject, desk)
    } else {
      try await PolicyCommitCommand.offer(tree, files, subject, desk, on: offer.branch)
    }
  }

  /// A key alone lets nobody ask for what only groups may ask for; and a name may be mistyped.
  private func noteStanding(_ new: PolicySnapshot, among believed: PolicySnapshot) {
    let policy = new.policy
    guard !policy.groups.values.contains(where: { $0.contains(principal) }),
      !policy.isAdmin(principal), !policy.isReconciler(principal)
    else { return }
    let known = believed.signers.entries.map(\.principal)
    let guess =
      known.contains(principal.name)
      ? nil : known.first { Closest.distance($0, principal.name) == 1 }
    Notice.warn(
      "\(principal) is in no group; what they may ask for: daypass roles --as \(principal)"
        + (guess.map { ". Or did you mean \($0)?" } ?? ""))
  }

  /// Those that the principal has not got yet.
  ///
  /// - Throws: ``Failure`` where one is another's.
  private func fresh(among believed: PolicySnapshot) throws -> [PublicKeyLine] {
    if let other = believed.signers.entries.map(\.principal).first(where: {
      $0 != principal.name && $0.lowercased() == principal.name.lowercased()
    }) {
      throw Failure(
        .failed, "\(principal) differs from \(other) only in upper and lower case",
        hint: "Say \(other).")
    }
    return try keys.filter { key in
      let known = believed.signers.entries.first { $0.key.material == key.key.material }
      guard let known else { return true }
      guard known.principal == principal.name else {
        throw Failure(
          .denied,
          "the key \(key.key.fingerprint) is \(known.principal)'s already "
            + "(\(PolicyFile.signers):\(known.line)); a key speaks for one principal",
          hint: "\(principal) makes one of their own: ssh-keygen -t ed25519")
      }
      guard known.key == key.key else {
        throw Failure(
          .denied,
          "\(principal) has that key already as \(known.key.type.rawValue) "
            + "(\(PolicyFile.signers):\(known.line))",
          hint: "Take that line out first: edit policies/allowed_signers, daypass policy commit")
      }
      return false
    }
  }

  private func check(
    _ proofs: [(file: String, armor: [UInt8])], of keys: [PublicKeyLine], _ desk: PolicyDesk
  ) throws {
    for key in keys {
      let proof = KeyProof(
        repository: desk.believed.policy.name, root: desk.session.ledger.root,
        principal: principal, line: key.line)
      let faults = proofs.map { ($0.file, proof.fault(in: $0.armor, by: key.key)) }
      if faults.contains(where: { $0.1 == nil }) {
        Terminal.writeError("\(key.key.fingerprint) has proved to be \(principal)'s\n")
      } else if options.withoutProof {
        Notice.warn("nobody has proved that \(key.key.fingerprint) is \(principal)'s")
      } else {
        guard let (file, fault) = faults.first, let fault, keys.count == 1 else {
          throw Self.unproven(principal, key)
        }
        throw Failure(
          .denied, "\(Words.safe(file)) proves nothing: \(fault)",
          hint: "Let them make it anew: daypass key prove --as \(principal) > key.proof")
      }
    }
  }

  private static func unproven(_ principal: Principal, _ key: PublicKeyLine) -> Failure {
    Failure(
      .denied, "nothing proves that \(key.key.fingerprint) is \(principal)'s",
      hint: "They prove it: daypass key prove --as \(principal) > key.proof\n"
        + "and you add: --proof key.proof\n"
        + "If you know it in another way: --without-proof")
  }

  /// The believed files with a line for each key at the end of `allowed_signers`.
  private func adding(
    _ keys: [PublicKeyLine], to files: [String: [UInt8]], _ desk: PolicyDesk
  ) -> [String: [UInt8]] {
    // A reconciler signs what it writes as well.
    let spaces = desk.believed.policy.isReconciler(principal) ? "git,daypass" : "git"
    var text = files["allowed_signers"] ?? []
    if let last = text.last, last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
    for key in keys {
      text += Array("\(principal) namespaces=\"\(spaces)\" \(key.line)\n".utf8)
    }
    return files.merging(["allowed_signers": text]) { $1 }
  }
}

extension FileTree {
  /// The files of a directory, by path, as ``write(_:to:)`` takes them.
  static func read(
    _ tree: ObjectID, from reader: any HistoryReader
  ) throws(HistoryError) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for entry in try reader.tree(tree).entries {
      if entry.isTree {
        for (path, bytes) in try read(entry.id, from: reader) {
          files["\(entry.name)/\(path)"] = bytes
        }
      } else {
        files[entry.name] = try reader.read(entry.id, limit: 1 << 20).bytes
      }
    }
    return files
  }
}
