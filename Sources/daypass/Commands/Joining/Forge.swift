import ArgumentParser

/// Where governed repositories are shared, and what to choose there so that signed commits land as
/// they were signed.
enum Forge: String, ExpressibleByArgument, CaseIterable {
  case github, gitlab, gitea

  private var title: String {
    switch self {
    case .github: "GitHub"
    case .gitlab: "GitLab"
    case .gitea: "Gitea and Forgejo"
    }
  }

  /// What to choose, a line each.
  private func settings(for branch: String) -> [(String, String)] {
    let checkout = "whole history in CI"
    switch self {
    case .github:
      return [
        (
          "merge method",
          "Settings, General, Pull Requests: allow merge commits; no squash, no rebase"
        ),
        ("updating", "there, too: no \"Always suggest updating pull request branches\""),
        (
          "linear history",
          "Rules for \(branch): \"Require linear history\" off; a merge queue merges"
        ),
        (
          "signed commits",
          "\"Require signed commits\" off: daypass checks signatures itself, and a"
        ),
        ("", "merge or a commit that only restores need not be signed"),
        (
          "who may push",
          "\"Block force pushes\", \"Restrict deletions\", and \"Restrict updates\" with"
        ),
        ("", "the people and the machine that write grants on the bypass list"),
        (checkout, "actions/checkout with fetch-depth: 0"),
      ]
    case .gitlab:
      return [
        ("merge method", "Settings, Merge requests: \"Merge commit\", never the fast-forward or"),
        ("", "semi-linear one, which rebase; \"Squash commits when merging\": do not allow"),
        (
          "who may push",
          "Settings, Repository, Protected branches, \(branch): no force push; allowed"
        ),
        ("", "to push and merge: the people and the machine that write grants"),
        (checkout, "variables: GIT_DEPTH: 0; Settings, CI/CD, Git shallow clone: 0"),
      ]
    case .gitea:
      return [
        ("merge method", "Settings, Repository, Pull Requests: \"Create merge commit\" alone; no"),
        ("", "squash, no rebase, no \"Update branch by rebase\""),
        (
          "who may push",
          "Settings, Branches, \(branch): push restricted to the people and the machine"
        ),
        ("", "that write grants; no force push"),
        (checkout, "actions/checkout with fetch-depth: 0"),
      ]
    }
  }

  func words(branch: String, _ style: Style) -> String {
    let rows = settings(for: branch)
    let width = rows.map(\.0.count).max() ?? 0
    let branch = Words.safe(branch)
    var text = "\(title): what lands on \(branch) must be the very commits that were signed\n"
    for (name, words) in rows {
      let pad = String(repeating: " ", count: width - name.count + 2)
      text += "  \(style.dim(name))\(pad)\(Words.safe(words))\n"
    }
    return text
  }
}
