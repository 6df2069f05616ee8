import ArgumentParser
import GitStore
import Glibc
import Grants
import History
import Ledger

struct JoinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "join",
    abstract: "Clone a governed repository, verify it, and say who you are there.",
    discussion: """
      Clones with git, so every URL git knows will do, and verifies from the root before a single \
      file is written: ROOT is the commit that everything is proved from, all 40 digits, which you \
      got from somebody you trust and not from the repository. No hook, filter or submodule of it \
      is run. If anything goes wrong, nothing is left behind.

      Examples:
        daypass join git@git.example.com:acme/access.git \\
          9df36c43eeaff087ed76d6ee665dc0193205e867
        daypass join https://git.example.com/acme/access ROOT work/access
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp("Where it is: whatever git can clone.", valueName: "url"))
  var url: String

  @Argument(help: ArgumentHelp("The root commit, all 40 digits.", valueName: "commit"))
  var commit: String

  @Argument(
    help: ArgumentHelp(
      "Where to put it, new or empty. Default: named after the URL.", valueName: "dir"))
  var directory: String?

  @Option(help: ArgumentHelp("The governed branch. Default: the remote's own.", valueName: "name"))
  var branch: String?

  @Flag(
    help: """
      Check out policies/ and what is open, not what is closed nor what else there is (a sparse \
      checkout).
      """)
  var sparse = false

  func run() async throws {
    let root = try TrustCommand.fullID(commit)
    // Programs and libraries would otherwise work on the repository these name.
    for name in ["DIR", "WORK_TREE", "INDEX_FILE", "OBJECT_DIRECTORY", "COMMON_DIR", "NAMESPACE"] {
      unsetenv("GIT_" + name)
    }
    unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES")
    let place = try JoinPlace(directory ?? Self.name(from: url), in: options.directory)
    let stop = StopSignal(on: [SIGINT, SIGTERM, SIGHUP])
    do {
      try await stop.waiting { try await join(root, place) }
    } catch {
      place.clear()
      if stop.cause != nil {
        throw Failure(.failed, "interrupted; nothing was left behind")
      }
      throw error
    }
  }

  private func join(_ root: ObjectID, _ place: JoinPlace) async throws {
    try await GitClone.make(
      from: url, to: place.path, branch: branch, in: options.directory)
    let repository = try open(place)
    let governed = try branchName(repository)
    try await repository.setLocalConfiguration("daypass.branch", governed)
    var here = options
    here.directory = place.path
    let session = try await Session.open(here, trusting: root)
    let replay = try verify(session, root)
    try Task.checkCancellation()
    try repository.exemptGovernedFiles()
    try await repository.checkOutFresh(
      governed, cone: sparse ? ["policies", "grants/pending", "grants/active"] : [])
    try Task.checkCancellation()
    // The last step: before it, what is here counts for nothing.
    try await repository.setLocalConfiguration("daypass.root", root.hex)
    Notice.disputes(replay)
    Terminal.write(try await JoinWords(session: session, replay: replay, place: place).text())
  }

  private func verify(_ session: Session, _ root: ObjectID) throws -> Replay {
    guard try session.repository.contains(root) else {
      throw Failure(
        .untrusted, "the root \(root) is not in what \(GitClone.shown(url)) has",
        hint: "Is it the right repository, and are these the digits you were given?")
    }
    return try session.replay()
  }

  private func open(_ place: JoinPlace) throws -> GitRepository {
    do {
      return try GitRepository.open(at: place.path, discover: false)
    } catch {
      guard error.code == .incomplete else { throw error }
      throw Failure(
        .untrusted,
        "\(GitClone.shown(url)) has only a part of the history: it is a shallow clone itself",
        hint: "Join from where it has all of it, or complete it there: git fetch --unshallow")
    }
  }

  private func branchName(_ repository: GitRepository) throws -> String {
    guard let reference = try repository.headReference, reference.hasPrefix("refs/heads/") else {
      throw Failure(
        .failed, "\(GitClone.shown(url)) does not say which branch is its own",
        hint: "Name the governed one: --branch main")
    }
    let name = String(reference.dropFirst("refs/heads/".count))
    guard try repository.tip(of: reference) != nil else {
      throw Failure(
        .failed, "\(GitClone.shown(url)) has no branch \(name) yet",
        hint: "Name the governed one: --branch NAME\nIf the repository is empty: daypass init")
    }
    return name
  }

  /// As git names a clone: the last part of the URL, without `.git`.
  static func name(from url: String) -> String {
    var rest = url[...]
    while rest.hasSuffix("/") { rest = rest.dropLast() }
    for ending in ["/.git", ".git", ".bundle"] where rest.hasSuffix(ending) {
      rest = rest.dropLast(ending.count)
      break
    }
    return rest.split { $0 == "/" || $0 == ":" }.last.map(String.init) ?? "."
  }
}
