import Grants
import Ledger
import Policies
import Submission

/// What the commands that end something share: reject, withdraw, revoke, retract.
struct EndPlan {
  let deed: EndIntent.Deed
  let grants: [LiveGrant]
  let acting: Acting

  var sheet: Sheet {
    var sheet = Sheet()
    for live in grants.sorted(by: { $0.grant.id < $1.grant.id }) {
      let view = GrantView(live, in: acting.replay)
      let end = live.grant.expiresAt.map { ", until \(Words.both($0))" } ?? ""
      sheet.add(
        live.grant.id.short,
        "\(view.status.word) \(Words.role(live.grant)) of \(view.people)\(end)")
    }
    return sheet
  }

  /// The words for what is being done: `revoke`.
  private var verb: String {
    switch deed {
    case .reject: "reject"
    case .withdraw: "withdraw"
    case .revoke: "revoke"
    case .retract: "retract"
    }
  }

  var command: Deed {
    let what = grants.count == 1 ? "this" : "these \(grants.count)"
    return Deed(
      action: verb, sheet: sheet,
      question: deed == .retract ? "Take back your approval?" : "Sign to \(verb) \(what)?",
      outcome: outcome, next: { _ in nil })
  }

  private func outcome(_ views: [GrantView]) -> String {
    guard views.count == 1, let view = views.first else {
      let noun = deed == .reject || deed == .withdraw ? "request" : "grant"
      return "\(past) \(Words.count(views.count, noun))"
    }
    let what = "\(Words.role(view.grant)) of \(view.grant.subject) (\(view.grant.id.short))"
    guard deed == .retract else { return "\(past) \(what)" }
    guard let quorum = view.quorum else {
      return "took your approval back; with it \(what) ended"
    }
    return "took your approval of \(what) back: \(quorum.have) of \(quorum.need) left"
  }

  private var past: String {
    switch deed {
    case .reject: "rejected"
    case .withdraw: "withdrew"
    case .revoke: "revoked"
    case .retract: "retracted"
    }
  }
}

extension Acting {
  /// Ends the named grants, asking for a reason on a terminal where one is needed.
  func end(_ deed: EndIntent.Deed, _ choices: [GrantChoice], why: String?) async throws {
    var ids: [GrantID] = []
    for choice in choices {
      let id = try find(choice)
      if !ids.contains(id) { ids.append(id) }
    }
    var grants = ids.compactMap { replay.belief.live[$0] }
    if deed == .reject || deed == .withdraw {
      for id in ids { try demandUndecided(id, for: .end) }
    } else {
      grants = try stillRunning(grants, deed == .revoke ? "revoke" : "take back")
    }
    let intent = EndIntent(
      deed, signer: me, ids: grants.map(\.grant.id), reason: reason(for: deed, grants, why: why))
    try await carryOut(EndPlan(deed: deed, grants: grants, acting: self).command, intent)
  }

  /// What was given, or what a person answers; the intent says where one is lacking.
  func reason(for deed: EndIntent.Deed, _ grants: [LiveGrant], why: String?) -> String {
    if let why { return why }
    let own = grants.allSatisfy { [$0.grant.subject, $0.grant.requester].contains(me) }
    let endsNothing = deed == .retract && grants.allSatisfy { $0.state == .pending }
    guard !own, !endsNothing, Terminal.canAsk else { return "" }
    return Terminal.ask("Why? The people concerned will read it:") ?? ""
  }
}
