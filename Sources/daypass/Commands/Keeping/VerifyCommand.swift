import ArgumentParser
import Grants
import History
import Ledger

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Replay history from the trusted root and say what is disputed.",
    discussion: """
      Every signed step is checked: who signed, with which key, whether the policy then in force \
      allowed it, and when. Where the files of the head are not what was signed for, the place is \
      disputed and named with its commit, rule and people; everything else goes on.

      Ends with 0 if all is well, with 3 if anything is disputed, a pin states another belief, or \
      history cannot be trusted at all.

      Examples:
        daypass verify
        daypass verify --all -o json           from the root, with every incident there ever was
        daypass verify --mainline COMMIT       your word, once, on which of two lines is the true one
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var format: OutputOptions

  @OptionGroup var word: MainlineOptions
  @OptionGroup var pins: PinOptions

  @Flag(help: "Begin at the root and list every incident, settled ones too.")
  var all = false

  @Flag(help: "End with 3 also for incidents that are settled; implies --all.")
  var strict = false

  func validate() throws {
    guard pins.trustPins, all || strict || word.mainline != nil else { return }
    throw ValidationError("--trust-pins goes with neither --all, --strict nor --mainline.")
  }

  func run() async throws {
    var session = try await Session.open(options)
    session.choice = try word.choice()
    var incidents: [Incident] = []
    let replay = try session.replay(
      wholeHistory: all || strict, trustingPins: pins.trustPins
    ) { event in
      if case .incident(let incident) = event { incidents.append(incident) }
    }
    let verdict = Verdict(
      replay: replay, incidents: all || strict ? incidents : nil, isStrict: strict)
    if format.output == .table {
      Terminal.write(verdict.words(Style.forOutput))
    } else {
      Terminal.write(try verdict.output.render(format.output))
    }
    if !verdict.contradictions.isEmpty { Terminal.writeError(verdict.alarm(Style.forErrors)) }
    let isBad = !replay.disputes.isEmpty || !verdict.contradictions.isEmpty
    if isBad || (strict && !incidents.isEmpty) { throw ExitCode(ExitStatus.untrusted.rawValue) }
  }
}

/// What a verification has found, ready to be printed.
struct Verdict {
  let replay: Replay
  /// Nil where only what is disputed was asked for.
  let incidents: [Incident]?
  /// Whether settled incidents are bad, too.
  var isStrict = false

  /// The pins whose reconciler believed something else.
  var contradictions: [Pin] { replay.pins.filter(\.contradicts) }

  private func count(_ state: GrantState) -> Int {
    replay.belief.live.count(of: state)
  }

  func words(_ style: Style) -> String {
    let policy = replay.belief.policy.policy
    var text = "head     \(replay.head)\nroot     \(replay.root)\n"
    text += "belief   \(Words.safe(policy.name)), policy serial \(policy.serial): "
    text += "\(count(.pending)) pending, \(count(.active)) active\n"
    text += "pinned   "
    text +=
      replay.pinnedAt.map { "\(Words.both($0)), \(Words.relative($0, to: replay.now))" }
      ?? "never since the root"
    text += replay.hasUnpinned ? "; what came since is provisional\n" : "\n"
    if let pin = replay.trustedPin {
      text +=
        style.warn("trusted  ")
        + "the word of \(pin.signer) at \(pin.commit.short) for "
        + "\(Words.count(pin.unjudged, "commit")) that nobody judged here\n"
    }
    if !replay.waiting.isEmpty {
      text +=
        "waiting  \(Words.count(replay.waiting.count, "step")) for the next commit of a reconciler\n"
    }
    if let mainline = replay.flippedUpon {
      text +=
        style.warn("flipped  ")
        + "the mainline \(mainline.short) was merged into a branch; straighten it: daypass heal\n"
    }
    for pin in replay.pinsAhead {
      text +=
        style.warn("ahead    ")
        + "\(pin.commit.short) by \(pin.signer) is dated \(pin.at), ahead of this clock: no pin\n"
    }
    for dispute in replay.disputes { text += Self.words(dispute, style) }
    for incident in incidents ?? [] {
      text += "\(style.dim("incident")) \(Self.words(incident))\n"
    }
    return text + conclusion(style)
  }

  /// The last line: what it all comes to, and the exit code where that is not 0.
  private func conclusion(_ style: Style) -> String {
    if !replay.disputes.isEmpty {
      return style.bad("disputed") + ": \(Words.count(replay.disputes.count, "place"))\n"
    }
    if !contradictions.isEmpty {
      let pins = Words.count(contradictions.count, "pin")
      return style.bad("not verified")
        + ": nothing is disputed, but \(pins) \(contradictions.count == 1 ? "states" : "state") "
        + "another belief\n"
    }
    if let pin = replay.trustedPin {
      return style.warn("verified since \(pin.commit.short)") + ": nothing is disputed\n"
    }
    let past = incidents?.count ?? 0
    guard isStrict, past > 0 else { return style.good("verified") + ": nothing is disputed\n" }
    return style.warn("strict")
      + ": nothing is disputed now, but there \(past == 1 ? "was" : "were") "
      + "\(Words.count(past, "incident")); --strict ends with 3 for that\n"
  }

  private static func words(_ dispute: Dispute, _ style: Style) -> String {
    let cause = dispute.cause
    var text = "\n\(style.bad("disputed")) \(Words.safe(dispute.difference.path))\n"
    text += "  commit  \(cause.commit)\n"
    if cause.mainline != cause.commit { text += "  landed  \(cause.mainline)\n" }
    text += "  rule    \(cause.rule.rawValue): \(Words.safe(cause.sentence))\n"
    text += "  author  \(Words.safe(cause.author)) (proves nothing)\n"
    text += "  signer  \(cause.signer.map { Words.safe($0.name) } ?? "nobody who counts")\n"
    text += "  \(style.dim(hint(dispute)))\n"
    return text
  }

  static func words(_ incident: Incident) -> String {
    "\(incident.landedAt) \(incident.commit.short) \(Words.safe(incident.unit.description)) "
      + "\(incident.rule.rawValue): \(Words.safe(incident.sentence)) "
      + "[\(Words.safe(incident.author)), signed by "
      + "\(incident.signer.map { Words.safe($0.name) } ?? "nobody who counts")]"
  }

  /// What to do about it.
  private static func hint(_ dispute: Dispute) -> String {
    switch dispute.unit {
    case .grant(let id):
      "What counts: daypass show \(id.short). Put it back: daypass heal. Meant honestly? Do it with "
        + "daypass and sign it."
    case .policies:
      "What is in force stays in force: daypass policy diff. Put it back: daypass heal"
    case .place: "Put it back: daypass heal (or the next daypass reconcile)"
    }
  }

  func alarm(_ style: Style) -> String {
    contradictions.map { pin in
      "\n" + style.bad("!! PIN \(pin.commit.short) STATES ANOTHER BELIEF !!") + "\n"
        + "  \(pin.signer) at \(pin.at) signed for \(pin.statedDigest ?? "-")\n"
        + "  this replay finds                     \(pin.digest)\n"
        + "  One of the two programs is wrong or forged. Trust neither set until it is known which:\n"
        + "  compare versions, and verify on another machine.\n"
    }.joined()
  }

  var output: OutputValue {
    var members: [(String, OutputValue)] = [
      ("head", .string(replay.head.hex)), ("root", .string(replay.root.hex)),
      ("branch", .string(replay.branch)), ("repository", .string(replay.belief.policy.policy.name)),
      ("policySerial", .int(replay.belief.policy.policy.serial)),
      ("policy", .string(replay.belief.policy.tree.hex)), ("pending", .int(count(.pending))),
      ("active", .int(count(.active))), ("pinnedAt", .optional(replay.pinnedAt?.description)),
      ("provisional", .bool(replay.hasUnpinned)), ("waiting", .int(replay.waiting.count)),
      ("flippedUpon", .optional(replay.flippedUpon?.hex)),
      ("disputes", .list(replay.disputes.map(Self.output))),
      ("contradictedPins", .list(contradictions.map { .string($0.commit.hex) })),
    ]
    if let pin = replay.trustedPin { members.append(("trustedPin", Self.output(pin))) }
    if let incidents { members.append(("incidents", .list(incidents.map(Self.output)))) }
    return .object(members)
  }

  private static func output(_ pin: TrustedPin) -> OutputValue {
    .object([
      ("commit", .string(pin.commit.hex)), ("at", .string(pin.at.description)),
      ("signer", .string(pin.signer.name)), ("unjudged", .int(pin.unjudged)),
    ])
  }

  private static func output(_ dispute: Dispute) -> OutputValue {
    .object([
      ("path", .string(dispute.difference.path)), ("believed", .bool(dispute.difference.believed)),
      ("found", .bool(dispute.difference.found)), ("cause", output(dispute.cause)),
      ("hint", .string(hint(dispute))),
    ])
  }

  static func output(_ incident: Incident) -> OutputValue {
    .object([
      ("commit", .string(incident.commit.hex)), ("mainline", .string(incident.mainline.hex)),
      ("landedAt", .string(incident.landedAt.description)),
      ("unit", .string(incident.unit.description)), ("rule", .string(incident.rule.rawValue)),
      ("sentence", .string(incident.sentence)), ("author", .string(incident.author)),
      ("signer", .optional(incident.signer?.name)),
    ])
  }
}
