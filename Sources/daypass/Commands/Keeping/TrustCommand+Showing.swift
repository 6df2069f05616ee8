import GitStore
import Grants
import History
import Ledger

/// What is trusted, as it stands.
extension TrustCommand {
  func show() async throws {
    let repository = try GitRepository.open(at: options.directory)
    guard try await Session.statedRoot(options, repository) != nil else {
      return try await showNothing(repository)
    }
    let session = try await Session.open(options)
    let root = session.ledger.root
    let belief = try session.ledger.rootBelief()
    let accepted = session.acceptedHead
    let admins = belief.policy.policy.admins
    if format.output != .table {
      let keys = admins.map { admin in
        OutputValue.object([
          ("principal", .string(admin.name)),
          (
            "keys",
            .list(belief.policy.signers.entries(of: admin.name).map { .string("\($0.key)") })
          ),
        ])
      }
      let value = OutputValue.object([
        ("root", .string(root.hex)), ("branch", .string(session.branch)),
        ("remote", .optional(session.remoteName)), ("verifiedHead", .optional(accepted?.hex)),
        ("name", .string(belief.policy.policy.name)),
        ("serial", .int(belief.policy.policy.serial)),
        ("adminQuorum", .int(belief.policy.policy.adminQuorum)), ("admins", .list(keys)),
      ])
      return Terminal.write(try value.render(format.output))
    }
    let style = Style.forOutput
    var text = "\(style.bold("root"))    \(root)\n"
    text += "\(style.bold("policy"))  \(Words.safe(belief.policy.policy.name)), "
    text += "serial \(belief.policy.policy.serial) there, "
    text += "changed by \(Self.quorum(belief.policy.policy.adminQuorum, of: admins.count))\n"
    for admin in admins {
      for entry in belief.policy.signers.entries(of: admin.name) {
        text += "\(style.bold("admin"))   \(Words.safe(entry.words))\n"
      }
    }
    text += "\(style.bold("branch"))  \(Words.safe(session.branch))"
    text += session.remoteName.map { " of \(Words.safe($0))\n" } ?? ", without a remote\n"
    text += "\(style.bold("seen"))    \(accepted?.hex ?? "nothing verified here yet")\n"
    Terminal.write(text)
  }

  /// `any one of its 3 admins`.
  private static func quorum(_ need: Int, of count: Int) -> String {
    if count == 1 { return "its only admin" }
    return need == 1
      ? "any one of its \(count) admins"
      : need == count
        ? "all \(count) of its admins together" : "any \(need) of its \(count) admins together"
  }

  /// Nothing is trusted yet: that is an answer, and what to do about it.
  private func showNothing(_ repository: GitRepository) async throws {
    guard format.output == .table else {
      return Terminal.write(try OutputValue.object([("root", .null)]).render(format.output))
    }
    let failure = try await Session.ungoverned(repository)
    Terminal.write("No root is trusted yet\n")
    for line in failure.hint.split(separator: "\n") {
      Terminal.write("  \(Style.forOutput.dim(Words.safe(String(line))))\n")
    }
  }
}
