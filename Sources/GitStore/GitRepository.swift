import Clibgit2
import History
import Synchronization

/// A repository on disk, through libgit2.
///
/// Objects are read and written without a lock of ours; references and everything else that
/// belongs to libgit2's repository handle go through one at a time.
package final class GitRepository: HistoryReader, HistoryWriter {
  /// This checkout's own git directory; in a linked worktree `…/.git/worktrees/NAME`.
  package let gitDirectory: String
  /// The git directory shared by all worktrees, where references and objects live.
  package let commonDirectory: String
  /// The checked-out files, or nil in a bare repository.
  package let workTree: String?
  /// What the programs started for this repository see of the environment.
  package let environment: [String: String]

  /// This repository for the `git` program.
  let git: GitProgram
  let handle: Mutex<Owned>
  private let objects: ObjectStore
  private let objectDirectory: String
  private let alternates: [String]
  private let readersMade = Atomic(0)

  init(handle: consuming Owned, environment: [String: String]) throws(HistoryError) {
    let repository = handle.pointer
    gitDirectory = Self.path(git_repository_path(repository)) ?? "."
    commonDirectory = Self.path(git_repository_commondir(repository)) ?? gitDirectory
    workTree = Self.path(git_repository_workdir(repository))
    // Inside a receiving hook new objects wait in a quarantine that only these variables name.
    objectDirectory = environment["GIT_OBJECT_DIRECTORY"] ?? commonDirectory + "/objects"
    alternates = Alternates.split(
      variable: environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] ?? "")
    objects = try ObjectStore(directory: objectDirectory, alternates: alternates)
    try objects.share(with: repository)
    if let name = environment["GIT_COMMITTER_NAME"], let email = environment["GIT_COMMITTER_EMAIL"]
    {
      // Who moved it, in the reflog; libgit2 does not look at these variables.
      try Libgit2.call("name the committer") { git_repository_set_ident(repository, name, email) }
    }
    git = GitProgram(
      gitDirectory: gitDirectory, workTree: workTree, runner: ProgramRunner(environment))
    self.environment = environment
    self.handle = Mutex(handle)
  }

  /// Whether there are no checked-out files.
  package var isBare: Bool { workTree == nil }

  package func read(_ id: ObjectID, limit: Int) throws(HistoryError) -> RawObject {
    try objects.read(id, limit: limit)
  }

  package func scan(
    _ id: ObjectID, _ take: (UnsafeRawBufferPointer) -> Void
  ) throws(HistoryError) -> ObjectKind {
    try objects.scan(id, take)
  }

  package func contains(_ id: ObjectID) throws(HistoryError) -> Bool {
    try objects.contains(id)
  }

  package func write(_ kind: ObjectKind, _ bytes: [UInt8]) throws(HistoryError) -> ObjectID {
    try objects.write(kind, bytes)
  }

  /// Another reader of the same objects that shares no lock with this one, for a worker that reads
  /// in parallel. It maps the packs once more.
  package func makeReader() throws(HistoryError) -> ObjectStore {
    // libgit2 shares one pack, and its lock, between all handles that spell its path alike.
    let number = readersMade.add(1, ordering: .relaxed).newValue
    let spelling = String(repeating: "/.", count: number)
    return try ObjectStore(
      directory: objectDirectory + spelling, alternates: alternates.map { $0 + spelling })
  }

  /// The path libgit2 gives, without the slash at its end.
  private static func path(_ pointer: UnsafePointer<CChar>?) -> String? {
    guard let pointer else { return nil }
    let path = String(cString: pointer)
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
