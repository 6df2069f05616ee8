import Grants
import History

/// What a repository for measurements shall be like. The same plan gives the same commits.
package struct RepositoryPlan: Sendable {
  package var seed: UInt64 = 1
  /// Steps in the lives of grants; with the last ones a few more may come.
  package var transitions = 100_000
  /// Grants that are pending or active at a time, once the history is old enough.
  package var live = 10_000
  /// The share of the steps that come through merges of branches.
  package var merges = 0.05
  package var people = 200
  package var roles = 20
  /// Closed grants that lie in the root's tree already: many files below `grants/closed/` for little.
  package var closed = 0
  /// Whether the root's tree has as many active grants as there are later; else the history begins with
  /// nothing.
  package var startsFull = false
  /// Requests in the hour of the end, after everything else.
  package var burst = 0
  /// When the history ends; nil lets it begin at a fixed time.
  package var end: Timestamp?
  /// For how long nothing shall be due at the end, when just ``live`` grants are left: what would end
  /// sooner is revoked and rejected, and the history goes on until enough of it is there. Nil leaves
  /// the end as it comes.
  package var quiet: TimeSpan?

  package init() {}

  /// As many live grants as a history of that length still comes to.
  package var usualLive: Int { min(10_000, max(1, transitions / 10)) }

  /// How many are live before the end, so that enough of them are left after it.
  var crowd: Double {
    guard let quiet else { return Double(live) }
    return Double(live) * (1.15 + Double(quiet.seconds) / 3_600 * 0.1)
  }

  /// Why no such repository can be made; nil if it can.
  package var objection: String? {
    if transitions < 1 { return "--transitions is a number from 1 on" }
    if live < 1 { return "--live is a number from 1 on" }
    if !(0...0.5).contains(merges) { return "--merges is a share from 0% to 50%" }
    if !(20...100_000).contains(people) { return "--people is a number from 20 to 100000" }
    if let quiet, !(1...86_400).contains(quiet.seconds) {
      return "--quiet is a number of minutes from 1 to 1440"
    }
    // What daypass takes in a root at most.
    if !(0...100_000).contains(closed) { return "--closed is a number from 0 to 100000" }
    if !(0...100_000).contains(burst) { return "--burst is a number from 0 to 100000" }
    if !(2...1_000).contains(roles) { return "--roles is a number from 2 to 1000" }
    // A person holds a role once for each of a dozen systems.
    if crowd + Double(burst) > Double(people * roles * Company.systems.count / 2) {
      return "--live is too many for so few people and roles: nobody holds the same thing twice"
    }
    return nil
  }
}

/// What a repository for measurements has become.
package struct MadeRepository: Sendable {
  package let root: ObjectID
  package let head: ObjectID
  /// A moment shortly after the last commit.
  package let end: Timestamp
  package let commits: Int
  package let merges: Int
  package let pins: Int
  package let grants: Int
  /// Grants that are pending or active at the end.
  package let live: Int
  /// How many steps of each kind there are.
  package let transitions: [Transition.Kind: Int]
  package let objects: Int
  package let packBytes: Int
}
