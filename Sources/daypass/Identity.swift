import GitStore
import Grants
import Ledger
import Policies
import Signatures
import Submission

/// Who the person at this keyboard is, as far as the policy can tell.
struct Identity {
  let principal: Principal
  /// Whether the signing key proves it; else it is what settings claim.
  let isProven: Bool
  /// How it is known: `the signing key`, `git config user.email`.
  let source: String
  let key: PublicKey?

  /// - Parameter stated: what `--as` says.
  /// - Throws: ``Failure`` that says how to become somebody.
  static func find(
    stated: String?, _ session: Session, _ replay: Replay
  ) async throws -> Identity {
    let key = await signingKey(session)
    if let stated {
      guard let principal = Principal(stated) else {
        throw Failure(.usage, "\(stated) is no principal", hint: "Example: alice@example.com")
      }
      return Identity(principal: principal, isProven: false, source: "--as", key: key)
    }
    if let key, let entry = replay.belief.policy.signers.entry(for: key),
      let principal = Principal(entry.principal)
    {
      return Identity(
        principal: principal, isProven: true,
        source: "the signing key, \(PolicyFile.signers):\(entry.line)", key: key)
    }
    for setting in ["daypass.principal", "user.email"] {
      if let text = try await session.repository.configuration(setting),
        let principal = Principal(text)
      {
        return Identity(
          principal: principal, isProven: false, source: "git config \(setting)", key: key)
      }
    }
    throw Failure(
      .failed, "who you are cannot be told",
      hint: "git config user.signingKey ~/.ssh/id_ed25519.pub && git config gpg.format ssh")
  }

  private static func signingKey(_ session: Session) async -> PublicKey? {
    guard
      let line = try? await GitCommitSigner(repository: session.repository).publicKeyLine()
    else { return nil }
    let parts = line.split(separator: " ")
    return parts.count >= 2 ? try? PublicKey(base64: parts[1]) : nil
  }
}
