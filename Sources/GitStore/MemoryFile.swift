import Clibgit2
import Glibc

/// A file without a name, in memory.
enum MemoryFile {
  /// A descriptor that reads these bytes from their beginning; whoever takes it closes it.
  static func descriptor(holding bytes: [UInt8]) throws(IOError) -> Int32 {
    let descriptor = daypass_memory_file()
    guard descriptor >= 0 else { throw IOError("make a file in memory") }
    do throws(IOError) {
      try write(bytes, to: descriptor, named: "a file in memory")
    } catch {
      close(descriptor)
      throw error
    }
    lseek(descriptor, 0, SEEK_SET)
    return descriptor
  }

  /// Writes all of them, whatever interrupts.
  static func write(
    _ bytes: [UInt8], to descriptor: Int32, named name: String
  ) throws(IOError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw IOError("write \(name)")
      }
      done += count
    }
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
