import Foundation

/// One line at the bottom of the terminal that says what is being waited for; nothing elsewhere.
struct StatusLine {
  private var isShown = false
  static let isWanted =
    Terminal.errorIsTerminal && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  mutating func show(_ text: String) {
    guard Self.isWanted else { return }
    let line = Words.safe(text).prefix((Terminal.errorWidth ?? 80) - 1)
    Terminal.writeError("\r\u{1b}[K" + Style.forErrors.dim(String(line)))
    isShown = true
  }

  /// Makes room for lines that stay.
  mutating func clear() {
    if isShown { Terminal.writeError("\r\u{1b}[K") }
    isShown = false
  }
}
