import BenchRepository
import Foundation

/// Bar 5: one transition, without a network, in a bare clone, beside the signature it bears.
enum TransitionBench {
  private static let rounds = 11
  static let peer = "ssh-keygen -Y sign"
  private static let most = 8_192.0

  static func run(_ ground: Ground) throws -> [Row] {
    var contenders: [Contender] = []
    var sizes: [Int: Sizes] = [:]
    let lengths = ground.histories.map(\.transitions)
    for history in ground.histories {
      let size = Sizes()
      sizes[history.transitions] = size
      contenders += try Self.contenders(ground.clone(history), "\(history.transitions)", size)
    }
    contenders.append(try signing(ground))
    let rounds = try Rounds(rounds, contenders)
    var rows: [Row] = []
    for length in lengths {
      for what in ["request", "approve"] {
        rows.append(
          rounds.row(
            5, "\(what), \(length) transitions", "\(length) \(what)", to: peer, peer, most: 3))
        let bytes = median(sizes[length]?.bytes[what] ?? [])
        rows.append(
          Row(
            bar: 5, what: "\(what), \(length) transitions: loose objects",
            ours: String(format: "%.1f KB", bytes / 1_024), beside: "8 KB", ratio: bytes / most,
            limit: .most(1), rounds: sizes[length]?.bytes[what]?.count ?? 0))
      }
    }
    guard let short = lengths.first, let long = lengths.last, short != long else {
      return rows
    }
    for what in ["request", "approve"] {
      rows.append(
        rounds.row(
          5, "\(what), \(long) transitions", "\(long) \(what)", to: "\(short) \(what)",
          "\(short) transitions", most: 1.2))
    }
    return rows
  }

  /// What was written of each kind, in bytes.
  final class Sizes {
    var bytes: [String: [Double]] = [:]
  }

  static func contenders(
    _ clone: BenchClone, _ name: String, _ sizes: Sizes
  ) throws -> [Contender] {
    var wishes = try clone.wishes(2 * rounds + 4)
    var waiting: [String] = []
    let lead = clone.people.leads[0]
    func noting(_ what: String, _ work: () throws -> Cost) throws -> Cost {
      let before = try clone.looseBytes()
      let cost = try work()
      sizes.bytes[what, default: []].append(Double(try clone.looseBytes() - before))
      return cost
    }
    func request() throws -> Cost {
      try noting("request") {
        let (id, cost) = try clone.request(wishes.removeLast())
        waiting.append(id)
        return cost
      }
    }
    return [
      Contender(name: "\(name) request", measure: request),
      Contender(name: "\(name) approve") {
        // In the rounds in which it is its turn before the request, somebody has asked already.
        if waiting.isEmpty {
          let (id, _) = try clone.request(wishes.removeLast())
          waiting.append(id)
        }
        return try noting("approve") { try clone.approve(waiting.removeLast(), as: lead) }
      },
    ]
  }

  /// What git itself would do for each of these commits.
  static func signing(_ ground: Ground) throws -> Contender {
    let person = try BenchPeople(RepositoryPlan()).engineers[0]
    let payload = ground.directory + "/payload"
    let text = """
      tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
      parent 4b825dc642cb6eb9a060e54bf8d69288fbee4904
      author \(person.author.name) <\(person.author.email)> 1790000000 +0000
      committer \(person.author.name) <\(person.author.email)> 1790000000 +0000

      Request area-1-read for 8h (k3f9q2xw)

      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: payload))
    let sign = try ground.program(
      ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", ground.keyFile(of: person), payload],
      as: person)
    return Contender(name: peer) {
      unlink(payload + ".sig")
      return try sign.run()
    }
  }
}
