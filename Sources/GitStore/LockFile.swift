import Glibc
import History

/// A lock file of git's: it is there while somebody works, and stays where they were killed.
///
/// Unlike ``BranchLock`` the kernel does not take it away, so whether anybody still needs it can
/// only be told by its age, its owner and the processes that are there.
struct LockFile {
  let path: String

  /// A reference is locked for some milliseconds; nobody is at work after this many seconds.
  static let patience = 60

  /// When it was last written to, in seconds since 1970; nil if it is not there.
  var time: Double? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
  }

  /// How many seconds ago that was.
  private var age: Double? { time.map { max(0, Self.now - $0) } }

  private static var now: Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }

  /// Takes away the lock of a process that is known to have died: one made after it had begun.
  ///
  /// - Parameters:
  ///   - begun: when that process began, by the clock of files.
  ///   - workTree: where a living git that holds it would be at work.
  func removeIfMade(since begun: Double, workTree: String?) {
    guard let time, time >= begun, isOwn, !isInUse(below: workTree) else { return }
    unlink(path)
  }

  /// Takes away a lock that is too old to be anybody's; only for references, which nobody keeps
  /// locked while they think. `git commit -a` keeps the index locked while its editor is open.
  ///
  /// - Returns: whether it is gone.
  func removeIfForgotten() -> Bool {
    guard let age, age > Double(Self.patience), isOwn, !isInUse(below: nil) else { return false }
    return unlink(path) == 0
  }

  /// That it is locked, since when, and what to do about it.
  ///
  /// - Parameter what: what is locked, with a capital letter.
  func error(_ what: String, takenAwayLater: Bool) -> HistoryError {
    let since = age.map { ", for \(Self.words($0)) now" } ?? ""
    return HistoryError(
      .locked, "\(what) is locked\(since): another git process may be at work there.",
      hint: "Wait for it. If none is, a killed one left its lock behind: rm \(path)"
        + (takenAwayLater
          ? "\nOnce it is \(Self.patience) seconds old and open in no process, daypass takes it away "
            + "itself." : ""))
  }

  private static func words(_ seconds: Double) -> String {
    switch seconds {
    case ..<120: "\(Int(seconds)) seconds"
    case ..<7200: "\(Int(seconds / 60)) minutes"
    case ..<172_800: "\(Int(seconds / 3600)) hours"
    default: "\(Int(seconds / 86_400)) days"
    }
  }

  /// Another user's processes cannot be looked into.
  private var isOwn: Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_uid == geteuid()
  }

  /// Whether a process has it open, or a git is at work in that directory: it closes the file some
  /// time before it is done.
  private func isInUse(below workTree: String?) -> Bool {
    guard let processes = opendir("/proc") else { return true }
    defer { closedir(processes) }
    while let entry = readdir(processes) {
      let name = Self.name(entry)
      guard let process = Int32(name), process != getpid() else { continue }
      let place = "/proc/\(name)"
      if Self.names(in: place + "/fd").contains(where: { Self.target("\(place)/fd/\($0)") == path })
      {
        return true
      }
      if let workTree, let here = Self.target(place + "/cwd"),
        here == workTree || here.hasPrefix(workTree + "/"),
        Self.target(place + "/exe")?.split(separator: "/").last?.hasPrefix("git") == true
      {
        return true
      }
    }
    return false
  }

  private static func names(in directory: String) -> [String] {
    guard let open = opendir(directory) else { return [] }
    defer { closedir(open) }
    var names: [String] = []
    while let entry = readdir(open) { names.append(name(entry)) }
    return names
  }

  private static func name(_ entry: UnsafeMutablePointer<dirent>) -> String {
    withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
  }

  private static func target(_ link: String) -> String? {
    let text = [CChar](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      count = buffer.baseAddress.map { max(0, readlink(link, $0, buffer.count)) } ?? 0
    }
    return text.isEmpty
      ? nil : String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
