import Glibc
import History

/// What is written down before a branch and its files are moved, and taken away once they are: it
/// stays where the process died or could not write on, so that the next one finishes the work.
///
/// Without it nobody could tell files that were left behind from the user's own work, nor a lock
/// of the dead process from that of a living one. Only read and written under ``BranchLock``.
struct MoveNote {
  let reference: String
  /// Where the branch was; nil if it did not exist.
  let old: ObjectID?
  /// When it was written, in seconds since 1970 by the clock of files.
  let time: Double

  private static func path(_ directory: String) -> String { directory + "/daypass/moving" }

  static func exists(in directory: String) -> Bool { access(path(directory), F_OK) == 0 }

  /// Writes it to the disk, whole or not at all.
  ///
  /// - Parameter directory: the git directory that all worktrees of the clone share.
  /// - Throws: ``HistoryError`` with `.unreadable`: whoever cannot write this cannot move a branch
  ///   either.
  static func write(
    _ reference: String, from old: ObjectID?, in directory: String
  ) throws(HistoryError) {
    let path = path(directory)
    let temporary = path + ".tmp"
    let text = "daypass move v1\n\(reference)\n\(old?.hex ?? "none")\nend\n"
    do throws(IOError) {
      // Whatever was put there leads nowhere.
      unlink(temporary)
      let descriptor = open(
        temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw IOError("write \(temporary)") }
      defer { close(descriptor) }
      try MemoryFile.write(Array(text.utf8), to: descriptor, named: temporary)
      guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
        throw IOError("write \(path)")
      }
    } catch {
      throw HistoryError(
        .unreadable, error.description,
        hint: "Is there room, and is it yours to write to? df "
          + directory)
    }
    let folder = open(directory + "/daypass", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  /// The one that was left behind; nil if there is none. One that makes no sense is nobody's: it is
  /// renamed into place only when it is whole.
  static func read(in directory: String) throws(HistoryError) -> MoveNote? {
    let path = path(directory)
    guard let time = LockFile(path: path).time,
      let file = try FileBytes.readIfPresent(path, limit: 4096)
    else { return nil }
    let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n")
    guard lines.count == 4, lines[0] == "daypass move v1", lines[3] == "end",
      isBranch(lines[1]), lines[2] == "none" || ObjectID(hex: lines[2]) != nil
    else { return nil }
    return MoveNote(reference: String(lines[1]), old: ObjectID(hex: lines[2]), time: time)
  }

  /// Whether it names a branch, and so a place inside the git directory: somebody else may have made
  /// the note.
  private static func isBranch(_ reference: Substring) -> Bool {
    reference.hasPrefix("refs/heads/")
      && reference.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && !$0.hasPrefix(".")
      }
  }

  static func remove(in directory: String) { unlink(path(directory)) }
}
