import Grants
import History
import Ledger
import Reconciler
import TestSupport
import Testing

@Suite struct SweepTests {
  /// What happens to grants, up to the moment that is looked at.
  enum Story: String, Sendable, CaseIterable {
    case running, undecided, approvedSideBySide, noLongerEligible
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let story: Story
    let now: Timestamp
    let expected: Transition.Kind?

    var testDescription: String {
      "\(story.rawValue) at \(now): \(expected?.rawValue ?? "nothing")"
    }
  }

  static let rows = [
    Row(story: .running, now: t, expected: nil),
    Row(story: .running, now: t + .hours(1) - second, expected: nil),
    Row(story: .running, now: t + .hours(1), expected: .expire),
    Row(story: .running, now: t + .days(9), expected: .expire),
    Row(story: .undecided, now: t + .days(1) - second, expected: nil),
    Row(story: .undecided, now: t + .days(1), expected: .lapse),
    Row(story: .approvedSideBySide, now: t + .minutes(3), expected: .activate),
    // The last approval was at two minutes: what would have run out already is not begun.
    Row(story: .approvedSideBySide, now: t + .minutes(62) - second, expected: .activate),
    Row(story: .approvedSideBySide, now: t + .minutes(62), expected: nil),
    Row(story: .approvedSideBySide, now: t + .days(1), expected: .lapse),
    Row(story: .noLongerEligible, now: t + .minutes(6), expected: .disqualify),
    // Having run out comes first: it says when access ended.
    Row(story: .noLongerEligible, now: t + .hours(1), expected: .expire),
  ]

  private func head(_ story: Story, _ world: World) throws -> (head: ObjectID, grant: Grant) {
    switch story {
    case .running: return try world.active()
    case .undecided:
      let grant = try world.grant(at: t)
      return (try world.request(grant, on: world.root), grant)
    case .approvedSideBySide:
      let grant = try world.grant(role: "prod-admin", at: t)
      let asked = try world.request(grant, on: world.root)
      let (first, once) = try world.approve(
        grant, on: asked, by: World.bob, at: t + .minutes(1), activates: false)
      let (second, twice) = try world.approve(
        once, on: first, by: World.dave, at: t + .minutes(2), activates: false)
      return (second, twice)
    case .noLongerEligible:
      let (head, grant) = try world.active()
      let changed = try world.changePolicy(
        on: head,
        edits: ["daypass.yaml": World.policyHead(serial: 2), "roles/db-read.yaml": nil],
        by: World.carol, at: t + .minutes(5))
      return (changed, grant)
    }
  }

  @Test(arguments: rows)
  func whatIsDoneWhen(_ row: Row) throws {
    let world = try World()
    let (head, grant) = try head(row.story, world)
    let steps = try world.sweep(head, at: row.now).steps
    #expect(steps.map(\.kind) == (row.expected.map { [$0] } ?? []))
    guard let step = steps.first else { return }
    #expect(step.grant.id == grant.id)
    #expect(step.after == (step.kind == .activate ? .active : .closed))
    if step.kind == .activate {
      #expect(step.grant.activatedAt == grant.lastApprovedAt)
    } else {
      #expect(step.grant.closed?.at == row.now)
      #expect(step.grant.closed?.by.name == World.ci)
    }
  }

  @Test(arguments: rows.filter { $0.expected != nil })
  func theLedgerAcceptsWhatTheSweepProposes(_ row: Row) throws {
    let world = try World()
    let (head, _) = try head(row.story, world)
    let step = try #require(try world.sweep(head, at: row.now).steps.first)
    let pin = try world.pin(
      on: head, at: row.now, edits: World.place(step.grant, step.after))
    let (replay, events) = try world.replay(pin, at: row.now)
    #expect(events.incidents == [])
    #expect(replay.disputes == [])
    #expect(events.transitions.last?.kind == row.expected)
    #expect(try world.sweep(pin, at: row.now).steps.isEmpty, "it is not done with")
  }

  @Test func inIdOrderOnceEachAndTheSameEveryTime() throws {
    let world = try World()
    var head = world.root
    var ids: [GrantID] = []
    for number in 0..<8 {
      // Later ids do not come later.
      let grant = try world.grant(
        by: number.isMultiple(of: 2) ? World.alice : World.erin,
        at: t + .minutes(Int64(number * 5 % 8)), duration: .minutes(Int64(number + 1)))
      head = try world.request(grant, on: head, by: grant.requester.name)
      ids.append(grant.id)
    }
    let now = t + .days(2)
    let steps = try world.sweep(head, at: now).steps
    #expect(steps.map(\.grant.id) == ids.sorted().filter(Set(steps.map(\.grant.id)).contains))
    #expect(!steps.isEmpty)
    #expect(Set(steps.map(\.grant.id)).count == steps.count)
    for _ in 1...5 { #expect(try world.sweep(head, at: now).steps == steps) }
  }
}
