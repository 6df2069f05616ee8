import Grants
import Testing

@testable import Policies

@Suite struct PlacesTests {
  /// A stage of a quorum and the people in it, as `2 a b c`.
  private func places(_ stages: [String]) throws -> Places {
    Places(
      try stages.map { text in
        let words = text.split(separator: " ")
        let people = try words.dropFirst().map { try #require(Principal($0)) }
        return Stage(
          principals: people, groups: [], quorum: try #require(Int(words[0])),
          members: Set(people), source: SourceLine(file: "", line: 1))
      })
  }

  @Test(arguments: [
    (["1 a b"], "a", 0), (["2 a b c"], "a", 1), (["2 a b c"], "a a", 1), (["2 a b c"], "a c", 0),
    (["1 a"], "x", 1),
    // One person fills one place only.
    (["1 a b", "1 a b"], "a", 1), (["1 a b", "1 a b"], "a b", 0),
    // Whoever could sit in both makes room for the one who cannot.
    (["1 a b", "1 a"], "a b", 0), (["1 a", "1 a b"], "b a", 0), (["1 a b", "1 a c"], "a c", 0),
    // A chain of three moves.
    (["1 a b", "1 b c", "1 c d", "1 d a"], "a b c d", 0),
    (["1 a b", "1 a b c", "1 a"], "a b c", 0),
    (["2 a b c d", "1 a", "1 b"], "a b c d", 0), (["2 a b c", "1 a", "1 b"], "a b c", 1),
    (["2 a b", "1 a b c"], "a b c", 0), (["2 a b", "2 a b c"], "a b c", 1),
  ])
  func assignment(_ stages: [String], _ people: String, _ missing: Int) throws {
    let people = try people.split(separator: " ").map { try #require(Principal($0)) }
    // In whatever order they come.
    for shift in people.indices {
      var places = try places(stages)
      for person in people[shift...] + people[..<shift] { places.seat(person) }
      #expect(places.missing == missing)
      #expect(places.seated.joined().count == Set(places.seated.joined()).count)
    }
  }

  @Test func roomIsAskedWithoutTakingIt() throws {
    var places = try places(["1 a b", "1 a"])
    let (a, b) = (try #require(Principal("a")), try #require(Principal("b")))
    places.seat(a)
    #expect(places.hasRoom(for: b))
    #expect(!places.hasRoom(for: a))
    #expect(places.missing == 1)
  }

  /// Held against trying out every assignment.
  @Test func noAssignmentIsBetter() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      let people = ["a", "b", "c", "d", "e"].filter { _ in .random(using: &generator) }
      let stages = try (0..<3).map { _ in
        let members = try ["a", "b", "c", "d", "e"].filter { _ in .random(using: &generator) }
          .map { try #require(Principal($0)) }
        return Stage(
          principals: members, groups: [], quorum: .random(in: 1...2), members: Set(members),
          source: SourceLine(file: "", line: 1))
      }
      var places = Places(stages)
      for name in people.shuffled() { places.seat(try #require(Principal(name))) }
      let principals = try people.map { try #require(Principal($0)) }
      let best = most(principals[...], stages.map { ($0.quorum, $0.members) })
      #expect(stages.reduce(0) { $0 + $1.quorum } - places.missing == best)
    }
  }

  private func most(_ people: ArraySlice<Principal>, _ stages: [(Int, Set<Principal>)]) -> Int {
    guard let person = people.first else { return 0 }
    var best = most(people.dropFirst(), stages)
    for (index, stage) in stages.enumerated() where stage.0 > 0 && stage.1.contains(person) {
      var rest = stages
      rest[index].0 -= 1
      best = max(best, 1 + most(people.dropFirst(), rest))
    }
    return best
  }
}
