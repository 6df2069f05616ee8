import Foundation
import Glibc

/// The terminal, if there is one.
enum Terminal {
  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }
  /// Whether somebody can be asked: never in CI or in a pipe.
  static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && errorIsTerminal }

  /// Columns of the terminal; nil where output goes elsewhere.
  static var width: Int? { width(of: STDOUT_FILENO) }
  static var errorWidth: Int? { width(of: STDERR_FILENO) }

  private static func width(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0,
      size.ws_col > 20
    else { return nil }
    return Int(size.ws_col)
  }

  static func write(_ text: String) { put(text, to: STDOUT_FILENO) }
  static func writeError(_ text: String) { put(text, to: STDERR_FILENO) }

  /// Writes everything, or ends the process if nobody reads any more.
  static func put(_ text: String, to descriptor: Int32) {
    put(bytes: Array(text.utf8), to: descriptor)
  }

  static func put(bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        // Output that cannot be written is a failure whatever the command has done.
        Glibc.exit(ExitStatus.failed.rawValue)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Asks a question that is answered with y or n; anything else is no.
  static func confirm(_ question: String) -> Bool {
    writeError("\(question) [y/N] ")
    let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
    return answer == "y" || answer == "yes"
  }
}

/// Colours, where somebody sees them. `NO_COLOR` and `TERM=dumb` turn them off,
/// `CLICOLOR_FORCE` turns them on.
struct Style {
  let isColoured: Bool

  static let forOutput = Style(isColoured: wanted(Terminal.outputIsTerminal))
  static let forErrors = Style(isColoured: wanted(Terminal.errorIsTerminal))

  private static func wanted(_ isTerminal: Bool) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    if let none = environment["NO_COLOR"], !none.isEmpty { return false }
    if let force = environment["CLICOLOR_FORCE"], force != "0" { return true }
    return isTerminal && environment["TERM"] != "dumb"
  }

  private func paint(_ text: String, _ code: String) -> String {
    isColoured && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }

  func bold(_ text: String) -> String { paint(text, "1") }
  func dim(_ text: String) -> String { paint(text, "2") }
  func good(_ text: String) -> String { paint(text, "32") }
  func warn(_ text: String) -> String { paint(text, "33") }
  func bad(_ text: String) -> String { paint(text, "31;1") }
}
