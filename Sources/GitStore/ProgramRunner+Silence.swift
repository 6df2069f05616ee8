import Glibc
import Subprocess
import Synchronization

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
    let started = Started()
    return try await withThrowingTaskGroup(of: ProgramResult?.self) { group in
      group.addTask {
        let result = try await Subprocess.run(
          configuration, input: .none, output: .bytes(limit: limit),
          error: .fileDescriptor(.init(rawValue: descriptor), closeAfterSpawningProcess: false)
        ) { execution in
          started.process.withLock { $0 = execution.processIdentifier.value }
        }
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
          // What has not begun yet, on a busy machine, is not silent.
          let hasBegun = started.process.withLock { $0 } != nil
          if newSize != size || !hasBegun { (size, changed) = (newSize, now) }
          let error: ProgramError? =
            if size > limit {
              .wroteTooMuch(name, limit: limit)
            } else if now - changed >= silence {
              .tookTooLong(name, silence)
            } else if let timeout, now - began >= timeout {
              .tookTooLong(name, timeout)
            } else { nil }
          guard let error else { continue }
          started.verdict.withLock { $0 = error }
          // In a terminal's foreground group the programs it started are not ended with it, and
          // one of them might go on to ask for a password there.
          for child in started.descendants { kill(child, SIGTERM) }
          throw error
        }
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let result = first else {
        throw ProgramError.cancelled(name)
      }
      // Without its children it may have ended before it was ended.
      if let error = started.verdict.withLock({ $0 }) { throw error }
      return result
    }
  }
}

/// The process that was started, once it is, and why it had to be ended.
private final class Started: Sendable {
  let process = Mutex<pid_t?>(nil)
  let verdict = Mutex<ProgramError?>(nil)

  var descendants: [pid_t] {
    process.withLock { $0 }.map(ProgramRunner.descendants) ?? []
  }
}

extension ProgramRunner {
  /// The processes that descend from this one, as they are now.
  static func descendants(of process: pid_t) -> [pid_t] {
    var children: [pid_t: [pid_t]] = [:]
    guard let directory = opendir("/proc") else { return [] }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let id = pid_t(name), let parent = parent(of: id) else { continue }
      children[parent, default: []].append(id)
    }
    var found: [pid_t] = []
    var open = [process]
    while let next = open.popLast() {
      let more = children[next] ?? []
      found += more
      open += more
    }
    return found
  }

  private static func parent(of process: pid_t) -> pid_t? {
    guard let file = fopen("/proc/\(process)/stat", "re") else { return nil }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 512)
    let count = fread(&line, 1, line.count, file)
    // `pid (name) state ppid`, where the name may hold anything.
    let text = line.prefix(count)
    guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = text[text.index(after: end)...].split(separator: UInt8(ascii: " "))
    guard fields.count > 1 else { return nil }
    return pid_t(String(decoding: fields[1], as: UTF8.self))
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
