import TestSupport
import Testing

/// The main job through the binary.
@Suite struct MainJobCommandTests {
  @Test func requestApproveListRevoke() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    let id = try await stage.request("prod-admin")
    try await stage.expect(4, "approve", id, "--yes", in: "alice")
    let listed = try await stage.expect(0, "list", "--reviewable", in: "bob")
    #expect(!listed.contains(String(id.suffix(8))), "bob has not fetched yet")
    try await stage.expect(0, "approve", String(id.suffix(8)), "--for", "30m", "--yes", in: "bob")
    try await stage.expect(
      4, "revoke", id, "--why", "mine", "--yes", in: "alice",
      env: [
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.signingKey",
        "GIT_CONFIG_VALUE_0": try await stage.sandbox.makeKey("stranger"),
      ])
    try await stage.expect(0, "revoke", id, "--why", "done early", "--yes", in: "alice")
    let shown = try await stage.expect(0, "show", id, in: "alice")
    #expect(shown.contains("revoked"))
    #expect(try await stage.sandbox.git("status", "--porcelain", in: "alice") == "")
    // What daypass writes, plain git verifies.
    let signers = stage.sandbox.path("alice/policies/allowed_signers")
    for commit in ["HEAD", "HEAD~1", "HEAD~2"] {
      try await stage.sandbox.git(
        "-c", "gpg.ssh.allowedSignersFile=" + signers, "verify-commit", commit, in: "alice")
    }
  }

  @Test func everyFileWrittenEqualsJqSorted() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    let id = try await stage.request("prod-admin")
    try await stage.expect(0, "approve", id, "--comment", "é \"quoted\" \\ ok", "--yes", in: "bob")
    let files = try await stage.sandbox.git("ls-files", "grants/*.json", in: "bob")
    #expect(files.contains("grants/active/"))
    for file in files.split(separator: "\n") {
      let text = try #require(stage.sandbox.read("bob/" + file))
      let sorted = try await stage.sandbox.run(["jq", "-S", "."], stdin: text)
      #expect(sorted.text + "\n" == text || sorted.text == text)
    }
  }

  @Test func byHandWithGitAloneIsAccepted() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    let box = stage.sandbox
    // alice copies the form of a request and commits it with git.
    let now = try await box.run(["date", "-u", "+%Y%m%dT%H%M%SZ %Y-%m-%dT%H:%M:%SZ %Y/%m/%d/%H"])
      .text.split(whereSeparator: \.isWhitespace).map(String.init)
    let id = now[0] + "-k3f9q2xw"
    let path = "grants/pending/\(now[2])/\(id).json"
    try box.write(
      "alice/" + path,
      """
      {"schema":"daypass/grant/v1","repository":"example","id":"\(id)","requester":"alice@example.com",
       "subject":"alice@example.com","role":"db-read","justification":"to look at one row",
       "requestedAt":"\(now[1])","duration":"PT60M","approvals":[]}
      """)
    try await stage.expect(0, "fmt", in: "alice")
    try await box.git("add", "-A", in: "alice")
    try await Self.commit("Ask", "alice", stage)
    try await box.git("push", "-q", in: "alice")

    // bob approves with git mv, an edit, fmt and git commit -S.
    try await box.git("pull", "-q", in: "bob")
    let active = "grants/active/\(now[2])/\(id).json"
    _ = try await box.run(["mkdir", "-p", box.path("bob/grants/active/\(now[2])")])
    try await box.git("mv", path, active, in: "bob")
    let text = try #require(box.read("bob/" + active))
    let at = try await box.run(["date", "-u", "+%Y-%m-%dT%H:%M:%SZ"]).text
      .split(whereSeparator: \.isWhitespace)[0]
    let end = try await box.run(["date", "-u", "-d", "\(at) + 1 hour", "+%Y-%m-%dT%H:%M:%SZ"]).text
      .split(whereSeparator: \.isWhitespace)[0]
    try box.write(
      "bob/" + active,
      text.replacing(
        "\"approvals\": []",
        with: """
          "approvals": [{"by": "bob@example.com", "at": "\(at)", "comment": ""}],
          "activatedAt": "\(at)", "expiresAt": "\(end)"
          """))
    try await stage.expect(0, "fmt", in: "bob")
    try await box.git("add", "-A", in: "bob")
    try await Self.commit("Approve", "bob", stage)
    let words = try await stage.expect(0, "verify", in: "bob")
    #expect(words.contains("1"))
    let list = try await stage.expect(0, "list", "-o", "json", in: "bob")
    #expect(list.contains("active") && list.contains(id))
  }

  private static func commit(_ message: String, _ person: String, _ stage: Stage) async throws {
    try await stage.sandbox.git(
      "commit", "-q", "-S", "-m", message, in: person,
      env: ["GIT_COMMITTER_EMAIL": person + "@example.com"])
  }

  @Test func failedCommandsLeaveEverythingAsItWas() async throws {
    let stage = try await Stage(clones: ["alice", "bob"])
    let id = try await stage.request("prod-admin")
    try stage.sandbox.write("alice/notes.txt", "mine")
    try stage.sandbox.write("alice/grants/README.md", "edited, not staged")
    let before = try await stage.fingerprint(of: "alice")
    let failing: [(Int32, [String])] = [
      (4, ["approve", id, "--yes"]), (1, ["approve", "zzzz", "--yes"]),
      (4, ["request", "no-such-role", "--why", "because it is needed", "--yes"]),
      (4, ["request", "prod-admin", "--for", "100h", "--why", "because it is needed", "--yes"]),
      (2, ["request", "prod-admin", "--for", "soon", "--why", "x", "--yes"]),
      (1, ["revoke", id, "--why", "x", "--yes"]), (4, ["reject", id, "--why", "x", "--yes"]),
    ]
    for (status, arguments) in failing {
      let result = try await stage.run(arguments, in: "alice")
      #expect(result.status == status, "\(arguments): \(result.text)\(result.errorText)")
      #expect(result.errorText.contains("daypass:") || status == 2)
      #expect(try await stage.fingerprint(of: "alice") == before, "\(arguments)")
    }
    // A key that cannot sign, and a remote that refuses.
    let broken = try await stage.run(
      ["request", "db-read", "--why", "because it is needed", "--yes"], in: "alice",
      env: [
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.signingKey",
        "GIT_CONFIG_VALUE_0": "/nonexistent",
      ])
    #expect(broken.status != 0)
    #expect(try await stage.fingerprint(of: "alice") == before)
    try stage.sandbox.writeScript("remote.git/hooks/pre-receive", "echo 'not today' >&2; exit 1")
    let refused = try await stage.run(
      ["request", "db-read", "--why", "because it is needed", "--yes"], in: "alice")
    #expect(refused.status == 1)
    #expect(refused.errorText.contains("not today"))
    #expect(try await stage.fingerprint(of: "alice") == before)
  }
}
