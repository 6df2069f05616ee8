import ArgumentParser
import Grants
import History
import Ledger
import Submission

extension CheckCommand {
  /// What landing a branch would confer, break or leave.
  func judgeLanding(of name: String) async throws {
    let session = try await Session.open(options)
    guard let offer = try await session.offer(named: name) else {
      throw Failure(
        .failed, "there is no branch, commit or grant \(name) here",
        hint: session.remoteName == nil ? "" : "If others have it: daypass sync")
    }
    let tip = offer.tip
    let replay = try session.replay()
    let outlook = try session.ledger.outlook(landing: tip, on: replay, now: session.now)
    let check = LandingCheck(
      name: offer.branch, tip: tip, branch: session.branch, outlook: outlook,
      isLanded: try session.ledger.contains(tip, in: replay.head),
      disputed: try session.ledger.unbelieved(in: tip, after: outlook))
    if markdown {
      Terminal.write(check.markdown)
    } else if format.output == .table {
      Terminal.write(check.text(.forOutput))
    } else {
      Terminal.write(try check.output.render(format.output))
    }
    if !check.isClean { throw ExitCode(ExitStatus.denied.rawValue) }
  }
}

/// The judgement of one landing, ready to be printed.
struct LandingCheck {
  let name: String
  let tip: ObjectID
  let branch: String
  let outlook: Outlook
  let isLanded: Bool
  /// What its own files would leave disputed if a forge merged them.
  let disputed: [String]

  /// Whether everything in it counts, and a forge's merge would dispute nothing.
  var isClean: Bool { isLanded || (outlook.refusals.isEmpty && disputed.isEmpty) }

  /// What it would confer and what it would leave waiting, a line each.
  private var steps: [String] { LandingWords.steps(of: outlook) }

  private var verdict: String {
    if isLanded { return "has landed already" }
    let refused = outlook.refusals.count
    if refused > 0 {
      return "would be left: \(Words.count(refused, "thing")) in it would be refused"
    }
    if !disputed.isEmpty {
      return
        "would leave \(Words.count(disputed.count, "place")) disputed, if it were merged as it is"
    }
    return steps.isEmpty
      ? "brings nothing that daypass judges"
      : "may land; all of it would count"
        + (outlook.isWaiting ? ", with the next commit of a reconciler" : "")
  }

  private var title: String { "\(Words.safe(name)) at \(tip.short) upon \(Words.safe(branch))" }

  /// Requests that would still wait for somebody after it.
  private var waiting: [String] {
    let ids = Set(outlook.transitions.map(\.grant.id))
    return ids.sorted().compactMap { id in
      guard let live = outlook.after.belief.live[id], live.state == .pending else { return nil }
      let view = GrantView(live, in: outlook.after)
      let who = Words.names(view.quorum?.suppliers ?? [])
      return "\(id.short) would wait for approval (\(view.approvals)), by \(who)"
    }
  }

  func text(_ style: Style) -> String {
    let paint = isClean ? style.good : style.bad
    var text = "\(title) \(paint(verdict))\n"
    text += steps.map { "  \(Words.safe($0))\n" }.joined()
    text += waiting.map { "  \(Words.safe($0))\n" }.joined()
    for refusal in outlook.refusals {
      text += "  \(style.bad("refused")) \(Verdict.words(refusal))\n"
    }
    for place in disputed.prefix(20) {
      text +=
        "  \(style.bad("disputed")) \(Words.safe(place)) is not what would be believed there\n"
    }
    for hint in LandingWords.hints(outlook.refusals) { text += "  \(style.dim(hint))\n" }
    return text
  }

  /// Everything foreign stands in code, where it can neither link nor ping anybody.
  var markdown: String {
    func code(_ text: String) -> String {
      "`" + Words.safe(text).replacing("`", with: "'").replacing("|", with: "/") + "`"
    }
    var text = "### daypass: \(isClean ? "may land" : "refused")\n\n"
    text += "\(code(name)) at \(code(tip.short)) upon \(code(branch)) \(verdict).\n\n"
    text += steps.map { "- \(code($0))\n" }.joined()
    text += waiting.map { "- \(code($0))\n" }.joined()
    text += disputed.prefix(20).map { "- \(code($0)) would be disputed\n" }.joined()
    if !outlook.refusals.isEmpty {
      text += "\n| refused | rule | why | commit |\n| --- | --- | --- | --- |\n"
      for refusal in outlook.refusals {
        text += "| \(code(refusal.unit.description)) | \(code(refusal.rule.rawValue)) "
        text += "| \(code(refusal.sentence)) | \(code(refusal.commit.short)) |\n"
      }
      text += "\n" + LandingWords.hints(outlook.refusals).map { "\($0)\n" }.joined(separator: "\n")
    }
    return text
  }

  var output: OutputValue {
    .object([
      ("ref", .string(name)), ("tip", .string(tip.hex)), ("branch", .string(branch)),
      ("head", .string(outlook.before.head.hex)), ("landed", .bool(isLanded)),
      ("mayLand", .bool(!isLanded && isClean && !steps.isEmpty)),
      ("steps", .list(steps.map { .string($0) })),
      ("waiting", .list(waiting.map { .string($0) })),
      ("disputed", .list(disputed.map { .string($0) })),
      ("refusals", .list(outlook.refusals.map(Verdict.output))),
    ])
  }
}

extension Lane {
  /// The one branch whose grant a piece of an id names; nil where none fits.
  ///
  /// - Throws: ``Failure`` where several fit.
  static func choose(_ piece: String, from offers: [Offer]) throws -> Offer? {
    let ids = offers.compactMap { id(of: $0.branch) }
    guard let choice = GrantChoice(argument: piece), ids.contains(where: choice.fits) else {
      return nil
    }
    let name = branch(of: try choice.find(among: ids))
    return offers.first { $0.branch == name }
  }
}

extension Session {
  /// What a name to land means: a branch, tag or commit, else the branch of the one grant that the
  /// name is a piece of the id of.
  ///
  /// - Throws: ``Failure`` where several fit.
  func offer(named name: String) async throws -> Offer? {
    if let tip = try await commit(named: name) { return Offer(branch: name, tip: tip) }
    return try Lane.choose(name, from: try await LaneViews.offers(self))
  }

  /// The commit a branch (here, else at the remote as last fetched), tag or id names.
  func commit(named name: String) async throws -> ObjectID? {
    var names = ["refs/heads/\(name)"]
    if let remoteName { names.append("refs/remotes/\(remoteName)/\(name)") }
    for reference in names {
      if let tip = try? repository.tip(of: reference) { return tip }
    }
    return try await repository.resolve(name)
  }
}
