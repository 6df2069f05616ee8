import ArgumentParser
import Foundation
import GitStore
import Grants
import History
import Ledger
import Submission

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a governed repository out of a new or existing git repository.",
    discussion: """
      Writes policies/ (a small example to edit) and grants/, commits them, and trusts that commit \
      as the root everything is verified from. No other file is touched; nothing is pushed.

      Without --admin you are the admin, with the key git signs with. Everybody named is an engineer \
      (may ask); leads approve, which without --lead the admins do. Change all that later by a \
      policy change.

      Examples:
        daypass init --name acme
        daypass init --name acme --admin carol@example.com=carol.pub \\
          --member alice@example.com=alice.pub --reconciler ci@example.com=ci.pub
        daypass init --forge github            what to choose at the forge
      """)

  @OptionGroup var options: GlobalOptions

  @Option(
    help: ArgumentHelp(
      "The repository's name, signed into every request; never changes. Default: the directory's.",
      valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("An admin and their public key file.", valueName: "principal=keyfile"))
  var admin: [KeyFile] = []

  @Option(
    help: ArgumentHelp("Somebody who may ask, and their key file.", valueName: "principal=keyfile"))
  var member: [KeyFile] = []

  @Option(
    help: ArgumentHelp(
      "Somebody who may ask and approve. Default: the admins.", valueName: "principal=keyfile"))
  var lead: [KeyFile] = []

  @Option(
    help: ArgumentHelp(
      "The machine that reconciles, and its key file.", valueName: "principal=keyfile"))
  var reconciler: [KeyFile] = []

  @Option(
    help: "Print the settings to choose at a forge, too; where governed already, these alone.")
  var forge: Forge?

  @Flag(help: "Show what would be written; change nothing.")
  var dryRun = false

  func run() async throws {
    guard let repository = try Self.existing(options) else {
      // Nothing is made where a setting lacks.
      let (place, plan) = try await rehearse()
      if dryRun {
        Terminal.write("Would make a git repository in \(Words.safe(place))\n")
        return Self.tell(plan.paths)
      }
      return try await found(try GitRepository.create(at: options.directory))
    }
    try await found(repository)
  }

  private static func existing(_ options: GlobalOptions) throws -> GitRepository? {
    do {
      return try GitRepository.open(at: options.directory)
    } catch {
      guard error.code == .notFound else { throw error }
      return nil
    }
  }

  private func found(_ repository: GitRepository) async throws {
    try demandTop(of: repository)
    let branch = try await Session.governedBranch(repository)
    if let root = try await Session.statedRoot(options, repository) {
      if let forge { return Terminal.write(forge.words(branch: branch, .forOutput)) }
      throw Failure(
        .failed, "this repository is governed already; its trusted root is \(root.short)",
        hint: "See what is trusted: daypass trust")
    }
    let founding = Founding(
      repository: repository, branch: branch, template: try await template(repository))
    _ = try await Session.author(in: repository)
    let plan = try founding.plan()
    if dryRun {
      return Self.tell(plan.paths)
    }
    let root = try await founding.carryOut(plan, at: SystemClock(fixed: options.now?.moment).now())
    report(
      root, founding, try repository.remoteNames.first,
      signs: try await founding.isSigningConfigured())
  }

  /// A folder inside of another repository is not what somebody there means to govern.
  private func demandTop(of repository: GitRepository) throws {
    guard ProcessInfo.processInfo.environment["GIT_DIR"] == nil, let top = repository.workTree,
      Self.real(options.directory) != Self.real(top)
    else { return }
    throw Failure(
      .usage,
      "\(Words.safe(options.directory)) is a folder inside of the repository \(Words.safe(top))",
      hint: "To govern that one: daypass init -C \(Shell.quoted(top))\n"
        + "To govern this folder alone: git init, then daypass init")
  }

  private static func real(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }

  private static func tell(_ paths: [String]) {
    for path in paths { Terminal.write("Would write \(path)\n") }
    Notice.dryRun()
  }

  /// What would be written where there is no repository yet. One that is thrown away stands in for
  /// it, so that git's settings and the rules for a first policy are asked as they will be.
  private func rehearse() async throws -> (place: String, plan: Founding.Plan) {
    let place = URL(fileURLWithPath: options.directory).standardizedFileURL.path
    let scratch = FileManager.default.temporaryDirectory
      .appending(path: "daypass-\(UUID().uuidString)").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let repository = try GitRepository.create(at: scratch)
    let founding = Founding(
      repository: repository, branch: try await Session.governedBranch(repository),
      template: try await template(repository, at: place))
    _ = try await Session.author(in: repository)
    try Founding.demandRoom(in: place)
    return (place, try founding.plan())
  }

  /// - Parameter place: the directory it is named after, where that is not the repository's.
  private func template(
    _ repository: GitRepository, at place: String? = nil
  ) async throws -> PolicyTemplate {
    var admins = try admin.flatMap { try $0.keys() }
    if admins.isEmpty { admins = [try await Self.myself(repository)] }
    let members = try member.flatMap { try $0.keys() }
    let leads = try lead.flatMap { try $0.keys() }
    let machines = try reconciler.flatMap { try $0.keys() }
    let directory = place ?? repository.workTree ?? repository.gitDirectory
    let name = name ?? Self.name(from: directory)
    return PolicyTemplate(
      name: name, admins: Self.people(admins),
      // A policy must name its reconciler; one without a key can do nothing yet.
      reconcilers: machines.isEmpty
        ? [Principal("reconciler")].compactMap(\.self) : Self.people(machines),
      engineers: Self.people(members + leads + admins),
      leads: Self.people(leads.isEmpty ? admins : leads),
      keys: Self.distinct(admins + leads + members + machines))
  }

  /// Somebody may be named in two roles with the same key.
  private static func distinct(_ keys: [PolicyTemplate.Key]) -> [PolicyTemplate.Key] {
    var seen: Set<String> = []
    return keys.filter { seen.insert("\($0.principal) \($0.line)").inserted }
  }

  private static func people(_ keys: [PolicyTemplate.Key]) -> [Principal] {
    var seen: Set<Principal> = []
    return keys.map(\.principal).filter { seen.insert($0).inserted }
  }

  private static func name(from directory: String) -> String {
    var last = (directory as NSString).standardizingPath.split(separator: "/").last.map(String.init)
    if last?.hasSuffix(".git") == true { last?.removeLast(4) }
    return last ?? "daypass"
  }

  /// Whoever runs this, with the key git signs with.
  private static func myself(_ repository: GitRepository) async throws -> PolicyTemplate.Key {
    let hint =
      "Tell git who you are and what you sign with:\n\(Session.introduction)\n"
      + "Or name one: daypass init --admin you@example.com=$HOME/.ssh/id_ed25519.pub"
    guard let email = try await repository.configuration("user.email"),
      let principal = Principal(email)
    else { throw Failure(.usage, "who shall be the admin cannot be told", hint: hint) }
    do {
      let line = try await GitCommitSigner(repository: repository).publicKeyLine()
      return PolicyTemplate.Key(principal: principal, line: line)
    } catch {
      throw Failure(
        .usage, "the admin \(principal) has no key: \(error.sentence)",
        hint: hint)
    }
  }

  private func report(
    _ root: ObjectID, _ founding: Founding, _ remote: String?, signs: Bool
  ) {
    let style = Style.forOutput
    var next = [
      "edit policies/, then      daypass check && daypass policy commit",
      "others trust this root    daypass trust \(root)",
    ]
    if let remote {
      next.insert("share it                  git push -u \(remote) \(founding.branch)", at: 0)
    }
    if !signs {
      next.insert(
        "to sign what follows      git config --global gpg.format ssh && "
          + "git config --global user.signingKey ~/.ssh/id_ed25519.pub", at: 0)
    }
    if forge == nil {
      next.append("settings of the forge     daypass init --forge github (or gitlab, gitea)")
    }
    if reconciler.isEmpty {
      next.append("give \"reconciler\" a key in policies/allowed_signers: it closes and pins")
    }
    Terminal.write(
      "\(style.good("done")) founded \(Words.safe(founding.template.name)) on \(Words.safe(founding.branch)); "
        + "the root is \(style.bold(root.hex))\n"
        + next.map { "  \($0)\n" }.joined())
    if let forge { Terminal.write(forge.words(branch: founding.branch, style)) }
  }
}
