import GitStore
import History
import Submission
import TestSupport
import Testing

/// Every way git can be told to sign with SSH: git itself checks what comes out.
@Suite struct SigningTests {
  /// A repository, a key `id` in it, and git told to trust that key.
  struct Setting {
    let sandbox: Sandbox
    let repository: TemporaryRepository
    let key: String

    init(passphrase: String = "", type: String = "ed25519") async throws {
      sandbox = try Sandbox()
      repository = try await TemporaryRepository(in: sandbox)
      key = try await sandbox.makeKey("id", type: type, passphrase: passphrase)
      try sandbox.write("allowed", "me@example.com \(publicKey)")
      try await repository.git("config", "gpg.ssh.allowedSignersFile", sandbox.path("allowed"))
      try await repository.git("config", "gpg.format", "ssh")
    }

    var publicKey: String { sandbox.read(key + ".pub") ?? "" }

    func signer(_ more: [String: String] = [:]) throws -> GitCommitSigner {
      let environment = sandbox.environment.merging(more) { $1 }
      return GitCommitSigner(
        repository: try GitRepository.open(at: repository.path, environment: environment))
    }

    /// Signs a commit by hand and lets git verify it.
    func signAndVerify(_ more: [String: String] = [:]) async throws {
      let store = try repository.open()
      let tree = try store.write(.tree, [])
      let head = """
        tree \(tree)
        author A <a@example.com> 1700000000 +0000
        committer A <a@example.com> 1700000000 +0000

        """
      let payload = head + "\nBy hand\n"
      let armor = try await signer(more).sign(Array(payload.utf8))
      let lines = String(decoding: armor, as: UTF8.self).split(separator: "\n")
      let signed = head + "gpgsig " + lines.joined(separator: "\n ") + "\n\nBy hand\n"
      let id = try store.write(.commit, Array(signed.utf8))
      #expect(CommitRecord(id: id, parsing: Array(signed.utf8))?.signed?.armor == armor)
      try await repository.git("verify-commit", id.hex)
      #expect(try sandbox.names(in: "tmp") == [], "temporary files were left behind")
    }

    func expectKey(_ more: [String: String] = [:]) async throws {
      let words = publicKey.split(separator: " ")
      #expect(try await signer(more).publicKeyLine() == words.prefix(2).joined(separator: " "))
    }
  }

  @Test(arguments: ["ed25519", "ecdsa", "rsa"])
  func privateFile(_ type: String) async throws {
    let setting = try await Setting(type: type)
    try await setting.repository.git("config", "user.signingkey", setting.key)
    try await setting.signAndVerify()
    try await setting.expectKey()
  }

  @Test func privateFileWithoutItsPublicOne() async throws {
    let setting = try await Setting()
    try await setting.repository.git("config", "user.signingkey", setting.key)
    let expected = setting.publicKey.split(separator: " ").prefix(2).joined(separator: " ")
    try setting.sandbox.remove("home/.ssh/id.pub")
    try await setting.signAndVerify()
    #expect(try await setting.signer().publicKeyLine() == expected)
  }

  @Test func publicFileBesideThePrivateOne() async throws {
    let setting = try await Setting()
    try await setting.repository.git("config", "user.signingkey", setting.key + ".pub")
    try await setting.signAndVerify()
    try await setting.expectKey()
  }

  @Test func publicFileWithAnAgent() async throws {
    let setting = try await Setting()
    let agent = try await SSHAgent(in: setting.sandbox)
    try await agent.add(setting.key, in: setting.sandbox)
    try setting.sandbox.remove("home/.ssh/id")
    try await setting.repository.git("config", "user.signingkey", setting.key + ".pub")
    try await setting.signAndVerify(agent.environment)
    try await setting.expectKey(agent.environment)

    // The same key when the agent is gone.
    let error = await #expect(throws: SigningError.self) { try await setting.signer().sign([1]) }
    #expect(error?.hint.contains("ssh-add") == true)
  }

  @Test(arguments: ["~/.ssh/id", "~/.ssh/id.pub"])
  func homeIsExpanded(_ path: String) async throws {
    let setting = try await Setting()
    try await setting.repository.git("config", "user.signingkey", path)
    try await setting.signAndVerify()
    try await setting.expectKey()
  }

  @Test(arguments: ["key::", ""])
  func literalKeyWithAnAgent(_ prefix: String) async throws {
    let setting = try await Setting()
    let agent = try await SSHAgent(in: setting.sandbox)
    try await agent.add(setting.key, in: setting.sandbox)
    let value = prefix + setting.publicKey.split(separator: "\n")[0]
    try await setting.repository.git("config", "user.signingkey", value)
    try await setting.signAndVerify(agent.environment)
    try await setting.expectKey(agent.environment)
  }

  @Test func defaultKeyCommand() async throws {
    let setting = try await Setting()
    let agent = try await SSHAgent(in: setting.sandbox)
    try await agent.add(setting.key, in: setting.sandbox)
    try setting.sandbox.writeScript("which key", "printf 'key::%s\\nmore\\n' \"$(cat \"$1\")\"")
    let command = "\"\(setting.sandbox.path("which key"))\" '\(setting.key).pub'"
    try await setting.repository.git("config", "gpg.ssh.defaultKeyCommand", command)
    try await setting.signAndVerify(agent.environment)
    try await setting.expectKey(agent.environment)
  }

  @Test(arguments: ["echo nothing", "false", "echo 'unclosed", "/no/such/program"])
  func defaultKeyCommandThatDoesNot(_ command: String) async throws {
    let setting = try await Setting()
    try await setting.repository.git("config", "gpg.ssh.defaultKeyCommand", command)
    let error = await #expect(throws: SigningError.self) { try await setting.signer().sign([1]) }
    #expect(error?.sentence.contains("defaultKeyCommand") == true)
  }

  @Test func anotherProgram() async throws {
    let setting = try await Setting()
    try setting.sandbox.writeScript(
      "signer", "echo \"$@\" >>\(setting.sandbox.path("asked")); exec ssh-keygen \"$@\"")
    let repository = setting.repository
    try await repository.git("config", "gpg.ssh.program", setting.sandbox.path("signer"))
    try await repository.git("config", "user.signingkey", setting.key)
    try await setting.signAndVerify()
    #expect(setting.sandbox.read("asked")?.hasPrefix("-Y sign -n git -f \(setting.key) ") == true)
  }

  @Test func aProgramThatWritesNoSignature() async throws {
    let setting = try await Setting()
    try await setting.repository.git("config", "gpg.ssh.program", "true")
    try await setting.repository.git("config", "user.signingkey", setting.key)
    let error = await #expect(throws: SigningError.self) { try await setting.signer().sign([1]) }
    #expect(error?.sentence.contains("wrote no SSH signature") == true)
  }

  @Test func passphraseFromAskpass() async throws {
    let setting = try await Setting(passphrase: "open sesame")
    try await setting.repository.git("config", "user.signingkey", setting.key)
    try setting.sandbox.writeScript("askpass", "echo 'open sesame'")
    try await setting.signAndVerify([
      "SSH_ASKPASS": setting.sandbox.path("askpass"), "SSH_ASKPASS_REQUIRE": "force",
    ])
    try await setting.expectKey()

    try setting.sandbox.writeScript("askpass", "echo wrong")
    let error = await #expect(throws: SigningError.self) {
      try await setting.signer([
        "SSH_ASKPASS": setting.sandbox.path("askpass"), "SSH_ASKPASS_REQUIRE": "force",
      ]).sign([1])
    }
    #expect(error?.hint.contains("ssh-add") == true)
    #expect(try setting.sandbox.names(in: "tmp") == [])
  }

  @Test func settingsFromTheEnvironment() async throws {
    let setting = try await Setting()
    try await setting.signAndVerify([
      "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.signingkey",
      "GIT_CONFIG_VALUE_0": setting.key,
    ])
  }

  @Test func noKey() async throws {
    let setting = try await Setting()
    let error = await #expect(throws: SigningError.self) { try await setting.signer().sign([1]) }
    #expect(error?.sentence == "No key to sign with is set (user.signingkey).")
    #expect(error?.hint.split(separator: "\n").count == 3)
    #expect(error?.hint.contains("git config user.signingkey") == true)
  }

  @Test func anotherFormat() async throws {
    let setting = try await Setting()
    try await setting.repository.git("config", "user.signingkey", setting.key)
    for format in ["openpgp", "x509"] {
      try await setting.repository.git("config", "gpg.format", format)
      let error = await #expect(throws: SigningError.self) { try await setting.signer().sign([1]) }
      #expect(error?.sentence.contains(format) == true)
      #expect(error?.hint == "git config gpg.format ssh")
    }
    try await setting.repository.git("config", "--unset", "gpg.format")
    let error = await #expect(throws: SigningError.self) { try await setting.signer().sign([1]) }
    #expect(error?.hint.contains("git config gpg.format ssh") == true)
  }

  @Test func aFileThatIsNotThere() async throws {
    let setting = try await Setting()
    try await setting.repository.git("config", "user.signingkey", "/no/such/key")
    let error = await #expect(throws: SigningError.self) { try await setting.signer().sign([1]) }
    #expect(error?.hint.contains("user.signingkey") == true)
  }

  @Test func anotherNamespace() async throws {
    let setting = try await Setting()
    try await setting.repository.git("config", "user.signingkey", setting.key)
    let armor = try await setting.signer().sign(Array("{}\n".utf8), namespace: "daypass")
    try setting.sandbox.write("sig", String(decoding: armor, as: UTF8.self))
    func verify(_ namespace: String) async throws -> Bool {
      try await setting.sandbox.run(
        [
          "ssh-keygen", "-Y", "verify", "-n", namespace, "-f", "allowed", "-I", "me@example.com",
          "-s", "sig",
        ], stdin: "{}\n"
      ).succeeded
    }
    #expect(try await verify("daypass"))
    #expect(try await !verify("git"))
  }

  @Test func signingTakesNoLongerThanAllowed() async throws {
    let setting = try await Setting()
    try setting.sandbox.writeScript("slow", "sleep 30")
    try await setting.repository.git("config", "gpg.ssh.program", setting.sandbox.path("slow"))
    try await setting.repository.git("config", "user.signingkey", setting.key)
    let signer = GitCommitSigner(
      repository: try setting.repository.open(), timeout: .milliseconds(300))
    let begin = ContinuousClock.now
    await #expect(throws: SigningError.self) { try await signer.sign([1]) }
    #expect(ContinuousClock.now - begin < .seconds(10))
    #expect(try setting.sandbox.names(in: "tmp") == [])
  }
}
