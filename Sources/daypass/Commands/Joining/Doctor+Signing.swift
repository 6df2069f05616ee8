import Foundation
import GitStore
import Grants
import Ledger
import Policies
import Signatures
import Submission

/// What git signs with, and whether it counts.
extension Doctor {
  mutating func examineSigning(_ repository: GitRepository) async {
    do {
      _ = try await Session.author(in: repository)
    } catch {
      add("author", .problem, Failure(error))
    }
    do throws(SigningError) {
      let signer = GitCommitSigner(repository: repository, isSigning: false)
      let place =
        switch try await signer.secret() {
        case .file(let path): "with \(path)"
        case .agent: "with a key that the agent holds"
        case .program(let name): "by \(name), which keeps the key"
        }
      add("signing", .ok, "git signs \(place)")
    } catch {
      add("signing", .problem, Failure(error), remedy: await formatRemedy(repository))
    }
  }

  /// Where all that is missing is the word that the key, which is an SSH key, is one.
  private func formatRemedy(_ repository: GitRepository) async -> Checkup.Remedy? {
    guard let format = try? await repository.configuration("gpg.format"), format.isEmpty == false
    else {
      let key = try? await repository.configuration("user.signingkey", as: .path)
      guard let key, Self.isSSHKey(key, in: repository.workTree ?? repository.gitDirectory)
      else { return nil }
      return Checkup.Remedy(words: "set gpg.format to ssh, in this repository") {
        try await repository.setLocalConfiguration("gpg.format", "ssh")
      }
    }
    // Whoever chose another format may have reasons.
    return nil
  }

  private static func isSSHKey(_ key: String, in directory: String) -> Bool {
    if key.hasPrefix("key::") || key.hasPrefix("ssh-") { return true }
    let path = key.hasPrefix("/") ? key : directory + "/" + key
    let text = FileManager.default.contents(atPath: path).map {
      String(decoding: $0.prefix(100), as: UTF8.self)
    }
    guard let text else { return false }
    return ["ssh-", "ecdsa-", "sk-", "-----BEGIN OPENSSH PRIVATE KEY"].contains {
      text.hasPrefix($0)
    }
  }

  mutating func examineKey(_ session: Session, _ replay: Replay?) async {
    guard let replay, let key = await Identity.signingKey(session, isSigning: false).0 else {
      return
    }
    let policy = replay.belief.policy
    guard let entry = policy.signers.entry(for: key) else {
      return add(
        "key", .problem, "\(key) is not in \(PolicyFile.signers): what it signs counts for nothing",
        hint: (remoteHasMore || session.isBehind
          ? "It may be listed in what is not here yet: daypass sync\n" : "")
          + "Prove that it is yours: daypass key prove > key.proof\n"
          + "An admin adds it: \(Words.names(policy.policy.admins))")
    }
    let now = session.now
    guard entry.isValid(at: now.seconds) else {
      return add(
        "key", .problem, "\(entry.principal)'s key is not valid now: \(entry.words)",
        hint: "An admin changes that: \(Words.names(policy.policy.admins))")
    }
    if let end = entry.validBefore.map({ Timestamp(seconds: $0) }),
      end < now + TimeSpan(seconds: 30 * 86_400)
    {
      return add(
        "key", .warning, "\(entry.principal)'s key ends \(Words.relative(end, to: now)), at \(end)",
        hint: "Have a new one added before: daypass key prove > key.proof")
    }
    add("key", .ok, "\(entry.principal), \(PolicyFile.signers):\(entry.line)")
  }
}
