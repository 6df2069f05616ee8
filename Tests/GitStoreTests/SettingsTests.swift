import GitStore
import TestSupport
import Testing

/// Whoever reads a setting, libgit2 or git itself, reads what `git config --get` does.
@Suite struct SettingsTests {
  private func expectLikeGit(
    _ repository: TemporaryRepository, changing changes: [String: String?] = [:],
    _ comment: Comment
  ) async throws {
    var environment = repository.sandbox.environment
    for (name, value) in changes { environment[name] = value }
    let store = try GitRepository.open(at: repository.path, environment: environment)
    for key in ["daypass.root", "daypass.branch", "user.name", "remote.my hub.url", "no.such"] {
      let said = try await repository.sandbox.run(
        ["git", "config", "--null", "--get", key], in: repository.name, env: changes)
      let value = said.succeeded ? String(said.text.prefix { $0 != "\0" }) : nil
      #expect(try await store.configuration(key) == value, comment)
    }
  }

  @Test func whereverItIsWritten() async throws {
    let repository = try await TemporaryRepository()
    let sandbox = repository.sandbox
    try await expectLikeGit(repository, "none")
    try sandbox.write(
      "home/.gitconfig", "[user]\n\tname = \"Global  #1\" ; why\n[daypass]\n\troot = g\n")
    try sandbox.write("system", "[daypass]\n\tbranch = from-system\n\troot = s\n")
    try await expectLikeGit(repository, "global")
    let system =
      [
        "GIT_CONFIG_NOSYSTEM": nil, "GIT_CONFIG_SYSTEM": sandbox.path("system"),
      ] as [String: String?]
    try await expectLikeGit(repository, changing: system, "system and global")
    try await repository.git("config", "daypass.root", "local")
    try await repository.git("config", "--add", "daypass.branch", "one")
    try await repository.git("config", "--add", "daypass.branch", "two")
    try await repository.git("config", "remote.my hub.url", "a\\b\t\"c\" ")
    try await expectLikeGit(repository, changing: system, "local")
    let home: [String: String?] = ["GIT_CONFIG_GLOBAL": nil]
    try await expectLikeGit(repository, changing: home, "in the home")
    try sandbox.write("home/.config/git/config", "[user]\n\tname = XDG\n[no]\n\tsuch = here\n")
    try await expectLikeGit(repository, changing: home, "in XDG's place")
    try sandbox.write("elsewhere/git/config", "[no]\n\tsuch = elsewhere\n")
    try await expectLikeGit(
      repository,
      changing: home.merging(["XDG_CONFIG_HOME": sandbox.path("elsewhere")]) { $1 }, "in another")
  }

  @Test func whatGitAloneFinds() async throws {
    let repository = try await TemporaryRepository()
    let sandbox = repository.sandbox
    try await repository.git("config", "daypass.branch", "local")
    let counted =
      [
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "daypass.branch", "GIT_CONFIG_VALUE_0": "env",
      ] as [String: String?]
    try await expectLikeGit(repository, changing: counted, "in variables")
    try await expectLikeGit(
      repository, changing: ["GIT_CONFIG_PARAMETERS": "'daypass.branch'='parameter'"],
      "in parameters")
    try sandbox.write("more", "[daypass]\n\tbranch = included\n")
    try await repository.git("config", "include.path", sandbox.path("more"))
    try await expectLikeGit(repository, "included")
    try await repository.git("config", "--unset", "include.path")
    try await repository.git(
      "config", "includeIf.gitdir:\(repository.path)/.path", sandbox.path("more"))
    try await expectLikeGit(repository, "included on a condition")
    try await repository.git(
      "config", "--remove-section", "includeIf.gitdir:\(repository.path)/")
    try await repository.git("config", "extensions.worktreeConfig", "true")
    try await repository.git("config", "--worktree", "daypass.branch", "worktree")
    try await expectLikeGit(repository, "of one work tree")
  }
}
