import Grants
import Policies

/// Every rule of trust: one case, one function in the file of its name beside this one, one anchor
/// in docs/threat-model.md, one test. A refusal always names its rule.
package enum TrustRule: String, Sendable, Hashable, CaseIterable {
  // What a commit may say at all.
  case unitLimit = "unit-limit"
  case strayPath = "stray-path"
  case readableFile = "readable-file"
  case repositoryName = "repository-name"
  case readableAct = "readable-act"
  case closedFinal = "closed-final"
  case mergeCarriesNothing = "merge-carries-nothing"
  case canonicalResult = "canonical-result"
  // Who says it.
  case signature
  case knownKey = "known-key"
  case keyValidity = "key-validity"
  case actor
  case reconcilerDuties = "reconciler-duties"
  // Whether it may be.
  case policyAllows = "policy-allows"
  case amendKeeps = "amend-keeps"
  case reasonGiven = "reason-given"
  // When.
  case landingWindow = "landing-window"
  case approvalWindow = "approval-window"
  case approvalFollows = "approval-follows"
  case boundedDate = "bounded-date"
  case statedTime = "stated-time"
  case amendLater = "amend-later"
  case dueTime = "due-time"
  case pin
  case stateDigest = "state-digest"
  // The policy itself.
  case mixedCommit = "mixed-commit"
  case policyConsent = "policy-consent"
  case policyAdmin = "policy-admin"
  case policyWindow = "policy-window"
  case policyValid = "policy-valid"
  case policySuccession = "policy-succession"
  case policyKeys = "policy-keys"
  // What stops a replay.
  case trustedRoot = "trusted-root"
  case rollback
  case oneMainline = "one-mainline"
  case wholeHistory = "whole-history"
}

/// That a rule refuses something, and why.
package struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
  package let rule: TrustRule
  /// What is wrong, one sentence without a full stop.
  package let sentence: String
  /// The policy's decision behind it, where there was one.
  package let decision: Decision?

  init(_ rule: TrustRule, _ sentence: String) {
    self.rule = rule
    self.sentence = sentence
    self.decision = nil
  }

  init(_ rule: TrustRule, _ decision: Decision) {
    self.rule = rule
    self.sentence = decision.refusals.map(\.sentence).joined(separator: "; ")
    self.decision = decision
  }

  package var description: String { "\(sentence) (rule \(rule.rawValue))" }
}
