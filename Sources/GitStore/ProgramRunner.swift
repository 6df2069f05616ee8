import Glibc
import Subprocess

/// The one door to other programs: arguments as a list, never through a shell.
package struct ProgramRunner: Sendable {
  /// All the variables the programs see, unless a call changes some.
  package let environment: [String: String]

  /// - Parameter environment: handed on, except for what would make git write traces, with their
  ///   secrets, among the words that are shown to people.
  package init(_ environment: [String: String]) {
    self.environment = environment.filter { name, _ in
      !name.hasPrefix("GIT_TRACE") && name != "GIT_CURL_VERBOSE"
    }
  }

  /// Runs a program to its end.
  ///
  /// - Parameters:
  ///   - arguments: the program's name, looked up in `PATH` unless it has a slash, and its
  ///     arguments.
  ///   - input: its standard input; nil is `/dev/null`.
  ///   - directory: where it runs; nil is where this process runs.
  ///   - changes: variables set for this call, or taken away where nil.
  ///   - outputLimit: the most bytes it may write to each of its two outputs.
  ///   - timeout: how long it may take; nil is for ever.
  ///   - silence: how long it may go without writing to its standard error; nil is for ever. Such a
  ///     program gets no input.
  /// - Throws: ``ProgramError``. An exit status other than 0 is a result, not an error.
  package func run(
    _ arguments: [String], input: [UInt8]? = nil, in directory: String? = nil,
    changing changes: [String: String?] = [:], outputLimit: Int = 16 << 20,
    timeout: Duration? = .seconds(60), silence: Duration? = nil
  ) async throws(ProgramError) -> ProgramResult {
    guard let name = arguments.first else { throw .cannotStart("", reason: "no program named") }
    var configuration = Configuration(
      executable: name.contains("/") ? .path(.init(name)) : .name(name),
      arguments: Arguments(Array(arguments.dropFirst())),
      environment: .custom(variables(changing: changes)),
      workingDirectory: directory.map { .init($0) })
    // A group of its own can be ended with all its children. But only the terminal's foreground
    // group may ask there for a passphrase, so with a terminal the program stays in ours.
    let ownGroup = !Terminal.isThere
    configuration.platformOptions.processGroupID = ownGroup ? 0 : nil
    configuration.platformOptions.teardownSequence = [
      .send(
        signal: .terminate, toProcessGroup: ownGroup, allowedDurationToNextStep: .seconds(1))
    ]
    do {
      if let silence {
        return try await Self.listen(
          to: configuration, silence: silence, timeout: timeout, limit: outputLimit)
      }
      return try await Self.limited(to: timeout, configuration, input, outputLimit)
    } catch let error as ProgramError {
      throw error
    } catch let error as SubprocessError {
      throw Self.error(from: error, program: name, limit: outputLimit)
    } catch let error as IOError {
      throw .cannotStart(name, reason: error.description)
    } catch is CancellationError {
      throw .cancelled(name)
    } catch {
      throw .cannotStart(name, reason: "\(error)")
    }
  }

  private func variables(changing changes: [String: String?]) -> [Environment.Key: String] {
    let changed = environment.merging(changes.compactMapValues { $0 }) { $1 }
    var result: [Environment.Key: String] = [:]
    for (name, value) in changed {
      if let change = changes[name], change == nil { continue }
      if let key = Environment.Key(rawValue: name) { result[key] = value }
    }
    return result
  }

  private static func limited(
    to timeout: Duration?, _ configuration: Configuration, _ input: [UInt8]?, _ limit: Int
  ) async throws -> ProgramResult {
    guard let timeout else { return try await finish(configuration, input, limit) }
    return try await withThrowingTaskGroup(of: ProgramResult?.self) { group in
      group.addTask { try await finish(configuration, input, limit) }
      group.addTask {
        try await Task.sleep(for: timeout)
        return nil
      }
      defer { group.cancelAll() }
      // Leaving the group cancels the other task and waits for it: after a timeout that ends the
      // program.
      guard let first = try await group.next(), let result = first else {
        throw ProgramError.tookTooLong(configuration.executable.description, timeout)
      }
      return result
    }
  }

  private static func finish(
    _ configuration: Configuration, _ input: [UInt8]?, _ limit: Int
  ) async throws -> ProgramResult {
    if let input {
      // Not through a pipe: a program that does not read to the end would end this one (SIGPIPE).
      let descriptor = try MemoryFile.descriptor(holding: input)
      return ProgramResult(
        try await Subprocess.run(
          configuration,
          input: .fileDescriptor(.init(rawValue: descriptor), closeAfterSpawningProcess: true),
          output: .bytes(limit: limit), error: .bytes(limit: limit)))
    }
    return ProgramResult(
      try await Subprocess.run(
        configuration, input: .none, output: .bytes(limit: limit), error: .bytes(limit: limit)))
  }

  private static func error(
    from error: SubprocessError, program: String, limit: Int
  ) -> ProgramError {
    switch error.code {
    case .executableNotFound: .notFound(program)
    case .outputLimitExceeded: .wroteTooMuch(program, limit: limit)
    default: .cannotStart(program, reason: error.description)
    }
  }
}

/// How a program ended and what it wrote.
package struct ProgramResult: Sendable {
  /// The exit status, or 128 and the number of the signal that ended it.
  package let status: Int32
  package let output: [UInt8]
  package let errorOutput: [UInt8]

  package var succeeded: Bool { status == 0 }

  /// The standard output as text, without the newlines at its end.
  package var text: String { Self.text(output) }

  /// The standard error as text, without the newlines at its end.
  package var errorText: String { Self.text(errorOutput) }

  private static func text(_ bytes: [UInt8]) -> String {
    let end = bytes.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return String(decoding: bytes[..<(end.map { $0 + 1 } ?? 0)], as: UTF8.self)
  }

  fileprivate init(_ result: ExecutionResult<Void, BytesOutput, BytesOutput>) {
    self.init(
      status: Self.status(result.terminationStatus), output: result.standardOutput,
      errorOutput: result.standardError)
  }

  init(status: Int32, output: [UInt8], errorOutput: [UInt8]) {
    self.status = status
    self.output = output
    self.errorOutput = errorOutput
  }

  static func status(_ end: TerminationStatus) -> Int32 {
    switch end {
    case .exited(let code): code
    case .signaled(let signal): 128 + signal
    }
  }
}

/// Why a program gave no result.
package enum ProgramError: Error, Sendable, Equatable, CustomStringConvertible {
  case notFound(String)
  case cannotStart(String, reason: String)
  case tookTooLong(String, Duration)
  case wroteTooMuch(String, limit: Int)
  case cancelled(String)

  package var description: String {
    switch self {
    case .notFound(let name): "The program \(name) is not installed, or not in PATH."
    case .cannotStart(let name, let reason): "The program \(name) cannot be run: \(reason)."
    case .tookTooLong(let name, let limit):
      "The program \(name) did not finish in \(limit.components.seconds) seconds."
    case .wroteTooMuch(let name, let limit): "The program \(name) wrote more than \(limit) bytes."
    case .cancelled(let name): "The program \(name) was interrupted."
    }
  }
}

/// The terminal a person may be sitting at.
enum Terminal {
  /// Whether this process has a controlling terminal, redirected or not.
  static var isThere: Bool {
    let descriptor = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    return true
  }
}
