import Foundation
import Grants
import History
import Ledger
import TestSupport

/// Heads of a history as lines for the model, each with what this program says to it.
struct Questions {
  private let history: InMemoryHistory
  private let root: ObjectID
  private(set) var lines: [String] = []

  /// A random history.
  init(seed: UInt64) throws {
    var random = SeededRandom(seed: seed &* 31)
    let made = try RandomHistory(
      seed: seed, steps: Int.random(in: 10...40, using: &random),
      varyingLanding: seed.isMultiple(of: 2), wildly: seed % 8 < 7)
    (history, root) = (made.world.history, made.world.root)
    let heads = made.heads.isEmpty ? [(commit: root, at: World.start)] : made.heads
    // The last one, and maybe another.
    var steps = Set([heads.count - 1])
    if Bool.random(using: &random) { steps.insert(Int.random(in: 0..<heads.count, using: &random)) }
    for step in steps.sorted() {
      // Sometimes asked much later, or by a clock that lags behind.
      let late: [TimeSpan] = [
        .minutes(0), .minutes(0), .minutes(90), .days(3), .days(30), .minutes(-5),
        TimeSpan(seconds: -301),
      ]
      let after = late.randomElement(using: &random) ?? .minutes(0)
      var step = step
      while true {
        let (head, now) = (heads[step].commit, heads[step].at + after)
        let answer = try answer(head, now)
        // One head at which the replay stops says as much as many: mostly an earlier one is asked
        // about instead.
        if answer.said["stopped"] != nil, step > 0, Int.random(in: 0..<5, using: &random) > 0 {
          step = step * 2 / 3
          continue
        }
        try write(head, at: now, place: "seed \(seed), head \(step) at \(now)", answer)
        break
      }
    }
  }

  /// A history that was kept: one line, as this program once wrote it.
  init(kept line: Data) throws {
    history = InMemoryHistory()
    guard let kept = try JSONSerialization.jsonObject(with: line) as? [String: Any],
      let objects = kept["objects"] as? [[String]],
      let root = (kept["root"] as? String).flatMap(ObjectID.init(hex:)),
      let head = (kept["head"] as? String).flatMap(ObjectID.init(hex:)),
      let now = kept["now"] as? Int64, let place = kept["place"] as? String
    else { throw Unreadable() }
    self.root = root
    for object in objects {
      guard let kind = ObjectKind(rawValue: object[0]), let bytes = Data(base64Encoded: object[1])
      else { throw Unreadable() }
      _ = try history.write(kind, Array(bytes))
    }
    let moment = Timestamp(seconds: now)
    try write(head, at: moment, place: place, answer(head, moment))
  }

  struct Unreadable: Error {}

  private mutating func write(
    _ head: ObjectID, at now: Timestamp, place: String, _ answer: Answer
  ) throws {
    var line: [String: Any] = [
      "root": root.hex, "head": head.hex, "now": now.seconds, "place": place,
      "said": answer.said, "seen": answer.seen,
    ]
    if lines.isEmpty {
      line["objects"] = history.everything.map {
        [$0.kind.rawValue, Data($0.bytes).base64EncodedString()]
      }
    }
    let data = try JSONSerialization.data(withJSONObject: line, options: [.sortedKeys])
    lines.append(String(decoding: data, as: UTF8.self))
  }

  private typealias Answer = (said: [String: Any], seen: [String: Int])

  /// - Returns: what is believed, and the rules and steps that came about on the way.
  private func answer(_ head: ObjectID, _ now: Timestamp) throws -> Answer {
    do {
      var events: [LedgerEvent] = []
      let replay = try Ledger(history: history, root: root, branch: "main")
        .replay(head: head, now: now, report: { events.append($0) })
      let shown = try replay.restoredTree(
        over: replay.tree(of: head)
      ) { (kind, bytes) throws(HistoryError) in
        try history.write(kind, bytes)
      }
      let words: [String] = events.compactMap { event in
        switch event {
        case .incident(let incident): incident.rule.rawValue
        case .transition(let transition): "step \(transition.kind.rawValue)"
        case .policy: "policy adopted"
        case .pin: "pin"
        default: nil
        }
      }
      let said: [String: Any] = [
        "anticipated": live(replay.anticipating), "live": live(replay),
        "digest": try replay.digest(),
        "shown": try replay.digest(ofRestored: shown),
        "pins": events.pins.map { [$0.commit.hex, $0.digest] },
        "serial": replay.belief.policy.policy.serial,
        "disputes": replay.disputes
          .map { ["\($0.difference.path)", $0.cause.rule.rawValue, $0.cause.commit.hex] }
          .sorted { $0[0] < $1[0] },
      ]
      return (said, Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +))
    } catch {
      // The rules of docs/format.md 24.
      let rule =
        switch error.code {
        case .ambiguousMainline: "one-mainline"
        case .rootNotReached: "whole-history"
        case .cannotJudge: "unknown-schema"
        default: "\(error.code)"
        }
      return (["stopped": rule], ["stopped \(rule)": 1])
    }
  }

  private func live(_ replay: Replay) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: replay.belief.live.values.map { ("\($0.grant.id)", $0.state.rawValue) })
  }
}
