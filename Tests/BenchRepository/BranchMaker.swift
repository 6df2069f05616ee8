import GitStore
import Grants
import History
import Submission
import TestSupport

/// Makes branches with a signed request each, upon commits that may be long past.
package enum BranchMaker {
  /// What somebody asks for on a branch.
  package struct Wish: Sendable {
    package let person: BenchPeople.Person
    package let role: String
    package let system: String

    package init(person: BenchPeople.Person, role: String, system: String) {
      self.person = person
      self.role = role
      self.system = system
    }
  }

  /// Makes the branch `daypass/ID` upon a commit.
  ///
  /// - Parameter number: makes the id differ from all others of the same second.
  /// - Returns: its name.
  package static func make(
    _ wish: Wish, upon commit: ObjectID, at moment: Timestamp, number: Int,
    in repository: GitRepository
  ) throws -> String {
    guard let principal = Principal(wish.person.principal), let role = RoleName(wish.role) else {
      throw ToolFailure(arguments: ["branch"], words: "a bad name")
    }
    let grant = Grant(
      repository: "bench", id: GrantID(requestedAt: moment, random: UInt64(number)),
      requester: principal, subject: principal, role: role, scope: ["system": wish.system],
      justification: "asked for on a branch (\(number))", duration: .hours(8))
    let draft = Draft(
      edits: [Draft.Edit(id: grant.id, content: (.pending, grant))],
      subject: "Request \(role) for 8h (\(grant.id.short))", expected: [])
    let tree = try TreeComposer(reader: repository, writer: repository)
      .tree(repository.commit(commit).tree, applying: draft)
    let payload = CommitComposer.payload(
      tree: tree, parents: [commit], author: wish.person.author, at: moment,
      message: CommitComposer.message(draft))
    let bytes = CommitComposer.signed(payload, armor: wish.person.key.sign(payload))
    let name = "daypass/\(grant.id)"
    try repository.move(
      "refs/heads/" + name, to: repository.write(.commit, bytes), expecting: nil, because: "bench")
    return name
  }
}
