import Grants
import Ledger
import Policies
import Reconciler

/// What an approval will come to: who gets what on top of what they hold, and when it ends.
struct ApprovalPlan {
  let before: Grant
  /// With the approval; active if it is the last one needed.
  let after: Grant
  let replay: Replay
  let now: Timestamp
  /// Whether it will be signed now and published some other time.
  let isOffline: Bool

  private var policy: Policy { replay.belief.policy.policy }

  var sheet: Sheet {
    var sheet = Sheet()
    let role = policy.roles[before.role]
    sheet.add("request", "\(before.id), \(Words.relative(before.requestedAt, to: now))")
    sheet.add("requester", before.requester.name)
    sheet.add("subject", before.subject.name)
    sheet.add("holds now", lines: holdings)
    sheet.add("role", RoleWords.title(before.role, role))
    sheet.add("adds", lines: role?.permissions ?? [])
    sheet.add("scope", Words.scope(before.scope))
    sheet.add("why", before.justification)
    sheet.add("ticket", before.ticket)
    sheet.add("duration", duration)
    sheet.add("approvals", lines: Self.approvals(before))
    if let end = after.expiresAt {
      sheet.add("ends", "\(Words.both(end)), \(Words.exact(end - now)) from now")
      sheet.add("", "yours is the last approval needed: the clock starts when you sign")
    } else if let quorum = policy.quorum(of: after), let missing = quorum.missing {
      sheet.add("then", "still pending: \(missing) (\(Words.names(quorum.suppliers)))")
      sheet.add(
        "decided by", Words.full(replay.belief.decisionDeadline(of: before), at: now))
    }
    if isOffline {
      let window = policy.settings.landingWindow
      sheet.add(
        "not pushed",
        "it counts once pushed: landing late shortens the access, and later than "
          + "\(Words.exact(window)) it counts for nothing "
          + "(\(policy.settings.source(of: .landingWindow)))",
        paint: Style.forOutput.warn)
    }
    return sheet
  }

  /// What the subject can do already.
  private var holdings: [String] {
    let held = replay.belief.live.values.filter {
      $0.grant.subject == before.subject
        && EffectiveSet.isEffective($0, in: replay.belief, at: now)
        && !replay.waitingGrants.contains($0.grant.id)
    }
    guard !held.isEmpty else { return ["nothing"] }
    return held.map(\.grant).sorted { $0.id < $1.id }.map { grant in
      let end = grant.expiresAt.map { " until \(Words.both($0))" } ?? ""
      return "\(Words.role(grant))\(end) (\(grant.id.short))"
    }
  }

  private var duration: String {
    let asked = Words.exact(before.duration)
    let allowed = after.approvedDuration
    return allowed == before.duration ? asked : "\(Words.exact(allowed)) of the \(asked) asked for"
  }

  /// A line for each approval there is.
  static func approvals(_ grant: Grant) -> [String] {
    grant.approvals.map { approval in
      let span = approval.duration.map { ", for \(Words.exact($0))" } ?? ""
      let comment = approval.comment.isEmpty ? "" : ": \(approval.comment)"
      return "\(approval.by) at \(Words.both(approval.at))\(span)\(comment)"
    }
  }

  func outcome(_ views: [GrantView]) -> String {
    let grant = views.first?.grant ?? after
    if let end = grant.expiresAt {
      return
        "\(grant.subject) holds \(Words.role(grant)) until \(Words.both(end)) (\(grant.id.short))"
    }
    let quorum = views.first?.quorum
    let count = quorum.map { ", \($0.have) of \($0.need)" } ?? ""
    return "approved \(Words.role(grant)) for \(grant.subject)\(count) (\(grant.id.short))"
  }

  /// The next reviewer's command, or the one that takes it back.
  func next(_ views: [GrantView]) -> NextStep? {
    let grant = views.first?.grant ?? after
    guard grant.expiresAt == nil else {
      return NextStep(
        command: "daypass revoke \(grant.id.short) --why REASON", note: "to end it early")
    }
    guard let others = policy.quorum(of: grant)?.suppliers, !others.isEmpty else { return nil }
    return NextStep(command: "daypass approve \(grant.id.short)", by: others)
  }
}
