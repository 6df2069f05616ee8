import Grants
import Testing

@testable import Policies

@Suite struct ExampleTests {
  @Test func theExampleIsAPolicy() throws {
    let policy = try Policy(files: try Sample.example())
    #expect(policy.name == "example")
    #expect(policy.serial == 1)
    #expect(policy.admins == [try Sample.person("carol")])
    #expect(policy.reconcilers == [try Sample.person("ci")])
    #expect(policy.roles.keys.map(\.name).sorted() == ["billing-admin", "db-read", "prod-admin"])
  }

  @Test func itsSettingsAreTheDefaults() throws {
    var settings = try Policy(files: try Sample.example()).settings
    settings.lines = [:]
    settings.line = 1
    #expect(settings == Settings())
  }

  @Test func aRequestRunsThroughIt() throws {
    let policy = try Policy(files: try Sample.example())
    var grant = try Sample.grant(role: "billing-admin", ticket: "OPS-42", duration: "PT30M")
    let asked = policy.decideRequest(grant, facts: RequestFacts(known: []))
    #expect(asked.refusals.map(\.rule) == [.justification])
    grant.justification = "refund for order 4711, wrong VAT"
    #expect(policy.decideRequest(grant, facts: RequestFacts(known: [])).isAllowed)
    let bob = try Sample.person("bob")
    let dave = try Sample.person("dave")
    #expect(policy.decideApproval(of: grant, by: bob, duration: nil).isAllowed)
    grant.approvals = [Approval(by: bob, at: grant.requestedAt)]
    let refusals = policy.decideActivation(of: grant).refusals
    #expect(refusals.map(\.rule) == [.quorum])
    #expect(refusals.map(\.missing) == ["1 more of leads"])
    #expect(refusals.map(\.suppliers) == [[dave]])
    grant.approvals.append(Approval(by: dave, at: grant.requestedAt))
    #expect(policy.decideActivation(of: grant).isAllowed)
  }
}
