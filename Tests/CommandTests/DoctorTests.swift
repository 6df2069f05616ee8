import TestSupport
import Testing

/// What `doctor` finds, and what it changes: nothing unless told, and then only what is safe.
@Suite("Doctor")
struct DoctorTests {
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

  @Test func doctorSeesWhatLiesInTheWay() async throws {
    let stage = try await Stage(clones: ["alice"])
    let box = stage.sandbox
    try box.write("alice/.git/index.lock", "")
    let locked = try await stage.expect(0, "doctor", "--fix", in: "alice")
    #expect(locked.contains("warning  owner"))
    // It may be another git's.
    #expect(box.exists("alice/.git/index.lock"))

    try await box.git("config", "uploadpack.allowFilter", "true", in: "remote.git")
    try await box.git(
      "clone", "-q", "--filter=blob:none", "file://" + box.path("remote.git"), "part")
    let partial = try await stage.expect(1, "doctor", "--fix", in: "part")
    #expect(partial.contains("problem  repository") && partial.contains("partial clone"))
    #expect(!partial.contains("done"))
  }

  @Test func doctorSeesAPinAheadOfTheClock() async throws {
    let stage = try await Stage(clones: ["ci", "alice"])
    _ = try await stage.request()
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    try await stage.expect(0, "sync", in: "alice")
    try await stage.expect(0, "doctor", in: "alice")
    let words = try await stage.expect(1, "doctor", "--now", "2020-01-01T00:00Z", in: "alice")
    #expect(words.contains("problem  clock") && words.contains("ahead of this clock"), "\(words)")
  }

  @Test func doctorSeesAKeyThatEnds() async throws {
    let stage = try await Stage(clones: ["carol", "alice"])
    let file = "carol/policies/allowed_signers"
    let line = "alice@example.com namespaces=\"git,daypass\""
    let text = try #require(stage.sandbox.read(file))
    try #require(text.contains(line))
    try stage.sandbox.write(
      file, text.replacing(line, with: line + ",valid-before=\"20990101Z\""))
    try await stage.expect(0, "policy", "commit", "--yes", in: "carol")
    try await stage.expect(0, "sync", in: "alice")
    let fine = try await stage.expect(0, "doctor", in: "alice")
    #expect(fine.contains("ok       key"))
    let soon = try await stage.expect(0, "doctor", "--now", "2098-12-20T00:00Z", in: "alice")
    #expect(soon.contains("warning  key") && soon.contains("ends in 12d"), "\(soon)")
    let late = try await stage.expect(1, "doctor", "--now", "2099-02-01T00:00Z", in: "alice")
    #expect(late.contains("problem  key") && late.contains("not valid now"), "\(late)")
  }

  @Test func doctorKnowsThatTheRemoteIsAhead() async throws {
    let stage = try await Stage(clones: ["bob", "alice"])
    _ = try await stage.request()
    let behind = try await stage.expect(0, "doctor", in: "bob")
    #expect(behind.contains("warning  remote") && behind.contains("daypass sync"), "\(behind)")
    try await stage.expect(
      0, "request", "prod-admin", "--why", "rotate the certificate", "--ticket", "OPS-42", "--yes",
      "--no-push", in: "alice")
    let ahead = try await stage.expect(0, "doctor", in: "alice")
    #expect(ahead.contains("warning  remote") && ahead.contains("git push origin main"), "\(ahead)")
    // Now both have moved, and sync would fail; fetched or not, it is the same advice.
    _ = try await stage.request(by: "bob")
    for isFetched in [false, true] {
      if isFetched { try await stage.sandbox.git("fetch", "-q", in: "alice") }
      let parted = try await stage.expect(0, "doctor", in: "alice")
      #expect(parted.contains(/warning +remote +the local branch main and the remote one have/))
      #expect(parted.contains("git fetch origin && git branch mine") == !isFetched, "\(parted)")
      #expect(parted.contains("daypass land mine") && !parted.contains("daypass sync"))
    }
  }
}
