import History
import Submission

/// What git is configured to sign with, as `git commit -S` would find it.
struct SigningSettings: Sendable {
  /// The program that is asked in the manner of `ssh-keygen -Y sign`.
  let program: String
  let key: Key

  enum Key: Sendable, Equatable {
    /// A file: a private key, or a public one whose private half is beside it or in the agent.
    case file(String)
    /// A public key, `type base64 comment`, whose private half is in the agent.
    case literal(String)
  }

  /// The lines that set up signing from nothing.
  static let setUp = """
    git config gpg.format ssh
    git config user.signingkey ~/.ssh/id_ed25519.pub
    git config gpg.ssh.allowedSignersFile policies/allowed_signers
    """

  /// - Parameter isSigning: whether git's own settings for this repository may name a program to be
  ///   run for the key, as they may where something is signed. Whoever only looks runs none that
  ///   `.git/config` names: that may be somebody else's work.
  init(of repository: GitRepository, isSigning: Bool) async throws(SigningError) {
    var (settings, scopes) = try await Self.read(repository)
    let format = settings["gpg.format"] ?? "openpgp"
    let hasKey =
      settings["user.signingkey"] != nil || settings["gpg.ssh.defaultkeycommand"] != nil
    guard format == "ssh" else { throw Self.wrongFormat(settings["gpg.format"], hasKey: hasKey) }
    // A path of the user's may begin with ~, which only git can expand as git does.
    for name in ["user.signingkey", "gpg.ssh.program"] where settings[name]?.first == "~" {
      do {
        settings[name] = try await repository.configuration(name, as: .path)
      } catch {
        throw SigningError(error.sentence, hint: error.hint)
      }
    }
    program = settings["gpg.ssh.program"].flatMap { $0.isEmpty ? nil : $0 } ?? "ssh-keygen"
    if let configured = settings["user.signingkey"], !configured.isEmpty {
      key = Self.literal(configured).map { .literal($0) } ?? .file(configured)
    } else if let command = settings["gpg.ssh.defaultkeycommand"], !command.isEmpty {
      guard isSigning || !Self.ofRepository.contains(scopes["gpg.ssh.defaultkeycommand"] ?? "")
      else { throw Self.commandOfRepository }
      key = .literal(try await Self.defaultKey(from: command, repository))
    } else {
      throw SigningError("No key to sign with is set (user.signingkey).", hint: Self.setUp)
    }
  }

  /// How git calls the settings that lie in the repository, or are included from there.
  private static let ofRepository: Set<String> = ["local", "worktree"]

  private static let commandOfRepository = SigningError(
    "gpg.ssh.defaultKeyCommand is set in the repository itself (.git/config); it is run to sign, "
      + "never to look.",
    hint: "If the command is yours: git config --global gpg.ssh.defaultKeyCommand COMMAND\n"
      + "Or name the key: git config user.signingkey ~/.ssh/id_ed25519.pub")

  private static func wrongFormat(_ stated: String?, hasKey: Bool) -> SigningError {
    guard let stated else {
      let key = hasKey ? "" : ", nor is there a key (user.signingkey)"
      return SigningError(
        "git is not set up to sign with SSH here: gpg.format is not set\(key).",
        hint: hasKey ? "git config gpg.format ssh" : setUp)
    }
    return SigningError(
      "git is set to sign with \(Words.shown(stated)) here (gpg.format); daypass takes SSH "
        + "signatures only.",
      hint: hasKey ? "git config gpg.format ssh" : setUp)
  }

  /// One run of git for all of them: each costs as much as a whole signature check.
  ///
  /// - Returns: the values, and where each is set (`local`, `global`, ...).
  private static func read(
    _ repository: GitRepository
  ) async throws(SigningError) -> (values: [String: String], scopes: [String: String]) {
    let result: ProgramResult
    do {
      result = try await repository.git.run([
        "config", "--null", "--show-scope", "--get-regexp", #"^(gpg\.|user\.signingkey$)"#,
      ])
    } catch {
      throw SigningError("Cannot read how to sign: \(error)")
    }
    // 1: nothing of the kind is set.
    guard result.status <= 1 else {
      throw SigningError("Cannot read how to sign: \(result.errorText)", hint: "git config -l")
    }
    var (settings, scopes): ([String: String], [String: String]) = ([:], [:])
    // SCOPE NUL KEY LF VALUE NUL, the value perhaps empty.
    let fields = result.output.split(separator: 0)
    for start in stride(from: 0, to: fields.count - 1, by: 2) {
      let parts = fields[start + 1].split(
        separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count == 2 ? String(decoding: parts[1], as: UTF8.self) : ""
      let name = String(decoding: parts[0], as: UTF8.self)
      settings[name] = value
      scopes[name] = String(decoding: fields[start], as: UTF8.self)
    }
    return (settings, scopes)
  }

  /// The key that a setting spells out instead of naming a file, or nil.
  private static func literal(_ value: String) -> String? {
    if value.hasPrefix("key::") { return String(value.dropFirst("key::".count)) }
    return value.hasPrefix("ssh-") ? value : nil
  }

  private static func defaultKey(
    from command: String, _ repository: GitRepository
  ) async throws(SigningError) -> String {
    let hint = "It must print a key as its first line, after key:: or beginning with ssh-."
    guard let arguments = CommandLineWords.split(command), !arguments.isEmpty else {
      throw SigningError("gpg.ssh.defaultKeyCommand has an unclosed quote: \(command)")
    }
    let result: ProgramResult
    do {
      result = try await repository.git.runner.run(
        arguments, in: repository.workTree ?? repository.gitDirectory,
        changing: GitProgram.variables)
    } catch {
      throw SigningError("gpg.ssh.defaultKeyCommand failed. \(error)", hint: hint)
    }
    guard result.succeeded else {
      throw SigningError(
        "gpg.ssh.defaultKeyCommand failed: \(Words.shown(result.errorText))", hint: hint)
    }
    guard let line = result.text.split(separator: "\n").first, let key = literal(String(line))
    else { throw SigningError("gpg.ssh.defaultKeyCommand printed no key.", hint: hint) }
    return key
  }
}

/// Splits a command as git splits aliases: white space, quotes and backslashes, no shell.
enum CommandLineWords {
  /// - Returns: nil if a quote is not closed or a backslash stands at the end.
  static func split(_ command: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var rest = command[...]
    while let character = rest.popFirst() {
      switch (character, quote) {
      case (_, .some(let open)) where character == open:
        quote = nil
      case ("\\", let open) where open != "'":
        guard let next = rest.popFirst() else { return nil }
        word = (word ?? "") + String(next)
      case ("'", nil), ("\"", nil):
        quote = character
        word = word ?? ""
      case (_, nil) where character.isWhitespace:
        if let finished = word { words.append(finished) }
        word = nil
      default:
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { return nil }
    if let word { words.append(word) }
    return words
  }
}
