import Grants

/// The places that approvals fill: as many a stage as its quorum.
///
/// One person fills one place of one stage. Whoever could sit in two stages moves to the other one
/// when that makes room (augmenting paths), so as many places as possible are filled, whatever
/// order people come in.
struct Places {
  private let stages: [Stage]
  private(set) var seated: [[Principal]]

  init(_ stages: [Stage]) {
    self.stages = stages
    seated = stages.map { _ in [] }
  }

  /// How many places are empty.
  var missing: Int { zip(stages, seated).reduce(0) { $0 + $1.0.quorum - $1.1.count } }

  var areFilled: Bool { missing == 0 }

  /// Whether one more place would be filled with that person.
  func hasRoom(for person: Principal) -> Bool {
    var copy = self
    return copy.seat(person)
  }

  /// - Returns: whether there was room.
  @discardableResult
  mutating func seat(_ person: Principal) -> Bool {
    guard !seated.contains(where: { $0.contains(person) }) else { return false }
    // Breadth first over stages; each remembers who would move into it, and out of which stage.
    var mover: [Int: (person: Principal, from: Int?)] = [:]
    var queue = stages.indices.filter { stages[$0].members.contains(person) }
    for stage in queue { mover[stage] = (person, nil) }
    var next = 0
    while next < queue.count {
      let stage = queue[next]
      next += 1
      if seated[stage].count < stages[stage].quorum {
        move(into: stage, mover)
        return true
      }
      for occupant in seated[stage] {
        for other in stages.indices
        where mover[other] == nil && stages[other].members.contains(occupant) {
          mover[other] = (occupant, stage)
          queue.append(other)
        }
      }
    }
    return false
  }

  private mutating func move(into stage: Int, _ mover: [Int: (person: Principal, from: Int?)]) {
    var stage = stage
    while let (person, from) = mover[stage] {
      seated[stage].append(person)
      guard let from else { return }
      seated[from].removeAll { $0 == person }
      stage = from
    }
  }
}
