import ArgumentParser
import GitStore
import Grants
import Ledger
import Policies

struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Prove that a signing key is yours; add a person's key to the policy.",
    discussion: """
      A key speaks for one principal once admins have signed a policy that lists it. Before that its \
      owner proves to have it: otherwise somebody could be listed with a key of another's, and what \
      that other signs would count as theirs.
      """,
    subcommands: [KeyProveCommand.self, KeyAddCommand.self])
}

/// How somebody shows whose keys these are.
struct ProofOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What daypass key prove has printed; once for each key.", valueName: "file"))
  var proof: [String] = []

  @Flag(help: "Take keys that nobody has proved to have; you know in another way whose they are.")
  var withoutProof = false

  func armors() throws -> [(file: String, armor: [UInt8])] {
    try proof.map { file in
      guard let armor = KeyProof.armor(in: try PublicKeyLine.text(of: file)) else {
        throw Failure(
          .usage, "there is no SSH signature in \(Words.safe(file))",
          hint: "It is what this prints: daypass key prove")
      }
      return (file, armor)
    }
  }
}

struct KeyAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a person's public key to the policy, as an admin.",
    discussion: """
      Adds a line to policies/allowed_signers of the policy in force, shows the difference, and \
      signs it as daypass policy commit does: with adminQuorum 1 it is in force at once, else it \
      waits on a branch for the other admins. What you have edited in policies/ stays out of it.

      KEY is the line itself, a file, or - for standard input.

      Examples:
        daypass key add alice@example.com alice.pub --proof alice.proof
        daypass key add alice@example.com "ssh-ed25519 AAAA..." --proof alice.proof
        daypass key add ci@example.com - --without-proof < ci.pub
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var writing: WritingOptions
  @OptionGroup var proofs: ProofOptions

  @Argument(help: ArgumentHelp("Whose key it is.", valueName: "principal"))
  var name: Principal

  @Argument(help: ArgumentHelp("The public key: a line, a file, or -.", valueName: "key"))
  var key: [String]

  @OptionGroup var offer: OfferOptions

  func run() async throws {
    let change = SignersChange(
      principal: name, keys: [try PublicKeyLine.one(key)], options: proofs)
    try await change.carryOut(options, writing, offer)
  }
}

struct KeyProveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Sign a proof that the key git signs with is yours, for an admin to add it.",
    discussion: """
      Prints a signature over a text that names this repository, you and the key. It proves nothing \
      else and counts nowhere else. Give it, with the public key, to an admin.

      --text prints the text itself, for signing by hand:
        daypass key prove --as alice@example.com --text > text
        ssh-keygen -Y sign -n daypass-key -f ~/.ssh/id_ed25519 text

      Examples:
        daypass key prove --as alice@example.com > key.proof
        daypass key prove --as ci@example.com --key ci.pub --text
      """)

  @OptionGroup var options: GlobalOptions

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Who you are; by default git config daypass.principal or user.email.",
      valueName: "principal"))
  var identity: Principal?

  @Option(
    help: ArgumentHelp(
      "With --text: another public key, a line or a file.", valueName: "key"))
  var key: String?

  @Flag(help: "Print the text to be signed; sign nothing.")
  var text = false

  func validate() throws {
    guard key == nil || text else {
      throw ValidationError("--key goes with --text; what is signed is signed with git's own key.")
    }
  }

  func run() async throws {
    let session = try await Session.open(options)
    let policy = try session.replay().belief.policy
    let principal = try await principal(session)
    let signer = GitCommitSigner(repository: session.repository)
    let line =
      if let key { try PublicKeyLine.one([key]) } else {
        try PublicKeyLine(try await signer.publicKeyLine(), at: "the key that git signs with")
      }
    let proof = KeyProof(
      repository: policy.policy.name, root: session.ledger.root, principal: principal,
      line: line.line)
    if text { return Terminal.write(proof.text) }
    let armor = try await signer.sign(Array(proof.text.utf8), namespace: KeyProof.namespace)
    if let fault = proof.fault(in: armor, by: line.key) {
      throw Failure(
        .failed, "the proof just made would not do: \(fault)",
        hint: "Which key git signs with: git config user.signingKey")
    }
    Terminal.put(bytes: armor, to: 1)
    tell(line, principal, policy)
  }

  private func principal(_ session: Session) async throws -> Principal {
    if let identity { return identity }
    if let (principal, _) = try await Identity.claimed(session) { return principal }
    throw Failure(.usage, "who you are cannot be told", hint: "Say it: --as you@example.com")
  }

  /// What to do with it; not on the output, which is the proof.
  private func tell(_ line: PublicKeyLine, _ principal: Principal, _ policy: PolicySnapshot) {
    if let known = policy.signers.entry(for: line.key) {
      return Notice.warn(
        "this key is \(known.principal)'s already (\(PolicyFile.signers):\(known.line))")
    }
    let style = Style.forErrors
    Terminal.writeError(
      "next an admin (\(Words.names(policy.policy.admins))) types, with this in key.proof:\n     "
        + style.bold("daypass key add \(principal) \"\(line.line)\" --proof key.proof") + "\n")
  }
}
