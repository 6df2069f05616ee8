import Grants
import History
import Ledger

/// An admin's consent to a new policy, in a commit that carries it.
package struct PolicyIntent: Intent {
  package var admin: Principal
  /// The tree of the new `policies/`, already written.
  package var tree: ObjectID
  /// The serial the new policy has.
  package var serial: Int
  package var subject: String

  package init(admin: Principal, tree: ObjectID, serial: Int, subject: String) {
    self.admin = admin
    self.tree = tree
    self.serial = serial
    self.subject = subject
  }

  package func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft {
    let believed = replay.belief.policy
    guard believed.policy.isAdmin(admin) else {
      let admins = believed.policy.admins.map(\.name).joined(separator: ", ")
      throw SubmissionError(
        .denied, "\(admin) is not an admin and cannot change the policy",
        hint: "The admins are \(admins).")
    }
    guard !replay.isPolicyWaiting else {
      throw SubmissionError(
        .conflict, "another change of the policy waits for the next commit of a reconciler",
        hint: "Make yours again upon it, once it is in force: daypass sync")
    }
    guard tree != believed.tree else {
      throw SubmissionError(.failed, "policies/ is as it is in force; there is nothing to change")
    }
    guard serial == believed.policy.serial + 1 else {
      throw SubmissionError(
        .conflict,
        "the policy has changed meanwhile: serial \(believed.policy.serial) is in force",
        hint: "Make your change again upon it: daypass sync")
    }
    return Draft(
      policies: tree, subject: subject,
      trailers: [("Daypass-Policy", "\(believed.tree)..\(tree)")], expected: [.policies])
  }
}

/// Landing a branch on which enough admins have consented to one new policy.
package struct PolicyLandingIntent: Intent {
  package var tree: ObjectID
  package var branchTip: ObjectID
  package var serial: Int

  package init(tree: ObjectID, branchTip: ObjectID, serial: Int) {
    self.tree = tree
    self.branchTip = branchTip
    self.serial = serial
  }

  package func draft(on replay: Replay, at now: Timestamp) throws(SubmissionError) -> Draft {
    Draft(
      policies: tree, subject: "Land policy \(serial)", expected: [.policies],
      secondParent: branchTip)
  }
}
