import Grants
import History
import Ledger

/// Steps that try whatever a clone could push.
extension RandomHistory {
  typealias Edits = [String: World.File?]

  mutating func wildStep() throws {
    let next: ObjectID? =
      switch Int.random(in: 0..<28, using: &random) {
      case 0...8: try wildCommit(on: head)
      case 9, 10: try wildPin(on: head)
      case 11, 12: try wildPolicy(on: head)
      case 13: try wildConsent(on: head)
      case 14...21: try scene()
      default: try wildMerge()
      }
    guard let next else { return }
    push(next)
    isStale.toggle()
    if !isStale { settle() }
  }

  /// Looks at the head. Where the replay stops, the next step goes on from before, and the heads since
  /// are mostly forgotten: one such head says as much as many.
  mutating func settle() {
    isStale = false
    if (try? believed()) != nil {
      if sound.head != head { forks.append(head) }
      sound = (head, heads.count)
      return
    }
    head = sound.head
    if !chance(12) { heads.removeLast(heads.count - sound.count) }
  }

  mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  mutating func signer() -> String? {
    chance(15) ? nil : pick(Self.people + Self.people + [World.ci] + WildPolicy.others)
  }

  func person(behind holder: String) throws -> Principal {
    try world.person(String(holder.prefix { $0 != "#" }))
  }

  /// One of someone's keys.
  mutating func key(of person: Principal) -> String {
    let mine = world.keys.keys.filter { $0.prefix { $0 != "#" } == "\(person)" }.sorted()
    return pick(mine) ?? World.alice
  }

  mutating func moment() -> Timestamp {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: wild()
    case 1: now - .minutes(Int64.random(in: 0...600, using: &random))
    case 2: now + .minutes(Int64.random(in: -6...6, using: &random))
    case 3...5: edge() ?? now
    default: now
    }
  }

  // MARK: Commits about grants

  /// A commit with one change, rarely more.
  mutating func wildCommit(on parent: ObjectID) throws -> ObjectID? {
    var at = moment()
    guard var (edits, who) = try change(parent, at: at) else { return nil }
    if let aimed { at = aimed }
    if chance(8), let (more, _) = try change(parent, at: at) {
      edits.merge(more) { first, _ in first }
    }
    if chance(12) { who = signer() }
    return try wildCommit(on: parent, edits, by: who, at: at)
  }

  mutating func wildCommit(
    on parent: ObjectID, _ edits: Edits, by who: String?, at: Timestamp,
    message: String = "A change"
  ) throws -> ObjectID {
    var transform: (([UInt8]) -> [UInt8])?
    if chance(30) {
      let which = Int.random(in: 0..<6, using: &random)
      transform = { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let changed: String =
          switch which {
          case 0: text.replacing("\n\n", with: "\nx-more yes\n\n", maxReplacements: 1)
          case 1: text.replacing("\n\n", with: "\ngpgsig-sha256 x\n\n", maxReplacements: 1)
          case 2: text.replacing("+0000\ngpgsig", with: "+0000\nencoding UTF-8\ngpgsig")
          case 3: text + "and more\n"
          case 4: text.replacing("gpgsig -----BEGIN", with: "gpgsig  -----BEGIN")
          default: text.replacing("committer Someone <", with: "committer Some<one <")
          }
        return Array(changed.utf8)
      }
    }
    let subject =
      pick(["", " \u{200b}", "Überblick\u{7}", message, message, message, message]) ?? ""
    return try world.commit(
      on: parent, edits: edits, by: who, at: at, message: "\(subject)\n", transform: transform)
  }

  mutating func change(_ parent: ObjectID, at: Timestamp) throws -> (Edits, String?)? {
    let live = try believed().belief.live.values.sorted { $0.grant.id < $1.grant.id }
    let target = pick(live)
    aimed = nil
    switch Int.random(in: 0..<24, using: &random) {
    case 0...6: return try wildRequest(at)
    case 7...10: return try target.flatMap { try wildApproval($0.grant, at) }
    case 11, 12: return try target.map { try wildEnd($0.grant, $0.state, at) }
    case 13: return try target.flatMap { try retraction($0.grant, $0.state) }
    case 14:
      // Against the request it amends, to the second.
      if !chance(3) { aimed = target?.requestSignedAt.moved(by: pick([-1, 0, 1, 60]) ?? 0) }
      return try target.map { try amendment($0.grant, $0.state, at) }
    case 15: return try target.map { try activation($0.grant, at) }
    case 16, 17: return try target.map { try damage($0.grant, $0.state) }
    case 18, 19: return (try stray(), signer())
    case 20: return try resurrection(parent)
    default: return removal(parent)
    }
  }

  mutating func wildRequest(_ at: Timestamp) throws -> (Edits, String?) {
    let who = pick(Self.people + ["frank@example.com"]) ?? World.alice
    let role = pick(["db-read", "db-read", "prod-admin", "scoped", "ticketed", "free", "no-such"])
    let length: TimeSpan =
      pick([.minutes(30), .hours(1), .hours(3), .hours(9), .minutes(5)]) ?? .hours(1)
    var grant = try world.grant(
      by: who, for: chance(3) ? person() : nil, role: role ?? "db-read",
      at: chance(10) ? moment() : at,
      duration: chance(10) ? TimeSpan(seconds: pick([1, 59, 3_153_600_000]) ?? 1) : length,
      why: pick(["because it is needed", "because", "WHY", "", " \n", "no"]) ?? "",
      repository: chance(20) ? "elsewhere" : "world")
    if role == "scoped" || chance(20) {
      grant.scope = ["cluster": pick(["prod", "staging", "none"]) ?? "prod", "zone": "a"]
      if chance(8) { grant.scope["more"] = "x" }
    }
    if role == "ticketed" || chance(10) { grant.ticket = pick(["OPS-1", "OPS-22", " ", "x"]) }
    if chance(30) { grant.breakGlass = true }
    if chance(30) { grant.startAt = at }
    if chance(30) { grant.renews = grant.id }
    if chance(20) { grant = try world.approved(grant, by: person(), at: at, activates: false) }
    let into = role == "free" ? chance(2) : chance(12)
    if into, !chance(4) {
      grant.activatedAt = chance(4) ? moment() : at
      grant.expiresAt = at + grant.duration
    }
    return (World.place(grant, into ? .active : .pending), key(of: grant.requester))
  }

  mutating func wildApproval(_ grant: Grant, _ at: Timestamp) throws -> (Edits, String?) {
    let who = pick([World.bob, World.dave, World.carol, person(), "\(grant.subject)"]) ?? World.bob
    let moves = chance(2)
    var after = try world.approved(
      grant, by: who, at: chance(8) ? moment() : at, activates: moves,
      duration: chance(3) ? .minutes(Int64.random(in: 0...240, using: &random) + 1) : nil)
    if chance(15) { after = try world.approved(after, by: person(), at: at, activates: moves) }
    if chance(15) { after.activatedAt = nil }
    if chance(15) { after.justification += "!" }
    if chance(15) { after.repository = "elsewhere" }
    return (World.place(after, moves ? .active : .pending), key(of: try world.person(who)))
  }

  mutating func wildEnd(
    _ grant: Grant, _ state: GrantState, _ at: Timestamp
  ) throws -> (Edits, String?) {
    let outcome = pick(Closure.Outcome.allCases) ?? .revoked
    let holder = pick([World.ci, "\(grant.requester)", signer() ?? World.bob]) ?? World.ci
    var after = try world.closed(
      grant, outcome, by: "\(try person(behind: chance(12) ? World.bob : holder))",
      at: chance(5) ? moment() : at, reason: pick(["done", "done", "", " \u{a0}"]) ?? "")
    if chance(10) { after.justification = "another" }
    if chance(10) { after.activatedAt = nil }
    var edits = World.place(after, .closed)
    // Sometimes it stays where it was as well.
    if chance(6) { edits[GrantPath(state: state, id: grant.id).description] = nil }
    return (edits, holder)
  }

  mutating func retraction(
    _ grant: Grant, _ state: GrantState
  ) throws -> (Edits, String?)? {
    guard let approval = pick(grant.approvals) else { return nil }
    var after = grant
    after.approvals.removeAll { $0.by == approval.by }
    return (World.place(after, chance(4) ? .pending : state), key(of: approval.by))
  }

  mutating func amendment(
    _ grant: Grant, _ state: GrantState, _ at: Timestamp
  ) throws -> (Edits, String?) {
    var after = grant
    switch Int.random(in: 0..<6, using: &random) {
    case 0: after.duration = .minutes(Int64.random(in: 1...300, using: &random))
    case 1: after.justification = "another reason"
    case 2: after.subject = try world.person(person())
    case 3: after.requester = try world.person(person())
    case 4: after.ticket = "OPS-9"
    default: after.role = try world.require(RoleName("prod-admin"))
    }
    if chance(2) { after.approvals = [] }
    return (
      World.place(after, chance(6) ? .active : .pending),
      chance(5) ? key(of: after.requester) : key(of: grant.requester)
    )
  }

  mutating func activation(_ grant: Grant, _ at: Timestamp) throws -> (Edits, String?) {
    var after = grant
    if !chance(4) {
      after.activatedAt = chance(3) ? at : grant.lastApprovedAt ?? at
      after.expiresAt = at + grant.approvedDuration
    }
    return (
      World.place(after, chance(5) ? .pending : .active),
      pick([World.ci, World.ci, signer()]) ?? nil
    )
  }

  // MARK: Trees

  mutating func damage(_ grant: Grant, _ state: GrantState) throws -> (Edits, String?) {
    let path = GrantPath(state: state, id: grant.id).description
    let other = GrantPath(state: pick(GrantState.allCases) ?? .active, id: grant.id).description
    let bytes = grant.canonicalBytes
    let edits: Edits =
      switch Int.random(in: 0..<10, using: &random) {
      case 0: [path: World.File(bytes + [10])]
      case 1: [path: World.File("{}")]
      case 2: [path: World.File(bytes, mode: 0o100755)]
      case 3: [path: World.File(Array("/etc/passwd".utf8), mode: 0o120000)]
      case 4: [other: World.File(bytes)]
      case 5: [path: World.File(bytes, mode: 0o100664)]
      case 6: [path: World.File?.none, path + "/inner": World.File(bytes)]
      case 7: World.place(grant, pick(GrantState.allCases) ?? .active)
      case 8: [other: World.File("garbage")]
      default: [path: World.File?.none, String(path.dropLast(5)): World.File(bytes)]
      }
    return (edits, pick([signer(), key(of: grant.requester)]) ?? nil)
  }

  mutating func stray() throws -> Edits {
    let text = World.File("\(random.next())")
    let paths = [
      "grants/stray", "grants/.gitkeep", "grants/README.md", "grants/pending/.gitkeep",
      "grants/pending/README.md", "grants/active/2026/09/x.json",
      "grants/closed/2026/99/99/99/a.json",
      "grants/other/2026/a", "grants/pending/20266/a", "grants/pending/2026/09/21/14/z.json",
      "grants/active/2026/09/21/15/20260921T150000Z-00000000/a", "notes.txt", "policies/README.md",
      "grants/pending/2026/09/21/15/20260921T160000Z-00000000.json", "grants/.gitkeep/deep",
      "grants/active/2026/09/21/15/20260921T150000Z-0000000.json",
      "grants/active/2026/09/21/15/20260921T150000Z-00000000.json",
      "grants/closed/2026/09/31/15/20260931T150000Z-00000000.json",
    ]
    return [pick(paths) ?? "grants/stray": chance(5) ? World.File?.none : text]
  }

  /// A file that lay anywhere before, anywhere again.
  mutating func resurrection(_ parent: ObjectID) throws -> (Edits, String?)? {
    guard let old = pick(heads.map(\.commit)) else { return nil }
    let files = world.files(of: old).filter { $0.key.hasPrefix("grants/") }
    guard let (path, file) = pick(files.sorted { $0.key < $1.key }) else { return nil }
    return ([path: file], signer())
  }

  mutating func removal(_ parent: ObjectID) -> (Edits, String?)? {
    let files = world.files(of: parent).keys.sorted().filter {
      $0.hasPrefix("grants/") || chance(40)
    }
    guard let path = pick(files.sorted()) else { return nil }
    if chance(15) {
      let folder = pick(["grants/", "grants/active/", "grants/pending/", "policies/"]) ?? "grants/"
      return (
        Dictionary(
          uniqueKeysWithValues: files.filter { $0.hasPrefix(folder) }.map { ($0, World.File?.none) }
        ),
        signer()
      )
    }
    // A closed one mostly by who may archive it.
    let archives = path.hasPrefix("grants/closed/") && chance(2)
    return ([path: World.File?.none], archives ? World.ci : signer())
  }
}
