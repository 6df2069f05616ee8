import FoundationEssentials
import GitStore
import TestSupport
import Testing

/// A clone whose `.git` somebody else has prepared: whatever git can be made to run is set to run a
/// program that leaves a file behind, named for what ran it.
struct HostileRepository {
  let stage: Stage
  /// A grant on the mainline, and one on a branch of its own.
  let grant: String
  let lane: String
  /// Where commands run, relative to the sandbox.
  private(set) var place = "handed"
  private var box: Sandbox { stage.sandbox }
  var directory: String { box.path("handed") }

  /// One program that was started.
  struct Program: CustomStringConvertible {
    let path: String
    let arguments: String
    var description: String { "\(path) \(arguments)" }
  }

  /// - Parameters:
  ///   - isSparse: whether the checkout is one that daypass leaves to git.
  ///   - names: settings to leave out.
  init(isSparse: Bool = false, names without: Set<String> = []) async throws {
    stage = try await Stage(clones: ["alice", "bob", "ci"])
    let box = stage.sandbox
    try #require(
      try await box.run(["strace", "-V"]).succeeded, "strace is missing: make test-deps")
    try box.write("alice/.gitattributes", "* filter=evil diff=evil merge=evil text=auto ident\n")
    try box.write(
      "alice/evil.config", Self.config(in: box, [("core.editor", "editor-of-the-tree")]))
    try box.write("alice/notes.txt", "one\n")
    try box.write("alice/more/.gitattributes", "* filter=e=vil\n")
    try box.write("alice/more/notes.txt", "one\n")
    try await box.git("add", "-A", in: "alice")
    try await box.git("commit", "-q", "-m", "Notes", in: "alice")
    try await box.git("push", "-q", "origin", "main", in: "alice")
    // As `doctor --fix` does: the attribute is none of the governed files' business.
    for person in ["alice", "bob", "ci"] {
      try box.write(
        "\(person)/.git/info/attributes",
        ["policies", "grants"].map {
          "/\($0)/** -text -filter -ident -eol -working-tree-encoding\n"
        }.joined())
    }
    grant = try await stage.request()
    let words = try await stage.expect(
      0, "request", "prod-admin", "--why", "rotate the certificate", "--branch", "--yes",
      in: "alice")
    lane = try Stage.id(in: words)
    try await stage.expect(0, "reconcile", "--assume-clock", in: "ci")
    let sparse = isSparse ? ["--sparse"] : []
    let joined = try await stage.run(
      ["join", box.path("remote.git"), stage.root, "handed"] + sparse, in: "")
    try #require(joined.status == 0, "\(joined.errorText)")
    // Something for `sync` to bring.
    try await stage.expect(0, "sync", in: "bob")
    try await stage.expect(0, "approve", grant, "--yes", in: "bob")
    // Dated beyond every index: whenever git writes one, it looks into these to be sure.
    _ = try await box.run([
      "touch", "-d", "2099-01-01", "handed/evil.config", "handed/more/notes.txt",
    ])
    try await box.git("status", in: "handed")
    try await prepare(without)
    // Newer than the index: git has to look into it, through the filter, to know.
    try box.write("handed/notes.txt", "one\n")
  }

  private func prepare(_ without: Set<String>) async throws {
    for (key, value) in [
      ("user.name", "alice"), ("user.email", "alice@example.com"), ("gpg.format", "ssh"),
    ] { try await box.git("config", key, value, in: place) }
    // An alternate, so that git asks it for its references.
    try box.write("handed/.git/objects/info/alternates", box.path("first/.git/objects") + "\n")
    let settings = Self.settings.filter { !without.contains($0) }
    for name in settings + Self.hooks.map({ "hooks." + $0 }) + ["editor-of-the-tree"] {
      // Hooks and filters let git go on, to whatever else it would run.
      let rest =
        name.hasPrefix("filter.") ? "exec cat" : name.hasPrefix("hooks.") ? "exit 0" : "exit 1"
      try box.writeScript("evil/\(name)", ": >>\(box.path("witness"))/\(name); \(rest)")
    }
    try box.write("witness/.keep", "")
    for hook in Self.hooks {
      for folder in [".git/hooks", "evil-hooks"] {
        try box.writeScript("\(place)/\(folder)/\(hook)", "exec \(box.path("evil/hooks.\(hook)"))")
      }
    }
    // What else git lets be said there, and by a file of the tree.
    let own = box.read("\(place)/.git/config") ?? ""
    try box.write(
      "\(place)/.git/config",
      own + Self.config(in: box, settings.map { ($0, $0) })
        + """
        [core]
        \thooksPath = \(box.path("\(place)/evil-hooks"))
        [include]
        \tpath = ../evil.config
        [filter "evil"]
        \trequired = true
        [protocol "ext"]
        \tallow = always
        [commit]
        \tgpgSign = true

        """)
    try box.write("\(place)/.git/info/exclude", "evil-hooks\neffective\ncopy\nslim\n")
  }

  /// Everything that git may run because a setting says so.
  static let settings = [
    "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass",
    "core.gitProxy", "core.alternateRefsCommand", "sequence.editor", "diff.external",
    "diff.evil.textconv", "diff.evil.command", "merge.evil.driver", "filter.evil.clean",
    "filter.e=vil.clean",
    "filter.evil.smudge", "gpg.program", "gpg.ssh.program", "gpg.x509.program",
    "gpg.ssh.defaultKeyCommand", "credential.helper", "credential.https://example.com.helper",
    "remote.origin.uploadpack", "remote.origin.receivepack", "alias.config", "alias.fetch",
    "alias.remote", "alias.status", "alias.ls-remote", "pager.config", "pager.fetch",
    "pager.status", "interactive.diffFilter", "sendemail.sendmailCmd", "difftool.evil.cmd",
    "mergetool.evil.cmd", "browser.evil.cmd", "man.evil.cmd", "trailer.evil.command",
    "uploadpack.packObjectsHook", "submodule.evil.update", "tar.tar.gz.command",
    "instaweb.httpd", "ssh.variant",
  ]

  /// All of githooks(5).
  static let hooks = [
    "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit",
    "prepare-commit-msg", "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge",
    "pre-push", "pre-receive", "update", "proc-receive", "post-receive", "post-update",
    "reference-transaction", "push-to-checkout", "pre-auto-gc", "post-rewrite",
    "sendemail-validate", "fsmonitor-watchman", "post-index-change",
  ]

  /// Settings that run the program of that name.
  private static func config(
    in box: Sandbox, _ settings: [(key: String, name: String)]
  ) -> String {
    // Between the first dot and the last lies the part in quotes.
    settings.map { key, name in
      let parts = key.split(separator: ".")
      let middle = parts.dropFirst().dropLast().joined(separator: ".")
      let section = middle.isEmpty ? "\(parts[0])" : "\(parts[0]) \"\(middle)\""
      // With these a mark says that it is a command.
      let marked = ["alias", "credential", "submodule"].contains(parts[0]) ? "!" : ""
      return "[\(section)]\n\t\(parts[parts.count - 1]) = \(marked)\(box.path("evil/\(name)"))\n"
    }.joined()
  }

  // MARK: What ran

  /// Runs daypass in the repository and demands an exit code, unless nil, and that nothing of it ran.
  func run(
    _ status: Int32?, _ arguments: String..., input: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await run(status, arguments, input: input, sourceLocation: sourceLocation)
  }

  func run(
    _ status: Int32?, _ arguments: [String], input: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let (result, started) = try await programs(
      startedBy: [Stage.binary] + arguments, input: input)
    let words = result.text + result.errorText
    #expect(
      status == nil || result.status == status, "\(arguments): \(result.status) \(words)",
      sourceLocation: sourceLocation)
    #expect(
      started.first?.path == Stage.binary, "\(arguments): \(started)",
      sourceLocation: sourceLocation)
    let others = started.filter { !isAllowed($0) }
    #expect(others.isEmpty, "\(arguments) started", sourceLocation: sourceLocation)
    let left = try witnesses()
    #expect(left.isEmpty, "\(arguments) ran", sourceLocation: sourceLocation)
    for name in left { try box.remove("witness/" + name) }
  }

  /// The names of what has run since the beginning.
  func witnesses() throws -> [String] {
    try box.names(in: "witness").filter { $0 != ".keep" }
  }

  /// Every program that a command starts, whatever comes of it.
  func programs(
    startedBy command: [String], input: String? = nil
  ) async throws -> (result: ProgramResult, programs: [Program]) {
    let author: [String: String?] = [
      "GIT_AUTHOR_NAME": nil, "GIT_AUTHOR_EMAIL": nil, "GIT_COMMITTER_NAME": nil,
      "GIT_COMMITTER_EMAIL": nil,
    ]
    let result = try await ProgramRunner(box.environment).run(
      [
        "strace", "-f", "-qq", "-s", "4096", "-e", "trace=execve,execveat", "-e", "signal=none",
        "-o", box.path("trace"),
      ] + command, input: input.map { Array($0.utf8) }, in: box.path(place), changing: author,
      timeout: .seconds(300))
    let trace = try #require(box.read("trace"))
    // 4968  execve("/usr/bin/git", ["git", "version"], 0x5577284188b8 /* 35 vars */) = 0
    let programs = try trace.split(separator: "\n").compactMap { line -> Program? in
      guard line.contains("exec"), !line.contains(" resumed>") else { return nil }
      let match = try #require(
        line.firstMatch(of: /execve(?:at)?\((?:[^"]*)"([^"]*)", (\[.*?\])(?:, 0x| <unf)/),
        "cannot be read: \(line)")
      return Program(path: String(match.1), arguments: String(match.2))
    }
    return (result, programs)
  }

  /// daypass, git with its own helpers, and OpenSSH's programs, each by its name in the system's
  /// folders; of a shell only the lines by which git reaches a remote that is a directory, and an alternate.
  func isAllowed(_ program: Program) -> Bool {
    if program.path == Stage.binary { return true }
    let folders = (box.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let parts = program.path.split(separator: "/")
    let folder = "/" + parts.dropLast().joined(separator: "/")
    guard let name = parts.last, folders.contains(folder) || folder.hasSuffix("/git-core") else {
      return false
    }
    if ["sh", "dash"].contains(name) {
      return program.arguments.contains(#", "-c", "git-upload-pack '"#)
        || program.arguments.contains(#", "-c", "f() { git --git-dir=\"$1\" for-each-ref "#)
    }
    let own = ["git", "ssh", "ssh-keygen", "ssh-add"]
    return own.contains(String(name)) || name.hasPrefix("git-")
  }

  // MARK: What happens to it

  /// The local branch is where the remote is, and so are the governed files.
  func demandInStep() async throws {
    let tip = try await box.git("rev-parse", "main", in: "remote.git")
    let here = try await box.git("--git-dir=handed/.git", "rev-parse", "main")
    #expect(here == tip)
    #expect(box.exists("handed/policies/daypass.yaml"))
  }

  func pushNotes() async throws {
    try await stage.expect(0, "sync", in: "alice")
    try box.write("alice/notes.txt", "two\n")
    try await box.git("add", "-A", in: "alice")
    try await box.git("commit", "-q", "-m", "More notes", in: "alice")
    try await box.git("push", "-q", "origin", "main", in: "alice")
  }

  /// Goes on in a bare repository with the same settings and hooks.
  ///
  /// - Returns: what git tells a pre-receive hook of a push that brings an approval.
  mutating func makeBare() async throws -> String {
    let new = try await box.git("rev-parse", "main", in: "remote.git")
    try await box.git("clone", "-q", "--bare", box.path("remote.git"), "bare.git")
    try await box.git("config", "daypass.root", stage.root, in: "bare.git")
    let old = try await box.git("rev-parse", "main~1", in: "bare.git")
    try await box.git("update-ref", "refs/heads/main", old, in: "bare.git")
    let own = box.read("bare.git/config") ?? ""
    let evil = (box.read("handed/.git/config") ?? "").replacing("bare = false", with: "bare = true")
    try box.write("bare.git/config", own + evil.replacing("../evil.config", with: "evil.config"))
    try box.write("bare.git/evil.config", box.read("alice/evil.config") ?? "")
    for hook in Self.hooks {
      try box.writeScript("bare.git/hooks/\(hook)", "exec \(box.path("evil/hooks.\(hook)"))")
    }
    place = "bare.git"
    return "\(old) \(new) refs/heads/main\n"
  }
}
