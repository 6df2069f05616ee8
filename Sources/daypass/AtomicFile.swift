import Foundation
import Glibc

/// Replaces files whole or not at all, also across a crash.
enum AtomicFile {
  /// Writes beside the file, flushes to the disk, and renames.
  ///
  /// - Throws: ``Failure`` if it cannot be written; the old file is still whole then.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws {
    let directory = (path as NSString).deletingLastPathComponent
    let folder = directory.isEmpty ? "." : directory
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        .failed, "cannot make the directory \(folder): \(error.localizedDescription)",
        hint: "Is it yours to write to? ls -ld \(folder)")
    }
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw error("write", temporary) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failure = error("write", temporary)
        close(descriptor)
        unlink(temporary)
        throw failure
      }
      rest = rest.dropFirst(count)
    }
    let flushed = fsync(descriptor) == 0
    close(descriptor)
    guard flushed, rename(temporary, path) == 0 else {
      let failure = error("replace", path)
      unlink(temporary)
      throw failure
    }
    flush(directory: folder)
    removeForgotten(beside: path, in: folder)
  }

  /// Takes away what runs that were killed were just writing: nobody writes for an hour.
  private static func removeForgotten(beside path: String, in folder: String) {
    let prefix = (path as NSString).lastPathComponent + "."
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(prefix) && name.hasSuffix(".tmp")
      && Int(name.dropFirst(prefix.count).dropLast(4)) != nil
    {
      var status = stat()
      let file = folder + "/" + name
      guard lstat(file, &status) == 0, status.st_mtim.tv_sec < time(nil) - 3600 else { continue }
      unlink(file)
    }
  }

  /// Makes a rename last: without this a crash may bring the old name back.
  private static func flush(directory: String) {
    let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func error(_ deed: String, _ path: String) -> Failure {
    Failure(.failed, "cannot \(deed) \(path): \(String(cString: strerror(errno)))")
  }
}
