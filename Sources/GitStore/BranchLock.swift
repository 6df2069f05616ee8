import Glibc

/// Keeps two daypass processes in one clone from moving the branch and its files at once.
///
/// The kernel lets go of it when the process ends, however that happens: no stale lock can stay.
struct BranchLock: ~Copyable {
  private let descriptor: Int32
  /// Whether it was had.
  let isHeld: Bool

  /// Waits for whoever holds it, up to four seconds.
  ///
  /// Where there can be no lock file, or the other one takes longer, everything goes on without:
  /// the reference itself is moved by compare-and-swap all the same.
  ///
  /// - Parameter directory: the git directory that all worktrees of the clone share.
  init(in directory: String) async {
    let place = directory + "/daypass"
    mkdir(place, 0o777)
    descriptor = open(place + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    isHeld = await Self.wait(for: descriptor)
  }

  private static func wait(for descriptor: Int32) async -> Bool {
    guard descriptor >= 0 else { return false }
    for _ in 1...200 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  /// Lets the next one go on.
  consuming func release() {}

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }
}
