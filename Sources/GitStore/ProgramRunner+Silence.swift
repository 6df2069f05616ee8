import Glibc
import Subprocess

extension ProgramRunner {
  /// Runs a program that tells of its progress on its standard error, for as long as it does.
  ///
  /// How long a transfer takes says nothing about whether it goes on; that it says nothing does.
  static func listen(
    to configuration: Configuration, silence: Duration, timeout: Duration?, limit: Int
  ) async throws -> ProgramResult {
    // A file can be watched while it is written, and a program left behind does not hold it open
    // as it would a pipe.
    let descriptor = try MemoryFile.descriptor(holding: [])
    defer { close(descriptor) }
    let name = configuration.executable.description
    return try await withThrowingTaskGroup(of: ProgramResult?.self) { group in
      group.addTask {
        let result = try await Subprocess.run(
          configuration, input: .none, output: .bytes(limit: limit),
          error: .fileDescriptor(.init(rawValue: descriptor), closeAfterSpawningProcess: false))
        return ProgramResult(
          status: ProgramResult.status(result.terminationStatus), output: result.standardOutput,
          errorOutput: try MemoryFile.bytes(of: descriptor))
      }
      group.addTask {
        let began = ContinuousClock.now
        var (size, changed) = (0, began)
        while true {
          try await Task.sleep(for: min(.milliseconds(200), silence / 4))
          let now = ContinuousClock.now
          let newSize = MemoryFile.size(of: descriptor)
          if newSize != size { (size, changed) = (newSize, now) }
          if size > limit { throw ProgramError.wroteTooMuch(name, limit: limit) }
          if now - changed >= silence { throw ProgramError.tookTooLong(name, silence) }
          if let timeout, now - began >= timeout { throw ProgramError.tookTooLong(name, timeout) }
        }
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let result = first else {
        throw ProgramError.cancelled(name)
      }
      return result
    }
  }
}

extension MemoryFile {
  /// How many bytes it holds.
  static func size(of descriptor: Int32) -> Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// All that it holds, wherever the descriptor stands.
  static func bytes(of descriptor: Int32) throws(IOError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size(of: descriptor))
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done, off_t(done))
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw IOError("read a file in memory") }
      if count == 0 { break }
      done += count
    }
    return Array(bytes.prefix(done))
  }
}
