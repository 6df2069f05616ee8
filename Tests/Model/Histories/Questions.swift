import Foundation
import Grants
import History
import Ledger
import TestSupport

/// A random history as lines for the model, each with what this program says to it.
struct Questions {
  private(set) var lines: [String] = []

  init(seed: UInt64) throws {
    var random = SeededRandom(seed: seed &* 31)
    let history = try RandomHistory(
      seed: seed, steps: Int.random(in: 10...40, using: &random),
      varyingLanding: seed.isMultiple(of: 2), wildly: seed % 8 < 7)
    let world = history.world
    // The last one, and maybe another.
    let heads = Int.random(in: 1...2, using: &random)
    var steps = Set([history.heads.count - 1])
    while steps.count < min(heads, history.heads.count) {
      steps.insert(Int.random(in: 0..<history.heads.count, using: &random))
    }
    var objects: [[String]]? = world.history.everything.map {
      [$0.kind.rawValue, Data($0.bytes).base64EncodedString()]
    }
    for step in steps.sorted() {
      let (head, moment) = history.heads[step]
      // Sometimes asked much later, or by a clock that lags behind.
      let late: [TimeSpan] = [
        .minutes(0), .minutes(0), .minutes(90), .days(3), .days(30), .minutes(-5),
        TimeSpan(seconds: -301),
      ]
      let now = moment + (late.randomElement(using: &random) ?? .minutes(0))
      var line: [String: Any] = ["root": world.root.hex, "head": head.hex, "now": now.seconds]
      line["objects"] = objects
      objects = nil
      line["place"] = "seed \(seed), head \(step) at \(now)"
      let (said, seen) = try Self.answer(world, head, now)
      (line["said"], line["seen"]) = (said, seen)
      lines.append(try Self.text(line))
    }
  }

  private static func text(_ value: [String: Any]) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys]), as: UTF8.self)
  }

  /// - Returns: what is believed, and the rules and steps that came about on the way.
  private static func answer(
    _ world: World, _ head: ObjectID, _ now: Timestamp
  ) throws -> (said: [String: Any], seen: [String: Int]) {
    do {
      let (replay, events) = try world.replay(head, at: now)
      let object = try world.history.read(head, limit: 1 << 27)
      let tree = try world.require(CommitRecord(id: head, parsing: object.bytes)).tree
      let shown = try replay.restoredTree(over: tree) { (kind, bytes) throws(HistoryError) in
        try world.history.write(kind, bytes)
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
    } catch let error as LedgerError {
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

  private static func live(_ replay: Replay) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: replay.belief.live.map { ("\($0)", $1.state.rawValue) })
  }
}
