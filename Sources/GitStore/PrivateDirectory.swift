import Glibc

/// A directory that only this user can look into, gone with its owner.
struct PrivateDirectory: ~Copyable {
  let path: String

  /// Makes it below `TMPDIR`, or `/tmp`.
  ///
  /// - Throws: ``IOError``.
  init(environment: [String: String]) throws(IOError) {
    let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array((parent + "/daypass-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw IOError("make a directory in \(parent)") }
    path = template.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }

  deinit {
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink(path + "/" + name) }
    }
    closedir(directory)
    rmdir(path)
  }

  /// Writes a file that only this user can read and returns its path.
  func write(_ name: String, _ bytes: [UInt8]) throws(IOError) -> String {
    let file = path + "/" + name
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw IOError("write \(file)") }
    defer { close(descriptor) }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw IOError("write \(file)")
      }
      done += count
    }
    return file
  }
}

/// A system call failed.
struct IOError: Error, CustomStringConvertible {
  let description: String

  /// - Parameter what: what could not be done; `errno` says why.
  init(_ what: String) {
    description = "Cannot \(what): \(String(cString: strerror(errno)))."
  }
}
