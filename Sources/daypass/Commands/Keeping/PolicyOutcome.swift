import Grants
import History
import Submission

/// What has come of a change of the policy, for programs: the members of every writing command's
/// value, with the policy in place of grants.
struct PolicyOutcome {
  /// `policy-commit`, `policy-approve`.
  let action: String
  let serial: Int
  /// The tree of the new `policies/`.
  let policy: ObjectID
  let branch: String
  /// Nil for a dry run.
  var commit: ObjectID?
  var isPushed = false
  /// Whether it counts from now on; else it waits for more admins, or for a reconciler.
  var isInForce = false
  /// The admins who have consented.
  var admins: [Principal] = []
  var next: NextStep?

  var output: OutputValue {
    .object([
      ("action", .string(action)), ("dryRun", .bool(commit == nil)),
      ("commit", .optional(commit?.hex)), ("branch", .string(branch)),
      ("pushed", .bool(isPushed)), ("serial", .int(serial)), ("policy", .string(policy.hex)),
      ("inForce", .bool(isInForce)), ("admins", .list(admins.sorted().map { .string($0.name) })),
      ("next", .optional(next?.command)),
    ])
  }
}

extension PolicyDesk {
  /// One value for programs, at the end; the words for people come as things happen.
  func tell(_ outcome: PolicyOutcome) throws {
    guard format != .table else { return }
    Terminal.write(try outcome.output.render(format))
  }

  /// For people only.
  func say(_ words: String) {
    if format == .table { Terminal.write(words) }
  }
}
