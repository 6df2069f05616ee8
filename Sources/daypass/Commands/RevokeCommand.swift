import ArgumentParser
import Grants
import Ledger
import Submission

/// Ending active grants early.
struct RevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "End active grants now.",
    discussion: """
      For the holder, the approvers of the role, and admins; all but the holder and the requester \
      say why. It counts from the moment it lands and is never refused for being late. A request \
      that is still pending is rejected or withdrawn instead; one with all its approvals on a branch \
      of its own is revoked, landed or not.

      With --all it ends every active grant, or those of one person or one role, in one signed \
      commit: chosen anew on the newest head, so that nothing that became active meanwhile is left.

        daypass revoke k3f9                                  I am done
        daypass revoke k3f9 --why "wrong cluster"
        daypass revoke --all --why "incident 7"              (admins)
        daypass revoke --all --of bob@example.com --why "left the company"
        daypass revoke --all --role prod-admin --why "cluster is being moved"
      """)

  @Argument(help: "The grants: any unambiguous piece of each id.")
  var ids: [GrantChoice] = []

  @Flag(help: "Every active grant; --of and --role narrow it down.")
  var all = false

  @Option(help: ArgumentHelp("With --all: those this person holds.", valueName: "principal"))
  var of: Principal?

  @Option(help: ArgumentHelp("With --all: those of this role.", valueName: "role"))
  var role: RoleName?

  @Option(help: ArgumentHelp("Why; the holder will read it.", valueName: "text"))
  var why: String?

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var writing: WritingOptions

  func validate() throws {
    if ids.isEmpty, !all { throw ValidationError("name the grants, or say --all") }
    if !ids.isEmpty, all { throw ValidationError("name the grants or say --all, not both") }
    if !all, of != nil || role != nil { throw ValidationError("--of and --role go with --all") }
  }

  func run() async throws {
    let acting = try await Acting.begin(global, writing, output.output)
    if all { return try await acting.freshly(endAll) }
    try await acting.reaching(ids).freshly { try await $0.end(.revoke, ids, why: why) }
  }

  private func endAll(_ acting: Acting) async throws {
    var intent = RevokeAllIntent(signer: acting.me, reason: "", subject: of, role: role)
    let grants = intent.chosen(from: acting.replay.belief, at: acting.session.now)
    if grants.isEmpty { try demandKnown(acting) }
    guard !grants.isEmpty else {
      // Asked again after it has worked, it has still worked.
      if output.output != .table {
        return Terminal.write(try acting.nothingDone("revoke").render(output.output))
      }
      return Terminal.write("nothing to revoke: \(none)\n")
    }
    intent.reason = acting.reason(for: .revoke, grants, why: why)
    try await acting.carryOut(
      EndPlan(deed: .revoke, grants: grants, acting: acting).command, intent)
  }

  /// That there is none, in words.
  private var none: String {
    let what = role.map { " of \($0)" } ?? ""
    return of.map { "\($0) holds no active grant\(what)" } ?? "no grant\(what) is active"
  }

  /// In a hurry a name is easily mistyped, and "nothing to revoke" would be taken for done. Whoever
  /// has left may be gone from the policy as well: what history knows is known.
  private func demandKnown(_ acting: Acting) throws {
    func fault(_ grants: [GrantView]) -> Failure? {
      Known.fault(role: role, person: of, among: grants, acting.replay.belief)
    }
    guard fault([]) != nil else { return }
    let history = try GrantHistory.read(acting.session, at: acting.replay)
    if let failure = fault(history.views) { throw failure }
  }
}

/// Revoking whatever is active on the head it lands on.
struct RevokeAllIntent: Intent {
  var signer: Principal
  var reason: String
  /// Whose; nil for everybody's.
  var subject: Principal?
  /// Of which role; nil for all.
  var role: RoleName?

  /// Those not yet expired: the others confer nothing and are the reconciler's to close.
  func chosen(from belief: Belief, at now: Timestamp) -> [LiveGrant] {
    belief.live.values.filter {
      $0.state == .active && !$0.grant.isExpired(at: now)
        && (subject == nil || $0.grant.subject == subject)
        && (role == nil || $0.grant.role == role)
    }.sorted { $0.grant.id < $1.grant.id }
  }

  func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft {
    let ids = chosen(from: replay.belief, at: now).map(\.grant.id)
    guard !ids.isEmpty else {
      throw SubmissionError(.failed, "nothing is active any more; others have ended it meanwhile")
    }
    return try EndIntent(.revoke, signer: signer, ids: ids, reason: reason)
      .draft(on: replay, at: now)
  }
}
