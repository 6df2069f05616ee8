import Grants
import Policies

/// A policy that loads is one that can be lived under; one that does not says where it is wrong.
package enum PolicyProperties {
  static func check(_ input: [UInt8]) throws(Broken) {
    let files = split(input)
    let policy: Policy
    do throws(PolicyError) {
      policy = try Policy(files: files)
    } catch {
      try require(!error.problems.isEmpty, "a policy is refused for nothing")
      try require(error.problems == error.problems.sorted(), "the problems are in no order")
      for problem in error.problems {
        try requirePrintable(problem.description)
        let path = String(problem.file.dropFirst(PolicyFile.folder.utf8.count + 1))
        let count = files[path]?.count { $0 == 0x0a } ?? 0
        try require(
          problem.line >= 1 && (files[path] == nil || problem.line <= count + 1),
          "\(problem) is in no line")
      }
      return
    }
    try require((try? Policy(files: files)) == policy, "the same files mean something else")
    try require(policy.serial >= 1 && !policy.name.isEmpty, "a policy has no name or serial")
    try require(
      (1...max(1, policy.admins.count)).contains(policy.adminQuorum) && !policy.admins.isEmpty
        && Set(policy.admins).count == policy.admins.count, "the admins cannot make a quorum")
    try require(
      !policy.reconcilers.isEmpty && policy.reconcilers.isDisjoint(with: policy.admins)
        && policy.reconcilers.isDisjoint(with: policy.groupMembers),
      "a reconciler is an admin or in a group")
    for role in policy.roles.values { try check(role, of: policy) }
  }

  private static func check(_ role: Role, of policy: Policy) throws(Broken) {
    guard let limit = policy.durationLimit(of: role.name) else {
      throw Broken(sentence: "role \(role.name) has no limit")
    }
    try require(
      limit.min <= limit.default && limit.default <= limit.cap
        && limit.cap <= policy.settings.maxDuration && limit.min.seconds > 0,
      "role \(role.name) has durations that contradict each other")
    try require(
      role.isAutomatic == role.stages.isEmpty, "role \(role.name) goes without approval unsaid")
    try require(
      !(role.isAutomatic && policy.settings.requireApproval),
      "role \(role.name) goes without approval against the settings")
    for stage in role.stages {
      try require(
        stage.quorum >= 1 && stage.quorum <= stage.members.count
          && stage.members.isDisjoint(with: policy.reconcilers),
        "role \(role.name) has a stage that nobody can fill, or a machine")
    }
    try require(
      policy.approvalWindow(of: role.name) <= policy.settings.approvalTimeout,
      "role \(role.name) waits longer than the settings allow")
  }

  /// `=== path`, then the file's lines, and so on; what stands before the first is `daypass.yaml`.
  package static func split(_ input: [UInt8]) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var path = "daypass.yaml"
    for line in input.split(separator: 0x0a, omittingEmptySubsequences: false) {
      if line.starts(with: "=== ".utf8) {
        path = String(decoding: line.dropFirst(4), as: UTF8.self)
        files[path] = []
      } else {
        files[path, default: []] += line + [0x0a]
      }
    }
    // Splitting at newlines finds an empty line behind the last one.
    if input.last == 0x0a || input.isEmpty { files[path]?.removeLast() }
    return files
  }
}
