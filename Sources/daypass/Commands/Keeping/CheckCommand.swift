import ArgumentParser
import Grants
import History
import Ledger
import Policies

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look at the files of the working tree: policies/ and every grant.",
    discussion: """
      Says what is wrong with file and line (exit 1), and warns of what will hurt later: no spare \
      admin, keys that end soon, people and reconcilers without a key, roles nobody can approve. Who signed \
      for what is not asked here: that is daypass verify. Needs no trusted root and no repository.

      Examples:
        daypass check
        daypass check -C elsewhere -o json     for a pull request job
        daypass check --land BRANCH            what would landing it confer, or break?
        daypass check --land k3f9              the same of a grant's own branch
        daypass check --land BRANCH --markdown >> "$GITHUB_STEP_SUMMARY"

      --land judges a branch upon the governed one as it is here, by the replay's own rules, and \
      changes nothing: 0 all of it would count, 4 something would be refused, 3 it cannot be trusted.
      """)

  @Option(help: ArgumentHelp("Judge landing this branch or commit.", valueName: "ref"))
  var land: String?

  @Flag(help: "With --land: as Markdown, for a comment on a pull request.")
  var markdown = false

  @OptionGroup var options: GlobalOptions
  @OptionGroup var format: OutputOptions

  func validate() throws {
    if markdown, land == nil || format.output != .table {
      throw ValidationError("--markdown goes with --land, and without -o")
    }
  }

  func run() async throws {
    if let land { return try await judgeLanding(of: land) }
    let folder = try GovernedFolder.around(options.directory)
    let now = SystemClock(fixed: options.now?.moment).now()
    var findings: [Finding] = []
    var policy: PolicySnapshot?
    do {
      switch PolicySnapshot.parse(.zero, files: try folder.policyFiles()) {
      case .success(let snapshot):
        policy = snapshot
        findings += PolicyCheck(snapshot: snapshot, now: now).findings
      case .failure(let fault): findings += fault.problems.map { Finding(problem: $0) }
      }
    } catch let failure as Failure {
      findings.append(Finding(problem: failure.sentence))
    }
    if folder.has("grants") {
      let entries = try folder.entries(below: "grants")
      findings += GrantsCheck(name: policy?.policy.name).findings(entries)
    }
    report(findings)
    if findings.contains(where: \.isProblem) { throw ExitCode(ExitStatus.failed.rawValue) }
  }

  private func report(_ findings: [Finding]) {
    let problems = findings.filter(\.isProblem)
    let warnings = findings.filter { !$0.isProblem }
    guard format.output == .table else {
      let value = OutputValue.object([
        ("problems", .list(problems.map { .string($0.sentence) })),
        ("warnings", .list(warnings.map { .string($0.sentence) })),
      ])
      return Terminal.write((try? value.render(format.output)) ?? "")
    }
    let style = Style.forOutput
    for finding in problems {
      Terminal.write(style.bad("wrong   ") + Words.safe(finding.sentence) + "\n")
    }
    for finding in warnings {
      Terminal.write(style.warn("warning ") + Words.safe(finding.sentence) + "\n")
    }
    let count = Words.count(problems.count, "problem")
    Terminal.write(
      problems.isEmpty
        ? style.good("fine") + ", \(Words.count(warnings.count, "warning"))\n" : "\(count)\n")
  }
}

/// Something that is wrong, or will be.
struct Finding {
  let isProblem: Bool
  /// Begins with the place.
  let sentence: String

  init(problem sentence: String) { (isProblem, self.sentence) = (true, sentence) }
  init(warning sentence: String) { (isProblem, self.sentence) = (false, sentence) }
}

/// What will hurt later in a policy that is valid.
struct PolicyCheck {
  let snapshot: PolicySnapshot
  let now: Timestamp

  private var policy: Policy { snapshot.policy }
  private static let soon = TimeSpan.days(30)

  var findings: [Finding] { admins + reconcilers + people + roles }

  private func isUsable(_ principal: Principal) -> Bool {
    snapshot.signers.entries(of: principal.name).contains { $0.isValid(at: now.seconds) }
  }

  private var admins: [Finding] {
    let place = "\(policy.source(of: "admins"))"
    let usable = snapshot.adminsWithUsableKey(at: now)
    var findings: [Finding] = []
    if usable.count < policy.adminQuorum {
      findings.append(
        Finding(
          problem:
            "\(place): \(Self.people(usable.count, "admin")) a usable key, and adminQuorum is "
            + "\(policy.adminQuorum): this policy could never be changed"))
    } else if usable.count == policy.adminQuorum {
      findings.append(
        Finding(
          warning:
            "\(place): there is no spare admin: \(Self.people(usable.count, "admin")) a usable "
            + "key and adminQuorum is \(policy.adminQuorum); once a key is lost, only a new root can "
            + "replace this policy"))
    }
    for admin in policy.admins where !usable.contains(admin) {
      findings.append(Finding(warning: "\(place): the admin \(admin) has no usable key"))
    }
    let names = Set(policy.admins.map(\.name))
    for entry in snapshot.signers.entries where names.contains(entry.principal) {
      guard let last = entry.validBefore, last >= now.seconds,
        Timestamp(seconds: last) <= now + Self.soon
      else { continue }
      findings.append(
        Finding(
          warning: "\(PolicyFile.signers):\(entry.line): the admin key of \(entry.principal) ends "
            + "at \(Timestamp(seconds: last))"))
    }
    return findings
  }

  private var reconcilers: [Finding] {
    policy.reconcilers.sorted().filter { !isUsable($0) }.map {
      Finding(
        warning: "\(policy.source(of: "reconcilers")): the reconciler \($0) has no usable key in "
          + "\(PolicyFile.signers): nothing is closed or pinned by it")
    }
  }

  /// Those who are named and could sign nothing. Long lists are cut: more people may be on their way
  /// in than anybody wants to read.
  private var people: [Finding] {
    let idle = policy.people.keys.filter {
      !policy.isAdmin($0) && !policy.isReconciler($0) && !isUsable($0)
    }.sorted()
    let named = idle.prefix(5).map { person in
      Finding(
        warning: (policy.people[person].map { "\($0): " } ?? "")
          + "\(person) has no usable key in \(PolicyFile.signers), and can sign nothing")
    }
    let rest = idle.count - named.count
    guard rest > 0 else { return named }
    return named + [
      Finding(
        warning: "\(PolicyFile.signers): \(rest) more of those the policy names "
          + "\(rest == 1 ? "has" : "have") no usable key")
    ]
  }

  private var roles: [Finding] {
    policy.roles.values.sorted { $0.name < $1.name }.flatMap { role in
      role.stages.compactMap { stage in
        let able = stage.members.filter(isUsable)
        guard able.count < stage.quorum else { return nil }
        return Finding(
          warning: "\(stage.source): nobody can get \(role.name) approved: \(stage.quorum) of "
            + "\(stage.whom) must, and \(Self.people(able.count, "of them")) a usable key")
      }
    }
  }

  /// `no admin has`, `only 1 admin has`, `2 admins have`.
  private static func people(_ count: Int, _ noun: String) -> String {
    let isCounted = noun == "of them"
    switch count {
    case 0: return isCounted ? "none of them has" : "no \(noun) has"
    case 1: return "only 1 \(noun) has"
    default: return isCounted ? "\(count) \(noun) have" : "\(count) \(noun)s have"
    }
  }
}

/// Whether every file below `grants/` may lie where it lies.
struct GrantsCheck {
  /// The repository's name; nil where the policy cannot be read.
  let name: String?

  func findings(_ entries: [String: GovernedFolder.Entry]) -> [Finding] {
    entries.sorted { $0.key < $1.key }.compactMap { path, entry in
      objection(path, entry).map { Finding(problem: "\(path) \($0)") }
    }
  }

  private func objection(_ path: String, _ entry: GovernedFolder.Entry) -> String? {
    if Self.isIgnored(path) { return nil }
    guard let place = GrantPath(path) else {
      return "does not belong there; a grant lies at grants/STATE/YYYY/MM/DD/HH/ID.json"
    }
    switch entry {
    case .unfit(let why): return why
    case .file(let bytes):
      do throws(GrantFormatError) {
        let grant = try Grant(canonical: bytes)
        if grant.id != place.id { return "carries the id \(grant.id)" }
        if let objection = grant.objection(in: place.state) { return "is wrong: \(objection)" }
        if let name, grant.repository != name {
          return "names the repository \(grant.repository); this one is \(name)"
        }
        return nil
      } catch {
        return error.description
      }
    }
  }

  /// As in docs/format.md: a README at the top, `.gitkeep` there and in the state folders.
  private static func isIgnored(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    return path == "grants/README.md" || (parts.count <= 3 && parts.last == ".gitkeep")
  }
}
