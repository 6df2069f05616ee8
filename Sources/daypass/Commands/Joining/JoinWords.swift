import GitStore
import Grants
import Ledger
import Policies
import Signatures
import Submission

/// What somebody who has just joined wants to know: what was joined, who they are there, and what to
/// type next.
struct JoinWords {
  let session: Session
  let replay: Replay
  let place: JoinPlace

  private var policy: PolicySnapshot { replay.belief.policy }

  func text() async throws -> String {
    let style = Style.forOutput
    let name = Words.safe(policy.policy.name)
    let serial = policy.policy.serial
    var text = "\(style.good("done")) joined \(name) in \(Words.safe(place.shown)): "
    text += "\(Words.safe(session.branch)) at \(replay.head.short), policy \(serial)\n"
    text += "     verified from the root \(session.ledger.root)\n"
    for admin in policy.policy.admins {
      for entry in policy.signers.entries(of: admin.name) {
        text += "     admin \(Words.safe(entry.words))\n"
      }
    }
    let (you, next) = try await standing()
    for (index, line) in you.enumerated() {
      text += (index == 0 ? "you  " : "     ") + Words.safe(line) + "\n"
    }
    let change = place.shown == "." ? [] : ["cd \(Shell.quoted(place.shown))"]
    for (index, line) in (change + next).enumerated() {
      text += (index == 0 ? "next " : "     ") + style.bold(Words.safe(line)) + "\n"
    }
    return text
  }

  /// Who they are, and what to type in the clone.
  private func standing() async throws -> (you: [String], next: [String]) {
    let (key, trouble) = await Identity.signingKey(session, isSigning: false)
    let email = try await session.repository.configuration("user.email")
    let author = email == nil ? ["git config user.email you@example.com"] : []
    guard let key else {
      let sentence = trouble.map { Words.clause($0.sentence) } ?? "git cannot sign here"
      let hint = trouble?.hint.split(separator: "\n").map(String.init) ?? []
      return (["nobody yet: \(sentence)"], author + hint + ["daypass doctor"])
    }
    guard let entry = policy.signers.entry(for: key) else {
      let admins = Words.names(policy.policy.admins)
      return (
        [
          "nobody yet: the key that git signs with is not in \(PolicyFile.signers)",
          "\(key)", "an admin adds it (\(admins)); prove first that it is yours:",
        ],
        author + ["daypass key prove --as \(email ?? "you@example.com") > key.proof"]
      )
    }
    let you = "\(entry.principal), by the signing key, \(PolicyFile.signers):\(entry.line)"
    guard entry.isValid(at: replay.now.seconds) else {
      return ([you, "but that key is not valid now: \(entry.words)"], author + ["daypass doctor"])
    }
    var lines = [you]
    if case .failure(let error) = await privateHalf() {
      lines.append("but you could not sign: \(Words.clause(error.sentence))")
      return (lines, author + error.hint.split(separator: "\n").map(String.init))
    }
    return (lines, author + ["daypass roles"])
  }

  private func privateHalf() async -> Result<GitCommitSigner.Secret, SigningError> {
    do throws(SigningError) {
      let signer = GitCommitSigner(repository: session.repository, isSigning: false)
      return .success(try await signer.secret())
    } catch {
      return .failure(error)
    }
  }
}

/// Words as they are typed in a shell.
enum Shell {
  /// The text as one word: as it is where that is safe, else in single quotes.
  static func quoted(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0)
        || "_@%+=:,./-".unicodeScalars.contains($0)
    }
    if isPlain, !text.isEmpty, !text.hasPrefix("-") { return text }
    return inQuotes(text)
  }

  /// The text as one word in single quotes, also where it would do without.
  static func inQuotes(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
