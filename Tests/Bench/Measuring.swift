import Foundation
import TestSupport

/// What a process or a piece of work has cost.
struct Cost {
  /// Seconds on the clock.
  let wall: Double
  /// Seconds of all processors, the kernel's work included.
  let processor: Double
}

func timed<Result>(_ work: () throws -> Result) rethrows -> (Result, Double) {
  let start = ContinuousClock.now
  let result = try work()
  return (result, seconds(since: start))
}

func seconds(since start: ContinuousClock.Instant) -> Double {
  let spent = start.duration(to: .now).components
  return Double(spent.seconds) + Double(spent.attoseconds) / 1e18
}

func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

/// Prints a line at once, also into a pipe: a long run is watched.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// Seconds of processor time that this thread has had.
func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Programs that are run and measured, with a home of their own.
struct Runner {
  private let environment: [String: String]

  /// - Parameter home: an empty directory.
  init(home: String) {
    var environment = ProcessInfo.processInfo.environment
    environment["HOME"] = home
    environment["XDG_CACHE_HOME"] = nil
    environment["GIT_CONFIG_NOSYSTEM"] = "1"
    self.environment = environment
  }

  func text(_ arguments: [String], in directory: String) throws -> String {
    let pipe = Pipe()
    let process = try start(arguments, in: directory, output: pipe)
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    try wait(for: process, arguments)
    return String(decoding: output, as: UTF8.self)
  }

  /// Runs the program with its output thrown away.
  func cost(_ arguments: [String], in directory: String) throws -> Cost {
    let before = childSeconds()
    let (_, wall) = try timed {
      try wait(for: start(arguments, in: directory, output: FileHandle.nullDevice), arguments)
    }
    return Cost(wall: wall, processor: childSeconds() - before)
  }

  /// The most anonymous memory, in bytes, that the program is seen to have; what it maps of files is
  /// not counted.
  func memory(_ arguments: [String], in directory: String) throws -> Int {
    let process = try start(arguments, in: directory, output: FileHandle.nullDevice)
    let place = "/proc/\(process.processIdentifier)/smaps_rollup"
    var most = 0
    while process.isRunning {
      if let text = try? String(contentsOfFile: place, encoding: .utf8) {
        for line in text.split(separator: "\n") where line.hasPrefix("Anonymous:") {
          let digits = line.filter(\.isNumber)
          most = max(most, (Int(digits) ?? 0) << 10)
        }
      }
      usleep(20_000)
    }
    try wait(for: process, arguments)
    return most
  }

  private func start(_ arguments: [String], in directory: String, output: Any) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.environment = environment
    process.standardOutput = output
    try process.run()
    return process
  }

  private func wait(for process: Process, _ arguments: [String]) throws {
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw ToolFailure(arguments: arguments, words: "exit \(process.terminationStatus)")
    }
  }

  private func childSeconds() -> Double {
    var usage = rusage()
    getrusage(Int32(truncatingIfNeeded: RUSAGE_CHILDREN.rawValue), &usage)
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
