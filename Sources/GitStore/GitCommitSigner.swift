import Submission

/// Signs with SSH the way git would for this user in this repository: same settings, same program,
/// same agent, same questions at the terminal.
package struct GitCommitSigner: CommitSigner {
  let repository: GitRepository
  private let namespace: String
  private let timeout: Duration?
  /// Whether it is there to sign, so that git's settings of the repository count as they do for git.
  let isSigning: Bool

  /// - Parameters:
  ///   - namespace: what the signatures are for; commits are signed in `git`.
  ///   - isSigning: false where nothing will be signed, only the key be looked at; then no program
  ///     is run that the repository's own `.git/config` names.
  ///   - timeout: how long a person has for a passphrase or a touch.
  package init(
    repository: GitRepository, namespace: String = "git", isSigning: Bool = true,
    timeout: Duration? = .seconds(300)
  ) {
    self.repository = repository
    self.namespace = namespace
    self.isSigning = isSigning
    self.timeout = timeout
  }

  package func sign(_ payload: [UInt8]) async throws(SigningError) -> [UInt8] {
    try await sign(payload, namespace: namespace)
  }

  /// The armored signature of the bytes, with the newline at its end.
  ///
  /// - Parameter namespace: what it is for, so that it counts for nothing else.
  package func sign(
    _ bytes: [UInt8], namespace: String
  ) async throws(SigningError) -> [UInt8] {
    let settings = try await SigningSettings(of: repository, isSigning: true)
    do {
      let directory = try PrivateDirectory(environment: repository.environment)
      let key: String
      switch settings.key {
      case .file(let path): key = path
      case .literal(let line):
        key = try directory.write("key.pub", Array((line + "\n").utf8))
      }
      let message = try directory.write("message", bytes)
      let result = try await run([
        settings.program, "-Y", "sign", "-n", namespace, "-f", key, message,
      ])
      guard result.succeeded else {
        throw SigningTrouble.refused(result, settings, in: self.directory)
      }
      guard
        let file = try FileBytes.readIfPresent(message + ".sig", limit: 1 << 20),
        file.bytes.starts(with: "-----BEGIN SSH SIGNATURE-----".utf8)
      else {
        throw SigningError(
          "\(settings.program) ended well but wrote no SSH signature.",
          hint: "git config gpg.ssh.program")
      }
      // As git does: some programs end their lines with CR LF.
      return file.bytes.filter { $0 != UInt8(ascii: "\r") }
    } catch let error as SigningError {
      throw error
    } catch {
      throw SigningError("Cannot sign. \(error)")
    }
  }

  /// The public key that would sign, `type base64`, without its comment.
  package func publicKeyLine() async throws(SigningError) -> String {
    let settings = try await SigningSettings(of: repository, isSigning: isSigning)
    switch settings.key {
    case .literal(let line):
      guard let key = Self.publicKey(in: line) else {
        throw SigningError("The key that is set is no public key: \(Words.shown(line))")
      }
      return key
    case .file(let path):
      let path = path.hasPrefix("/") ? path : directory + "/" + path
      if let key = Self.publicKey(inFile: path) { return key }
      // The private file itself knows best, but cannot be asked without its passphrase.
      if let key = try await derive(["-P", ""], from: path) { return key }
      if let key = Self.publicKey(inFile: path + ".pub") { return key }
      if let key = try await derive([], from: path) { return key }
      throw SigningTrouble.noKey(in: path)
    }
  }

  var directory: String { repository.workTree ?? repository.gitDirectory }

  private func run(_ arguments: [String]) async throws(SigningError) -> ProgramResult {
    do {
      return try await repository.git.runner.run(
        arguments, in: directory, changing: ["LC_ALL": "C"], timeout: timeout)
    } catch {
      throw SigningError("Cannot sign. \(error)", hint: "git config gpg.ssh.program")
    }
  }

  private func derive(
    _ options: [String], from path: String
  ) async throws(SigningError) -> String? {
    let result = try await run(["ssh-keygen", "-y"] + options + ["-f", path])
    return result.succeeded ? Self.publicKey(in: result.text) : nil
  }

  private static func publicKey(inFile path: String) -> String? {
    guard let file = try? FileBytes.readIfPresent(path, limit: 1 << 16) else { return nil }
    return publicKey(in: String(decoding: file.bytes, as: UTF8.self))
  }

  private static func publicKey(in text: String) -> String? {
    let words = text.split(whereSeparator: \.isWhitespace)
    let types = ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"]
    guard words.count >= 2, types.contains(where: { words[0].hasPrefix($0) }) else { return nil }
    return "\(words[0]) \(words[1])"
  }
}
