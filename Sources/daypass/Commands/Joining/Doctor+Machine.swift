import Foundation
import GitStore
import Glibc
import Grants
import Ledger

/// Programs, files and the clock.
extension Doctor {
  /// git signs with SSH keys since 2.34, and ssh-keygen for it since 8.2.
  mutating func examinePrograms() async {
    let git = await Diagnosis.gitVersion()
    let ssh = await Diagnosis.opensshVersion()
    let library = Diagnosis.libgit2Version
    let words = "git \(git ?? "missing"), OpenSSH \(ssh ?? "missing"), libgit2 \(library)"
    guard let git else {
      return add("programs", .problem, words, hint: "Install git 2.34 or newer.")
    }
    if !Diagnosis.isAtLeast(git, [2, 34]) {
      return add(
        "programs", .problem, "\(words): this git cannot sign with SSH keys",
        hint: "Install git 2.34 or newer.")
    }
    guard let ssh, Diagnosis.isAtLeast(ssh, [8, 2]) else {
      return add(
        "programs", .problem, "\(words): git signs with ssh-keygen",
        hint: "Install OpenSSH 8.2 or newer: apt install openssh-client")
    }
    if !Diagnosis.isAtLeast(library, [1, 5, 1]) {
      return add(
        "programs", .warning, "\(words): this libgit2 has known weaknesses",
        hint: "Install 1.5.1 with your distribution's patches, or newer.")
    }
    add("programs", .ok, words)
  }

  /// Files of the git directory that are somebody else's: a daypass or git once run as root.
  mutating func examineOwner(_ repository: GitRepository) {
    let top = repository.commonDirectory
    let here = repository.gitDirectory
    let names = [
      "HEAD", "config", "index", "objects", "refs", "refs/heads", "refs/remotes", "packed-refs",
      "logs", "daypass",
    ]
    var places = [top] + names.map { "\(top)/\($0)" }
    if here != top { places += ["HEAD", "index"].map { "\(here)/\($0)" } }
    let own = (try? FileManager.default.contentsOfDirectory(atPath: "\(top)/daypass")) ?? []
    places += own.map { "\(top)/daypass/\($0)" }
    var strays: [String] = []
    for place in places {
      var status = stat()
      guard lstat(place, &status) == 0 else { continue }
      let isShared = status.st_mode & (S_IWGRP | S_IWOTH) != 0
      if status.st_uid != geteuid(), !isShared || access(place, W_OK) != 0 { strays.append(place) }
    }
    if let first = strays.first {
      return add(
        "owner", .warning,
        "\(Words.count(strays.count, "file")) in the git directory belong to another user: \(first)",
        hint: "sudo chown -R \"$USER\" \(Shell.quoted(top))")
    }
    let lock = "\(here)/index.lock"
    if access(lock, F_OK) == 0 {
      return add(
        "owner", .warning, "the index is locked: another git is at work, or was killed there",
        hint: "If none is: rm \(Shell.quoted(lock))")
    }
    add("owner", .ok, "all files are yours to write to")
  }

  mutating func examineAttributes(_ repository: GitRepository) async {
    do {
      guard let trouble = try await repository.attributeTrouble() else {
        return add("attributes", .ok, "nothing changes governed files on their way")
      }
      let words = "exempted policies/ and grants/ from attributes, in info/attributes"
      add(
        "attributes", .problem, Failure(trouble),
        remedy: Checkup.Remedy(words: words) { try repository.exemptGovernedFiles() })
    } catch {
      add("attributes", .problem, Failure(error))
    }
  }

  mutating func examineClock(_ session: Session, _ replay: Replay?) {
    if let replay {
      let skew = replay.belief.policy.policy.settings.skew
      let pin = ([replay.pinnedAt] + replay.pinsAhead.map(\.at)).compactMap(\.self).max()
      if let pin, pin > session.now + skew {
        return add(
          "clock", .problem,
          "the newest pin, of \(pin), is \(Words.span(pin - session.now)) ahead of this clock",
          hint: "See whether it is slow: timedatectl; date -u\n"
            + "If it is right, the reconciler's is fast, or its key is abused: daypass log --pins")
      }
    }
    guard session.clock.isSynchronised else {
      return add(
        "clock", .warning,
        "the kernel does not say that the clock is synchronised; a reconciler would not commit",
        hint: "timedatectl set-ntp true")
    }
    add("clock", .ok, "synchronised")
  }
}
