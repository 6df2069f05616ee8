import Submission
import TestSupport

/// Who can go on in a repository that a plan has made.
package struct BenchPeople: Sendable {
  package struct Person: Sendable {
    package let principal: String
    package let author: Author
    package let key: TestKey
  }

  /// They ask, and approve nothing.
  package let engineers: [Person]
  /// They approve whatever wants one approval.
  package let leads: [Person]
  package let reconciler: Person
  /// Roles that want one approval and no ticket.
  package let simpleRoles: [String]
  package let systems: [String]

  package init(_ plan: RepositoryPlan) throws {
    let company = try Company(plan)
    func person(_ number: Int) -> Person {
      let person = company.people[number]
      return Person(
        principal: person.principal.name, author: person.author, key: person.key)
    }
    engineers = (company.admins.upperBound..<company.reconciler).map(person)
    leads = company.leads.map(person)
    reconciler = person(company.reconciler)
    simpleRoles = company.roles.filter { $0.approvers.count == 1 && !$0.wantsTicket }
      .map { $0.name.name }
    systems = Company.systems
  }
}
