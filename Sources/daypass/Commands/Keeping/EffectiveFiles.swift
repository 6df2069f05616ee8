import Emitters
import GitStore
import Grants
import Ledger
import Reconciler

/// The effective set as files that other programs read.
struct EffectiveFiles {
  let set: EffectiveSet
  let formats: [Emitter]

  /// Writes each file whole.
  func write(to directory: String) throws {
    for format in formats {
      try AtomicFile.write(format.bytes(of: set), to: "\(directory)/\(format.fileName)")
    }
  }

  /// Writes the files with `effective.json` signed.
  ///
  /// The signature comes first and `effective.json` last: whoever sees a new `effective.json` finds
  /// its signature there. In the moment between the two the old file does not fit the new
  /// signature; a consumer then keeps what it has and looks again, as with any bad signature.
  func writeSigned(to directory: String, by signer: GitCommitSigner) async throws {
    let json = Emitter.json.bytes(of: set)
    let signature = try await signer.sign(json, namespace: "daypass")
    for format in formats where format != .json {
      try AtomicFile.write(format.bytes(of: set), to: "\(directory)/\(format.fileName)")
    }
    let path = "\(directory)/\(Emitter.json.fileName)"
    try AtomicFile.write(signature, to: path + ".sig")
    try AtomicFile.write(json, to: path)
  }

  /// `2 grants of 1 role, valid until ...`.
  var words: String {
    let grants = set.roles.values.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.count } }
    return "\(Words.count(grants, "grant")) of \(Words.count(set.roles.count, "role")), "
      + "valid until \(set.validUntil)"
  }

  /// Refuses to feed anybody an old head.
  static func demandFresh(_ replay: Replay) throws {
    guard Freshness.isStale(replay) else { return }
    let last =
      replay.pinnedAt.map { "the newest pin is of \($0)" } ?? "nothing has ever been pinned"
    throw Failure(
      .clock,
      "\(last), older than two heartbeats; an old head may have been served, so nothing is written",
      hint: "Fetch: daypass sync. Then see whether the reconciler runs: daypass log --pins")
  }
}
