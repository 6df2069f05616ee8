import FoundationEssentials
import TestSupport
import Testing

/// What `join`, `doctor` and `init` do to files, which their words in the scenarios do not show.
@Suite("Joining and repairing")
struct JoiningTests {
  // MARK: join

  /// A repository may ask for filters, and templates may bring hooks: none is run while joining.
  @Test func joinRunsNothingOfTheRepository() async throws {
    let stage = try await Stage(clones: ["alice"])
    let box = stage.sandbox
    try box.write("alice/.gitattributes", "* filter=evil text eol=crlf\n")
    try await box.git("add", "-A", in: "alice")
    try await box.git("commit", "-q", "-m", "Ask for a filter", in: "alice")
    try await box.git("push", "-q", in: "alice")
    let mark = box.path("ran")
    try box.writeScript("template/hooks/post-checkout", "touch \(mark)")
    for (key, value) in [
      ("filter.evil.smudge", "touch \(mark); cat"), ("filter.evil.clean", "touch \(mark); cat"),
      ("filter.evil.required", "true"), ("init.templateDir", box.path("template")),
      ("core.hooksPath", box.path("template/hooks")),
    ] {
      try await box.git("config", "--global", key, value)
    }
    try await stage.expect(0, "join", "remote.git", stage.root, "new", in: "")
    #expect(!box.exists("ran"))
    #expect(box.read("new/policies/daypass.yaml") == box.read("first/policies/daypass.yaml"))
    // What is governed stays exempt; the rest of the tree is its own again.
    let left = try await box.git("check-attr", "filter", "eol", "policies/x", "x", in: "new")
    #expect(left.contains("policies/x: filter: unset") && left.contains("x: filter: evil"))
  }

  @Test func joinGoesThroughSSHAsGitDoes() async throws {
    let stage = try await Stage(clones: [])
    // An ssh that stays here: the last argument is what is to be run at the other end.
    try stage.sandbox.writeScript("ssh", "for last; do :; done; exec sh -c \"$last\"")
    let url = "git@git.example.com:\(stage.sandbox.path("remote.git"))"
    let words = try await stage.expect(
      0, "join", url, stage.root, in: "", env: ["GIT_SSH_COMMAND": stage.sandbox.path("ssh")])
    #expect(words.contains("joined example in remote: main"))
    let trusted = try await stage.sandbox.git("config", "daypass.root", in: "remote")
    #expect(trusted == stage.root)
  }

  /// Where the environment names another repository, as it does inside of a hook.
  @Test func joinLeavesAnotherRepositoryAlone() async throws {
    let stage = try await Stage(clones: ["alice"])
    let before = try await stage.fingerprint(of: "alice")
    let config = stage.sandbox.read("alice/.git/config")
    try await stage.expect(
      0, "join", stage.sandbox.path("remote.git"), stage.root, "new", in: "",
      env: ["GIT_DIR": stage.sandbox.path("alice/.git")])
    #expect(try await stage.fingerprint(of: "alice") == before)
    #expect(stage.sandbox.read("alice/.git/config") == config)
  }

  @Test(arguments: ["TERM", "INT"])
  func anInterruptedJoinLeavesNothing(signal: String) async throws {
    let stage = try await Stage(clones: [])
    let box = stage.sandbox
    // An other end that answers never.
    try box.writeScript("ssh", "touch \(box.path("waiting")); exec sleep 60")
    let join =
      "GIT_SSH_COMMAND=\(box.path("ssh")) \(Stage.binary) join host:x.git \(stage.root) new"
    let result = try await box.run([
      "sh", "-c",
      """
      exec 2>&1
      \(join) & daypass=$!
      for i in $(seq 200); do test -e waiting && break; sleep 0.05; done
      kill -\(signal) $daypass; wait $daypass; echo $?
      """,
    ])
    #expect(result.text.contains("interrupted; nothing was left behind"), "\(result.text)")
    #expect(result.text.hasSuffix("1"))
    #expect(box.exists("waiting") && !box.exists("new"))
  }

  @Test func joinRefusesAHistoryThatCannotBeTrusted() async throws {
    let stage = try await Stage(clones: ["alice"])
    let box = stage.sandbox
    try await box.git("checkout", "-q", "--orphan", "fresh", in: "alice")
    try await box.git("commit", "-q", "-m", "Another beginning", in: "alice")
    try await box.git("push", "-q", "origin", "HEAD:fresh", in: "alice")
    let words = try await stage.expect(
      3, "join", "remote.git", stage.root, "new", "--branch", "fresh", in: "")
    #expect(words.contains("root"))
    #expect(!box.exists("new"))
  }

  // MARK: doctor

  @Test func doctorChangesNothingUnlessTold() async throws {
    let stage = try await Stage(clones: ["alice"])
    let box = stage.sandbox
    try await stage.expect(0, "list", in: "alice")
    let name = try #require(try box.names(in: "alice/.git/daypass").first { $0.contains("check") })
    try box.write("alice/.git/daypass/\(name)", "nonsense")
    try await box.git("config", "--unset", "gpg.format", in: "alice")
    let config = box.read("alice/.git/config")
    let words = try await stage.expect(1, "doctor", in: "alice")
    #expect(words.contains("checkpoint  it cannot be read"))
    #expect(box.read("alice/.git/daypass/\(name)") == "nonsense")
    #expect(box.read("alice/.git/config") == config)

    let fixed = try await stage.expect(0, "doctor", "--fix", in: "alice")
    #expect(fixed.contains("done made the checkpoint anew"))
    #expect(fixed.contains("done set gpg.format to ssh"))
    #expect(try await box.git("config", "gpg.format", in: "alice") == "ssh")
    #expect(fixed.contains("checkpoint  readable, verified up to \(stage.root.prefix(10))"))
  }

  @Test func doctorLeavesAChosenFormatAlone() async throws {
    let stage = try await Stage(clones: ["alice"])
    try await stage.sandbox.git("config", "gpg.format", "openpgp", in: "alice")
    let words = try await stage.expect(1, "doctor", "--fix", "--offline", in: "alice")
    #expect(words.contains("git is set to sign with openpgp"))
    #expect(try await stage.sandbox.git("config", "gpg.format", in: "alice") == "openpgp")
  }

  @Test func doctorCompletesAShallowClone() async throws {
    let stage = try await Stage(clones: ["alice"])
    let box = stage.sandbox
    _ = try await stage.request()
    try await box.git(
      "clone", "-q", "--depth", "1", "file://" + box.path("remote.git"), "part")
    for (key, value) in [
      ("daypass.root", stage.root), ("user.signingKey", box.path("home/.ssh/bob")),
      ("user.email", "bob@example.com"),
    ] {
      try await box.git("config", key, value, in: "part")
    }
    try await stage.expect(1, "doctor", in: "part")
    // What the whole history brings to light is set right in the same run.
    let words = try await stage.expect(0, "doctor", "--fix", in: "part")
    #expect(words.contains("done fetched the history") && words.contains("done set gpg.format"))
    #expect(words.contains("bob@example.com, policies/allowed_signers"))
  }

  @Test func doctorSaysWhatItCouldNotDo() async throws {
    let stage = try await Stage(clones: [])
    let box = stage.sandbox
    try await box.git(
      "clone", "-q", "--depth", "1", "file://" + box.path("remote.git"), "part")
    // Of a single commit git makes no shallow clone.
    try box.write("part/.git/shallow", stage.root + "\n")
    try await box.git("remote", "set-url", "origin", box.path("gone.git"), in: "part")
    let words = try await stage.expect(1, "doctor", "--fix", in: "part")
    #expect(words.contains("not done the remote") && !words.contains("done fetched"), "\(words)")
  }

  @Test func doctorNeverTrustsARoot() async throws {
    let stage = try await Stage(clones: ["alice"])
    try await stage.sandbox.git("config", "--unset", "daypass.root", in: "alice")
    let words = try await stage.expect(1, "doctor", "--fix", in: "alice")
    #expect(words.contains("problem  root"))
    let root = try await stage.sandbox.run(["git", "config", "daypass.root"], in: "alice")
    #expect(root.status == 1)
  }

  @Test func doctorBoundsTheRemotesTime() async throws {
    let stage = try await Stage(clones: ["alice"])
    try stage.sandbox.writeScript("ssh", "exec sleep 60")
    try await stage.sandbox.git("remote", "set-url", "origin", "host:x.git", in: "alice")
    let began = ContinuousClock.now
    let words = try await stage.expect(
      1, "doctor", "--wait", "1s", in: "alice",
      env: ["GIT_SSH_COMMAND": stage.sandbox.path("ssh")])
    #expect(words.contains("did not answer within 1 seconds"))
    #expect(ContinuousClock.now - began < .seconds(40))
  }

  @Test func doctorSeesAKeyWhosePrivateHalfIsNowhere() async throws {
    let stage = try await Stage(clones: ["alice"])
    let box = stage.sandbox
    try box.write("lone.pub", try #require(box.read("home/.ssh/alice.pub")))
    try await box.git("config", "user.signingKey", box.path("lone.pub"), in: "alice")
    let words = try await stage.expect(1, "doctor", in: "alice")
    #expect(words.contains("neither in a file beside it nor in the agent"))
    // It is listed all the same, and that is said, too.
    #expect(words.contains("ok       key         alice@example.com"))
  }

  // MARK: init

  @Test func initGovernsNoRepositoryAroundTheFolder() async throws {
    let stage = try await Stage(clones: ["alice"])
    let box = stage.sandbox
    try await box.git("init", "-q", "-b", "main", "outer")
    try box.write("outer/inner/x", "")
    for directory in [".", "inner"] {
      let result = try await box.run(
        [
          Stage.binary, "init", "-C", directory, "--admin",
          "carol@example.com=" + box.path("home/.ssh/carol.pub"),
        ], in: directory == "." ? "outer/inner" : "outer")
      #expect(result.status == 2)
      #expect(result.errorText.contains("is a folder inside of the repository"))
    }
    #expect(!box.exists("outer/policies"))
  }
}
