extension TrustRule {
  /// What somebody can do whose work the rule refuses, before or after it has landed: the one place
  /// of such advice. Empty where nothing can be done but what the refusal says.
  package var hint: String {
    switch self {
    case .signature, .readableAct, .readableFile, .strayPath, .canonicalResult, .unitLimit,
      .repositoryName, .closedFinal, .mergeCarriesNothing:
      contentHint
    case .knownKey, .keyValidity:
      "Sign with a key that policies/allowed_signers lists, or ask an admin to list yours. "
        + "Which key git signs with: git config user.signingKey; who you are: daypass whoami"
    case .actor, .reconcilerDuties:
      "Who you are here: daypass whoami; what was done so far: daypass log"
    case .policyAllows: "What may be asked for, and who approves it: daypass roles --all"
    case .amendKeeps: "Withdraw it and ask anew."
    case .reasonGiven: "Say why: --why REASON"
    case .approvalWindow: "Its time is over: whoever needs it asks again, with daypass request."
    case .landingWindow, .boundedDate, .statedTime, .amendLater, .approvalFollows:
      "Its author signs it again, now, with a clock that is right."
    case .policyConsent, .mixedCommit, .policyAdmin, .policyValid, .policySuccession, .policyKeys,
      .policyWindow:
      policyHint
    case .stateDigest: "One of the two programs is wrong or forged: compare their versions."
    case .oneMainline:
      "Find out which is the true one, and say so once, with the 40 digits of a commit of it:\n"
        + "daypass sync --mainline COMMIT   (without a remote: daypass verify --mainline COMMIT)"
    case .dueTime, .pin, .trustedRoot, .rollback, .wholeHistory: ""
    }
  }

  /// On what a commit says.
  private var contentHint: String {
    switch self {
    case .closedFinal: "Ask for a new one: daypass request"
    case .repositoryName: "It was signed for another repository: ask in this one."
    case .unitLimit: "Split it into commits that touch less."
    case .mergeCarriesNothing:
      "A merge can neither add nor take away. Have the branch landed: daypass land BRANCH"
    default:
      "Changes below grants/ are made and signed with daypass, or by hand after daypass fmt and "
        + "with git commit -S. A squash or a rebase takes the signatures away: land the branch as "
        + "it was signed."
    }
  }

  /// On a change of the policy.
  private var policyHint: String {
    switch self {
    case .policyAdmin: "The admins are listed in policies/daypass.yaml: ask one of them."
    case .policyValid: "What is wrong with it: daypass check"
    case .policyWindow: "Its admin consents again: daypass policy approve"
    case .policySuccession:
      "Make the change upon what is in force: daypass sync && daypass policy commit"
    case .policyKeys:
      "Leave enough admins a key in policies/allowed_signers that is valid, or lower adminQuorum in "
        + "policies/daypass.yaml. See what would be left: daypass check"
    default: "A policy is changed with daypass policy commit, in a commit of its own."
    }
  }
}
