import Grants
import Ledger
import Policies

/// All there is to say of one grant.
struct GrantPage {
  let id: GrantID
  let history: GrantHistory

  private var view: GrantView? { history.view(id) }
  private var policy: Policy { history.replay.belief.policy.policy }
  private var steps: [VerifiedTransition] { history.steps[id] ?? [] }
  private var incidents: [Incident] { history.incidents[id] ?? [] }

  /// Whether its file has left the tree.
  var isArchived: Bool { steps.last.map { $0.kind == .archive && !history.isWaiting($0) } ?? false }

  /// Where the head's tree has something else of this grant than what is believed.
  var disputes: [Dispute] { history.disputes.filter { $0.unit == .grant(id) } }

  func text(_ style: Style) -> String {
    var sheet = Sheet()
    if let view {
      addRequest(view, style, &sheet)
      addDecision(view, &sheet)
      addTimes(view, &sheet)
    } else {
      sheet.add("id", id.description)
      sheet.add("state", "never believed: nobody who may has signed for it", paint: style.bad)
    }
    return sheet.render(style) + stepsText(style) + incidentsText(style) + disputesText(style)
  }

  private func addRequest(_ view: GrantView, _ style: Style, _ sheet: inout Sheet) {
    let grant = view.grant
    sheet.add("id", id.description)
    sheet.add("state", state(view), paint: view.paint(style))
    sheet.add("branch", view.lane.map { "\($0), not landed: nothing of it counts before" })
    if view.isAwaitingPin {
      sheet.add("waits", "for the next commit of a reconciler: what waits does not count before")
    }
    sheet.add("role", RoleWords.title(grant.role, policy.roles[grant.role]))
    sheet.add("adds", lines: policy.roles[grant.role]?.permissions ?? [])
    sheet.add("scope", Words.scope(grant.scope))
    sheet.add("subject", grant.subject.name)
    sheet.add("requester", grant.requester.name)
    sheet.add("why", grant.justification)
    sheet.add("ticket", grant.ticket)
    sheet.add("duration", lines: durations(view))
    sheet.add("approvals", lines: ApprovalPlan.approvals(grant))
  }

  /// How long was asked, how long is allowed, and whether the policy has come to allow less.
  private func durations(_ view: GrantView) -> [String] {
    let (asked, allowed) = (view.grant.duration, view.grant.approvedDuration)
    var lines = [
      allowed == asked
        ? Words.exact(asked) : "\(Words.exact(allowed)) of the \(Words.exact(asked)) asked for"
    ]
    if view.status == .pending, let limit = policy.durationLimit(of: view.grant.role),
      limit.cap < allowed
    {
      let cap = Words.exact(limit.cap)
      lines.append(
        "at most \(cap) by now (\(limit.source)): daypass approve \(id.short) --for \(cap)")
    }
    return lines
  }

  private func state(_ view: GrantView) -> String {
    var text = view.status.word
    if isArchived { text += ", archived: its file is in history alone" }
    if view.isUnswept { return "\(text); the next reconcile closes it" }
    if view.status == .pending, view.quorum?.isFilled == true {
      return "\(text), with all approvals; the next reconcile activates it"
    }
    if view.status == .active, view.lane != nil { return "\(text) once landed" }
    return text
  }

  /// What is still open before it is active.
  private func addDecision(_ view: GrantView, _ sheet: inout Sheet) {
    guard view.status == .pending, let quorum = view.quorum else { return }
    sheet.add("have", "\(quorum.have) of \(quorum.need): \(quorum.words) (\(quorum.source))")
    guard let missing = quorum.missing else { return }
    sheet.add("missing", missing)
    sheet.add("could approve", Words.names(quorum.suppliers))
  }

  private func addTimes(_ view: GrantView, _ sheet: inout Sheet) {
    let grant = view.grant
    let now = view.now
    sheet.add("requested", Words.full(grant.requestedAt, at: now))
    let isOver = view.deadline.map { now >= $0 } ?? false
    sheet.add(isOver ? "lapsed" : "decided by", view.deadline.map { Words.full($0, at: now) })
    sheet.add("active from", grant.activatedAt.map { Words.full($0, at: now) })
    sheet.add(
      view.state == .closed && grant.closed?.outcome != .expired ? "was to end" : "ends",
      grant.expiresAt.map { view.state == .closed ? Words.both($0) : Words.full($0, at: now) })
    if let closed = grant.closed {
      let reason = closed.reason.isEmpty ? "" : ": \(closed.reason)"
      sheet.add("closed", Words.full(closed.at, at: now))
      sheet.add("", "\(closed.outcome.rawValue) by \(closed.by)\(reason)")
    }
  }

  private func stepsText(_ style: Style) -> String {
    guard !steps.isEmpty else { return "" }
    var table = Table(["STEP", "STATE", "SIGNER", "SIGNED", "COMMIT", "LANDED"])
    for step in steps {
      table.add(
        step.kind.rawValue, step.after.rawValue, step.signer.name, Words.both(step.signedAt),
        step.commit.short, landing(step))
    }
    return "\n" + table.render(style)
  }

  private func landing(_ step: VerifiedTransition) -> String {
    if history.isWaiting(step) { return "not landed" }
    let late = step.landedAt == step.signedAt ? "at once" : Words.both(step.landedAt)
    return late + (step.mainline == step.commit ? "" : " with \(step.mainline.short)")
  }

  private func incidentsText(_ style: Style) -> String {
    incidents.isEmpty
      ? ""
      : "\n" + style.bold("counted for nothing") + "\n"
        + incidents.map { incident in
          let who = incident.signer.map { "signed by \($0)" } ?? "author \(incident.author)"
          return "  \(incident.commit.short)  \(Words.safe(incident.sentence)) "
            + style.dim("(\(Words.safe(who)); rule \(incident.rule.rawValue))") + "\n"
            + settled(incident)
        }.joined()
  }

  private func settled(_ incident: Incident) -> String {
    guard let settlement = history.settlements[incident] else { return "" }
    return "              put right by \(settlement.commit.short), "
      + "\(Words.full(settlement.landedAt, at: history.replay.now))\n"
  }

  private func disputesText(_ style: Style) -> String {
    disputes.isEmpty
      ? ""
      : "\n" + style.bad("disputed: the tree is not what was signed for") + "\n"
        + disputes.map { dispute in
          let what = dispute.difference.believed ? "changed or removed" : "not believed"
          return "  \(Words.safe(dispute.difference.path)): \(what), since "
            + "\(dispute.cause.commit.short) (rule \(dispute.cause.rule.rawValue))\n"
        }.joined() + "next \(style.bold("daypass heal"))\n"
  }
}
