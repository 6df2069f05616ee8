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
  /// Why there is no key; nil where there is one.
  let trouble: SigningError?

  /// - Parameters:
  ///   - stated: what `--as` says.
  ///   - isSigning: whether they are about to sign.
  /// - Throws: ``Failure`` that says how to become somebody.
  static func find(
    stated: String?, _ session: Session, _ replay: Replay, isSigning: Bool = true
  ) async throws -> Identity {
    let (key, trouble) = await signingKey(session, isSigning: isSigning)
    if let stated {
      guard let principal = Principal(stated) else {
        throw Failure(.usage, "\(stated) is no principal", hint: "Example: alice@example.com")
      }
      return Identity(
        principal: principal, isProven: false, source: "--as", key: key,
        trouble: trouble)
    }
    if let key, let entry = replay.belief.policy.signers.entry(for: key),
      let principal = Principal(entry.principal)
    {
      return Identity(
        principal: principal, isProven: true,
        source: "the signing key, \(PolicyFile.signers):\(entry.line)", key: key,
        trouble: nil)
    }
    if let (principal, setting) = try await claimed(session) {
      return Identity(
        principal: principal, isProven: false, source: "git config \(setting)", key: key,
        trouble: trouble)
    }
    throw Failure(
      .failed,
      "who you are cannot be told" + (trouble.map { ": \(Words.clause($0.sentence))" } ?? ""),
      hint: trouble?.hint ?? "Say it: git config user.email you@example.com")
  }

  /// Who git's settings say this is, and which of them; nil where none names a principal.
  static func claimed(
    _ session: Session
  ) async throws -> (principal: Principal, setting: String)? {
    for setting in ["daypass.principal", "user.email"] {
      if let text = try await session.repository.configuration(setting),
        let principal = Principal(text)
      {
        return (principal, setting)
      }
    }
    return nil
  }

  /// Refuses to go on to a signature that cannot be made; asked before anybody is shown or asked
  /// anything.
  ///
  /// - Parameter isDry: whether nothing will be signed; then it is only said.
  /// - Throws: ``Failure`` with the commands that set it right.
  func demandKey(isDry: Bool) throws {
    guard key == nil, let trouble else { return }
    guard isDry else { throw Failure(trouble) }
    Notice.warn("you could not sign this: \(Words.clause(trouble.sentence))")
  }

  /// The same where it does not matter whose key it is.
  static func demandSigning(_ session: Session) async throws {
    if let trouble = await signingKey(session, isSigning: true).1 { throw Failure(trouble) }
  }

  /// - Parameter isSigning: whether something is about to be signed; see ``GitCommitSigner``.
  static func signingKey(
    _ session: Session, isSigning: Bool
  ) async -> (PublicKey?, SigningError?) {
    let line: String
    do throws(SigningError) {
      let signer = GitCommitSigner(repository: session.repository, isSigning: isSigning)
      line = try await signer.publicKeyLine()
    } catch {
      return (nil, error)
    }
    let parts = line.split(separator: " ")
    guard parts.count >= 2, let key = try? PublicKey(base64: parts[1]) else {
      return (
        nil,
        SigningError(
          "the key that git signs with is of no kind that counts here: \(parts.first ?? "")",
          hint: "Make one that is: ssh-keygen -t ed25519 && "
            + "git config user.signingkey ~/.ssh/id_ed25519.pub")
      )
    }
    return (key, nil)
  }
}
