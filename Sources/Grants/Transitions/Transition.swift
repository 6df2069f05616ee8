/// One step in a grant's life: one case per row of the design's table, each read and applied in a
/// file of its own beside this one.
package enum Transition: Sendable, Hashable {
  /// A new request; `activatedAt` is set when it goes straight into active, as a role that needs
  /// no approval allows.
  case request(Grant, activatedAt: Timestamp?)
  case amend(Grant)
  /// `moves` says whether the approver moved the file to active.
  case approve(Approval, moves: Bool)
  case activate(statedAt: Timestamp?)
  case retract(Closure)
  case reject(Closure)
  case withdraw(Closure)
  case lapse(Closure)
  case revoke(Closure)
  case expire(Closure)
  case disqualify(Closure)
  case archive

  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case request, amend, approve, activate, retract, reject, withdraw, lapse, revoke, expire
    case disqualify, archive

    /// Whether the step gives access or prepares to; such a step can be refused for its date.
    package var givesAccess: Bool {
      switch self {
      case .request, .amend, .approve, .activate: true
      default: false
      }
    }

    /// Whether it takes access, or the prospect of it, away; such a step never waits. An archived
    /// grant gave none any more.
    package var takesAway: Bool { !givesAccess && self != .archive }
  }

  package var kind: Kind {
    switch self {
    case .request: .request
    case .amend: .amend
    case .approve: .approve
    case .activate: .activate
    case .retract: .retract
    case .reject: .reject
    case .withdraw: .withdraw
    case .lapse: .lapse
    case .revoke: .revoke
    case .expire: .expire
    case .disqualify: .disqualify
    case .archive: .archive
    }
  }

  /// The closing entry of a step that ends a grant or an approval.
  package var closure: Closure? {
    switch self {
    case .retract(let closure), .reject(let closure), .withdraw(let closure),
      .lapse(let closure), .revoke(let closure), .expire(let closure),
      .disqualify(let closure):
      closure
    default: nil
    }
  }

  /// Reads what a commit asserts of one grant as one step.
  ///
  /// Whether the signer may take the step, and whether now is the time, is not asked here.
  ///
  /// - Returns: the step, or why it is none.
  package static func read(_ assertion: Assertion) -> Reading {
    if assertion.believed.state == .closed {
      return readArchive(assertion).map { .step($0) } ?? .closedAlready
    }
    let endings: [(Assertion) -> Transition?] = [
      readWithdraw, readReject, readRevoke, readLapse, readExpire, readDisqualify,
    ]
    let others: [(Assertion) -> Transition?] = [
      readRetract, readApprove, readActivate, readRequest, readAmend,
    ]
    for reader in endings {
      if let transition = reader(assertion) { return .step(transition) }
    }
    if case .unreadable(let why) = assertion.asserted { return .unreadable(why) }
    for reader in others {
      if let transition = reader(assertion) { return .step(transition) }
    }
    return .none(explain(assertion))
  }

  package enum Reading: Sendable, Hashable {
    case step(Transition)
    /// The grant is closed already; closed is final.
    case closedAlready
    /// What lies there is no grant's file.
    case unreadable(String)
    case none(String)
  }

  /// Where the grant lies after the step, and what its file says; one that is archived lies
  /// nowhere, and is told as it lay last.
  ///
  /// - Parameters:
  ///   - believed: the grant before; nil for a request.
  ///   - state: where it lay before; nil for a request.
  ///   - suffices: whether the policy is satisfied by the approvals the given grant carries.
  package func apply(
    to believed: Grant?, in state: GrantState?, suffices: (Grant) -> Bool
  ) -> (GrantState, Grant)? {
    switch self {
    case .request(let grant, let activatedAt):
      return Self.requested(grant, activatedAt: activatedAt)
    case .amend(let grant): return believed.map { Self.amended($0, to: grant) }
    case .approve(let approval, let moves):
      return believed.map { Self.approved($0, approval, moves: moves, suffices: suffices) }
    case .activate(let statedAt):
      return believed.map { Self.activated($0, at: $0.lastApprovedAt ?? statedAt) }
    case .retract(let closure):
      return believed.map { Self.retracted($0, in: state, closure) }
    case .reject(let closure), .withdraw(let closure), .lapse(let closure),
      .revoke(let closure), .expire(let closure), .disqualify(let closure):
      return believed.map { Self.closed($0, closure) }
    case .archive: return believed.map { (.closed, $0) }
    }
  }

  static func closed(_ grant: Grant, _ closure: Closure) -> (GrantState, Grant) {
    var grant = grant
    grant.closed = closure
    return (.closed, grant)
  }

  /// The words for an assertion that no reader takes.
  private static func explain(_ assertion: Assertion) -> String {
    if let closed = assertion.asserted.grant?.closed, closed.by != assertion.signer {
      return "is closed in the name of \(closed.by), but \(assertion.signer) signed"
    }
    switch (assertion.believed, assertion.asserted) {
    case (.absent, .file(.closed, _)):
      return "closes a grant that is not believed: it never was, or it is archived"
    case (.file(.pending, _), .file(.active, _)) where !assertion.keepsRequest,
      (.file(.pending, _), .file(.pending, _)) where !assertion.keepsRequest:
      return "changes what was asked for; only the requester may, and as a pending request"
    case (.file(.active, _), .file(.pending, _)):
      return "treats as pending what is active already"
    case (.file(.active, _), .file(.active, _)):
      return "edits an active grant, which nobody may"
    case (.file(.pending, _), .file(.pending, _)):
      return "changes a request's bookkeeping without an approval by the signer"
    default: return "is no step in a grant's life"
    }
  }
}
