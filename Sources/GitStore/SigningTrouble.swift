import Glibc
import Submission

/// Why there is no signature, and the very command that mends it.
enum SigningTrouble {
  /// Which keys somebody has, and how to come by one.
  private static let choose = """
    git config user.signingkey ~/.ssh/id_ed25519.pub
    Which keys you have: ls ~/.ssh/*.pub   None yet: ssh-keygen -t ed25519
    """

  static func noKey(in path: String) -> SigningError {
    let shown = Words.shown(path)
    guard isThere(path) || isThere(path + ".pub") else {
      return SigningError(
        "The key file \(shown) does not exist (git config user.signingkey).", hint: choose)
    }
    return SigningError(
      "The file \(shown) holds no SSH key (git config user.signingkey).", hint: choose)
  }

  /// - Parameter directory: what a relative path begins from.
  static func refused(
    _ result: ProgramResult, _ settings: SigningSettings, in directory: String
  ) -> SigningError {
    let words = Words.shown(result.errorText)
    let program = settings.program.split(separator: "/").last ?? "ssh-keygen"
    let error = { (hint: String) in
      SigningError("\(program) did not sign: \(words)", hint: hint)
    }
    guard case .file(let path) = settings.key else {
      return error(
        words.contains("No private key found") || words.contains("agent refused")
          ? "The agent does not hold that key; give it the private one: ssh-add FILE\n"
            + "What it holds: ssh-add -L" : usual)
    }
    let full = path.hasPrefix("/") ? path : directory + "/" + path
    guard isThere(full) || isThere(full + ".pub") else { return noKey(in: full) }
    let secret = path.hasSuffix(".pub") ? String(path.dropLast(4)) : path
    if words.contains("No private key found") || words.contains("agent refused") {
      return error(
        "Neither is \(Words.shown(secret)) there nor has the agent that key. Put it into the agent:\n"
          + "ssh-add FILE   (what it holds: ssh-add -L)\n"
          + "Or sign with another: git config user.signingkey ~/.ssh/id_ed25519.pub")
    }
    if words.contains("passphrase") {
      return error("Put the key into the agent, which asks once: ssh-add \(Words.shown(secret))")
    }
    return error(usual)
  }

  private static let usual =
    "See whether git can sign here: git commit -S --allow-empty -m test"

  private static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
