import Grants

/// The rules that a policy asks about. Each has a test with a case that meets it and one that does
/// not.
package enum PolicyRule: String, CaseIterable, Sendable {
  /// The policy is switched on.
  case enabled
  case roleExists
  /// Nothing is asked for that this version does not have.
  case supported
  case requesterEligible
  /// The role may be asked for on behalf of that subject.
  case subjectAllowed
  /// The subject has a key or is in a group.
  case subjectKnown
  case scope
  case durationMinimum
  case durationCap
  case justification
  case ticket
  /// No open grant of the same subject, role and scope.
  case duplicate
  case maxActivePerPerson
  case approver
  case notRequester
  case notSubject
  case approvesOnce
  case shortensOnly
  /// Every stage has its approvals.
  case quorum
  case revoker
  case rejector
}

/// One rule, whether it is met, and why.
package struct Reason: Sendable, Hashable {
  package let rule: PolicyRule
  package let isMet: Bool
  /// `alice@example.com asked for 6h; the longest is 4h`.
  package let sentence: String
  /// Where the policy says so; nil where no file does.
  package let source: SourceLine?
  /// What would have to be different; nil when the rule is met.
  package let missing: String?
  /// Who could supply what is missing, in order.
  package let suppliers: [Principal]

  package init(
    _ rule: PolicyRule, isMet: Bool, _ sentence: String, source: SourceLine? = nil,
    missing: String? = nil, suppliers: some Sequence<Principal> = []
  ) {
    self.rule = rule
    self.isMet = isMet
    self.sentence = sentence
    self.source = source
    self.missing = isMet ? nil : missing
    self.suppliers = isMet ? [] : Set(suppliers).sorted()
  }
}

/// An answer with its reasons: the same value prints as why, why not, JSON, and an error.
package struct Decision: Sendable, Hashable {
  package let reasons: [Reason]

  package init(_ reasons: [Reason]) { self.reasons = reasons }

  package var isAllowed: Bool { reasons.allSatisfy(\.isMet) }

  /// The reasons for a denial; empty when allowed.
  package var refusals: [Reason] { reasons.filter { !$0.isMet } }
}

/// What a policy cannot know about a request.
package struct RequestFacts: Sendable {
  /// Everybody with a key. Members of groups are known without being listed here.
  package var known: Set<Principal>
  /// The other grants of the same subject that are pending, or active and not expired.
  package var open: [Grant]

  package init(known: Set<Principal>, open: [Grant] = []) {
    self.known = known
    self.open = open
  }
}
