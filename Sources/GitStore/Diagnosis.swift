import Clibgit2
import Glibc
import History
import Submission

/// What can be told about programs, keys and remotes without changing anything.
package enum Diagnosis {
  /// The version of the library that is loaded, `1.5.1`. Which patches a distribution has put upon it
  /// cannot be told from within.
  package static var libgit2Version: String {
    var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
    git_libgit2_version(&major, &minor, &revision)
    return "\(major).\(minor).\(revision)"
  }

  /// The version of the `git` program, `2.39.5`; nil if there is none.
  package static func gitVersion(
    _ environment: [String: String] = ProcessEnvironment.current
  ) async -> String? {
    let words = await words(of: ["git", "version"], environment)?.split(separator: " ")
    return words.flatMap { $0.count > 2 ? String($0[2]) : nil }
  }

  /// The version of OpenSSH, `9.2p1`; nil if there is none.
  package static func opensshVersion(
    _ environment: [String: String] = ProcessEnvironment.current
  ) async -> String? {
    // `OpenSSH_9.2p1 Debian-2+deb12u5, OpenSSL ...`
    let text = await words(of: ["ssh", "-V"], environment) ?? ""
    guard let mark = text.split(separator: " ").first, mark.hasPrefix("OpenSSH_") else {
      return nil
    }
    return String(mark.dropFirst("OpenSSH_".count).prefix { $0 != "," })
  }

  private static func words(
    of command: [String], _ environment: [String: String]
  ) async -> String? {
    let result = try? await ProgramRunner(environment).run(
      command, changing: ["LC_ALL": "C"], timeout: .seconds(10))
    guard let result, result.succeeded else { return nil }
    return Words.shown(result.output.isEmpty ? result.errorText : result.text)
  }

  /// Whether a version is at least that one, number by number.
  package static func isAtLeast(_ version: String, _ least: [Int]) -> Bool {
    let numbers = version.split { !$0.isNumber }.prefix(least.count).map { Int($0) ?? 0 }
    return !numbers.lexicographicallyPrecedes(least)
  }

  /// Fetches what a shallow clone lacks; ``GitRepository`` opens no shallow one.
  ///
  /// - Throws: ``RemoteError``.
  package static func unshallow(
    at path: String, environment: [String: String] = ProcessEnvironment.current
  ) async throws(RemoteError) {
    let result: ProgramResult
    do {
      result = try await ProgramRunner(environment).run(
        ["git", "-C", path] + GitProgram.runningNothing + GitProgram.tidyingNothing
          + GitProgram.flushing
          + ["fetch", "--quiet", "--unshallow", "--no-recurse-submodules"],
        changing: GitProgram.variables, timeout: nil)
    } catch {
      throw RemoteError(.local, "Cannot fetch. \(error)")
    }
    guard result.succeeded else {
      // Which remote it was only git knows.
      throw RemoteFault(
        name: "of this clone", transport: .file, secrets: Secrets(environment: environment)
      ).error(from: result.errorText)
    }
  }
}

extension GitRemote {
  /// Asks where a branch is, fetching nothing and asking nobody for a password.
  ///
  /// - Returns: nil if the remote has no such branch.
  /// - Throws: ``RemoteError``.
  package func glance(branch: String) async throws(RemoteError) -> ObjectID? {
    let call = try await prepare(branch, pushing: false)
    let quiet = Call(
      fault: call.fault, options: call.options,
      variables: call.variables.merging(["GIT_TERMINAL_PROMPT": "0"]) { $1 })
    let result = try await run(["ls-remote", name, "refs/heads/\(branch)"], quiet)
    guard result.succeeded else { throw call.fault.error(from: result.errorText) }
    return result.text.split(separator: "\t").first.flatMap { ObjectID(hex: String($0)) }
  }
}

extension GitCommitSigner {
  /// Where the private half of the signing key is, as far as can be told without a passphrase.
  package enum Secret: Sendable, Equatable {
    case file(String)
    case agent
    /// A program of its own keeps it (`gpg.ssh.program`).
    case program(String)
  }

  /// Looks for the private half.
  ///
  /// - Throws: ``SigningError`` if it is nowhere, or git is not set up to sign.
  package func secret() async throws(SigningError) -> Secret {
    let settings = try await SigningSettings(of: repository, isSigning: isSigning)
    let line = try await publicKeyLine()
    let program = settings.program.split(separator: "/").last.map(String.init) ?? ""
    if program != "ssh-keygen" { return .program(program) }
    if case .file(let path) = settings.key {
      let full = path.hasPrefix("/") ? path : directory + "/" + path
      let candidates = full.hasSuffix(".pub") ? [String(full.dropLast(4)), full] : [full]
      for candidate in candidates where Self.isPrivate(candidate) { return .file(candidate) }
    }
    let held = try? await repository.git.runner.run(
      ["ssh-add", "-L"], changing: ["LC_ALL": "C"], timeout: .seconds(10))
    let keys = held?.text.split(separator: "\n").map {
      $0.split(separator: " ").prefix(2).joined(separator: " ")
    }
    if let held, held.succeeded, keys?.contains(line) == true { return .agent }
    throw SigningError(
      "The private half of the signing key is neither in a file beside it nor in the agent.",
      hint: "Put it into the agent: ssh-add FILE   (what it holds: ssh-add -L)\n"
        + "Or sign with another: git config user.signingkey ~/.ssh/id_ed25519.pub")
  }

  private static func isPrivate(_ path: String) -> Bool {
    guard let file = try? FileBytes.readIfPresent(path, limit: 1 << 16) else { return false }
    return file.bytes.starts(with: "-----BEGIN ".utf8)
  }
}
