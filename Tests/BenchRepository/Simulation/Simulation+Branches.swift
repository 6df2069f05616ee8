import Grants
import History

extension Simulation {
  /// Commits that wait for their merge.
  struct Branch {
    /// The number of its last commit.
    let tip: Int
    let name: String
    let steps: [Step]
  }

  /// What a branch does to a grant, as it will be believed once it is merged.
  enum Step {
    /// The grant after the request, or after an approval of one that nobody else touches meanwhile.
    case becomes(Live)
    /// One more approval of whatever is believed then.
    case adds(Approval, GrantID)
  }

  /// Whether the next step comes through a branch: one in so many that the plan's share of all steps
  /// does, expiries by the reconciler included.
  mutating func isOnBranch() -> Bool { chance(plan.merges * 0.95) }

  /// A request on a branch of its own; often the approval as well.
  mutating func branch(requesting asked: Live, by requester: Int) {
    let id = asked.grant.id
    let mainline = tree.enterBranch()
    tree.move(id, from: nil, to: .pending, asked.file.id)
    count(.request)
    var last = commit(on: [tip], by: requester, Self.subject(ofRequest: asked.grant))
    var result = asked
    if chance(0.4), let approver = approver(of: asked) {
      let moment = now + TimeSpan(seconds: 60 + Int64(min(exponential(300), 600)))
      result = approved(asked, by: approver, at: moment)
      tree.move(id, from: .pending, to: result.state, result.file.id)
      count(.approve)
      last = commit(
        on: [last], by: approver, at: moment, Self.subject(ofApproval: result.grant))
    }
    tree.leaveBranch(mainline)
    open(Branch(tip: last, name: "request-\(id.short)", steps: [.becomes(result)]))
  }

  /// An approval on a branch; until it is merged the grant is left alone.
  mutating func branch(approving asked: Live, by approver: Int) {
    let id = asked.grant.id
    let after = approved(asked, by: approver, at: now)
    let mainline = tree.enterBranch()
    tree.move(id, from: .pending, to: after.state, after.file.id)
    count(.approve)
    let last = commit(on: [tip], by: approver, Self.subject(ofApproval: after.grant))
    tree.leaveBranch(mainline)
    live[id]?.isAway = true
    open(Branch(tip: last, name: "approve-\(id.short)", steps: [.becomes(after)]))
  }

  /// Two people approve at the same time, one of them on a branch: neither sees the other's approval,
  /// and the reconciler has to move the file.
  mutating func approveSideBySide(_ asked: Live, _ first: Int) {
    let id = asked.grant.id
    let groups = company.roles[asked.role].approvers
    let others = groups[1].filter {
      ![asked.grant.requester, asked.grant.subject].contains(company.people[$0].principal)
    }
    guard !others.isEmpty else { return }
    let second = pick(others)
    let approval = Approval(by: company.people[second].principal, at: now)
    let mainline = tree.enterBranch()
    let alone = taking(.approve(approval, moves: false), asked)
    tree.move(id, from: .pending, to: .pending, alone.file.id)
    count(.approve)
    let last = commit(on: [tip], by: second, Self.subject(ofApproval: alone.grant))
    tree.leaveBranch(mainline)
    let after = approved(asked, by: first, at: now)
    place(after)
    count(.approve)
    advance(by: first, Self.subject(ofApproval: after.grant))
    live[id]?.isAway = true
    open(Branch(tip: last, name: "approve-\(id.short)", steps: [.adds(approval, id)]))
  }

  /// Most branches are merged within the hour, some stay open until the evening.
  private mutating func open(_ branch: Branch) {
    counts.branches += 1
    branches[counts.branches] = branch
    let pause = chance(0.1) ? exponential(4 * 3_600) : exponential(1_200)
    plan(.merge, in: 900 + min(pause, 12 * 3_600), branch: counts.branches)
  }

  /// A forge merges the branch, unsigned: the tree is what is believed then.
  mutating func merge(_ number: Int) {
    guard let branch = branches.removeValue(forKey: number) else { return }
    for step in branch.steps {
      switch step {
      case .becomes(var grant):
        let id = grant.grant.id
        grant.isAway = false
        let isNew = live[id] == nil
        tree.move(id, from: live[id]?.state, to: grant.state, grant.file.id)
        if isNew, grant.state == .pending, grant.grant.approvals.isEmpty {
          begin(grant)
        } else {
          live[id] = grant
          if grant.state == .pending {
            ends.insert(Ending(moment: id.requestedAt + .days(1), id: id))
          }
          decided(id)
        }
      case .adds(let approval, let id):
        guard var grant = live[id] else { continue }
        grant.isAway = false
        live[id] = grant
        place(taking(.approve(approval, moves: false), grant))
        unmoved.append(id)
      }
    }
    counts.merges += 1
    tip = commit(on: [tip, branch.tip], by: nil, "Merge branch '\(branch.name)'")
  }
}
