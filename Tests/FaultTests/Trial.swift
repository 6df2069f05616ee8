import Foundation
import GitStore
import TestSupport
import Testing

/// A copy of the hub for one run that something happens to.
final class Trial: Sendable {
  let hub: Hub
  let layout: Hub.Layout
  let person: String
  let directory: String
  let hasRemote: Bool

  var clone: String { directory + "/clone" }
  var gitDirectory: String { layout == .bare ? clone : clone + "/.git" }
  var remote: String { directory + "/remote.git" }
  /// Where what was done has landed.
  var home: String { hasRemote ? remote : clone }
  var output: String { directory + "/out" }

  init(_ hub: Hub, _ layout: Hub.Layout, _ person: String, hasRemote: Bool = true) async throws {
    self.hub = hub
    self.layout = layout
    self.person = person
    self.hasRemote = hasRemote
    directory = hub.sandbox.path("trial-\(UInt64.random(in: 0 ... .max))")
    let script = """
      set -e
      mkdir -p "$1/tmp" "$1/out"
      cp -a "$2" "$1/clone"
      cp -a remote.git "$1/remote.git"
      if [ "$3" = remote ]; then git -C "$1/clone" config remote.origin.url "$1/remote.git"
      else git -C "$1/clone" remote remove origin; fi
      """
    let made = try await hub.sandbox.run([
      "sh", "-c", script, "sh", directory, hub.sandbox.path("\(layout)/\(person)"),
      hasRemote ? "remote" : "alone",
    ])
    guard made.succeeded else { throw ToolFailure(arguments: ["sh"], words: made.errorText) }
  }

  deinit {
    for ending in ["", ".page", ".steps"] {
      try? FileManager.default.removeItem(atPath: directory + ending)
    }
  }

  /// Runs daypass in the clone.
  func daypass(
    _ arguments: [String], env: [String: String?] = [:], below: [String] = []
  ) async throws -> ProgramResult {
    let own: [String: String?] = [
      "GIT_AUTHOR_NAME": nil, "GIT_AUTHOR_EMAIL": nil, "GIT_COMMITTER_NAME": nil,
      "GIT_COMMITTER_EMAIL": nil, "TMPDIR": directory + "/tmp",
    ]
    return try await ProgramRunner(hub.sandbox.environment).run(
      below + [Hub.binary] + arguments, in: clone, changing: own.merging(env) { $1 },
      timeout: .seconds(120))
  }

  func git(_ arguments: String..., at place: String? = nil) async throws -> ProgramResult {
    try await hub.sandbox.run(["git"] + arguments, in: place ?? clone)
  }

  // MARK: What must hold at any moment

  /// Whatever happened: every object is whole, every signature and rule holds, no grant is in two
  /// places, and no file is torn.
  func demandIntegrity(_ what: String) async throws {
    for place in hasRemote ? [clone, remote] : [clone] {
      let fsck = try await git("fsck", "--strict", "--no-dangling", "--no-progress", at: place)
      #expect(fsck.succeeded && fsck.text + fsck.errorText == "", "\(what): \(fsck.errorText)")
      let verified = try await daypass(["verify", "-C", place, "--root", hub.root])
      #expect(verified.status == 0, "\(what): verify \(place): \(verified.errorText)")
      let states = try await states(at: place)
      for (id, found) in states where found.count != 1 {
        Issue.record("\(what): \(id) is in \(found)")
      }
    }
    for name in (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
    where name == "effective.json" {
      let bytes = FileManager.default.contents(atPath: output + "/" + name) ?? Data()
      #expect(
        bytes == Self.oldOutput || (try? JSONSerialization.jsonObject(with: bytes)) != nil,
        "\(what): \(name) is torn, \(bytes.count) bytes")
    }
  }

  /// What lies in the output directory before a run.
  static let oldOutput = Data("{\"old\":true}\n".utf8)

  func placeOldOutput() throws {
    try Self.oldOutput.write(to: URL(filePath: output + "/effective.json"))
  }

  /// The states in which each grant lies in the tree.
  func states(at place: String? = nil) async throws -> [String: [String]] {
    let listed = try await git("ls-tree", "-r", "--name-only", "main", "grants/", at: place)
    var states: [String: [String]] = [:]
    for path in listed.text.split(separator: "\n") where path.hasSuffix(".json") {
      let parts = path.split(separator: "/")
      states[String(parts[parts.count - 1].dropLast(5)), default: []].append(String(parts[1]))
    }
    return states
  }

  // MARK: What must hold once the work is done

  /// Branch, index, files and remote are one, and nothing lies about that would stop anybody.
  func demandTidiness(_ what: String) async throws {
    let here = try await git("rev-parse", "main").text
    if hasRemote {
      let there = try await git("rev-parse", "main", at: remote).text
      #expect(here == there, "\(what): here \(here), at the remote \(there)")
      // A bare clone of git's own keeps no such reference until daypass makes one.
      let known = try await git("rev-parse", "--verify", "--quiet", "refs/remotes/origin/main").text
      #expect(known == there, "\(what): the remote's known tip is \(known)")
    }
    if layout == .checkout {
      let status = try await git("status", "--porcelain", "-uall")
      #expect(status.text == "", "\(what): \(status.text)")
    }
    let left = leftLocks()
    #expect(left.isEmpty, "\(what): left behind: \(left)")
  }

  /// Makes the locks of references look as they will look in a minute.
  ///
  /// - Returns: which there are; nil if there are none.
  func letAMinutePass() async throws -> [String]? {
    let locks = leftLocks().filter { $0 != "index.lock" }
    guard !locks.isEmpty else { return nil }
    let aged = try await hub.sandbox.run(
      ["touch", "-d", "2 minutes ago"] + locks, in: gitDirectory)
    #expect(aged.succeeded)
    return locks
  }

  /// Locks below the clone.
  func leftLocks(below place: String? = nil) -> [String] {
    let top = place ?? gitDirectory
    let names = FileManager.default.enumerator(atPath: top)?.allObjects as? [String] ?? []
    return names.filter { $0.hasSuffix(".lock") }
  }
}
