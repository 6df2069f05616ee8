import Submission

/// Makes sense of what git says when it gets nowhere.
struct RemoteFault {
  /// What people call the remote.
  let name: String
  let transport: RemoteTransport
  let secrets: Secrets

  /// Why there is no answer, as far as git's words tell.
  func error(from errorText: String) -> RemoteError {
    let transcript = Transcript(errorText)
    guard let (code, lines) = Self.recognise(transcript) else {
      return error(.unknown, quoting: transcript.telling)
    }
    // A server that names its reason names it on the lines before.
    let reasons = [.authentication, .forbidden, .notFound, .serverFault].contains(code)
    return error(
      code, quoting: (reasons ? transcript.lines.filter(\.isServers).map(\.text) : []) + lines)
  }

  /// The error of a kind, with a few of the words it was recognised by.
  func error(_ code: RemoteError.Code, quoting lines: [String]) -> RemoteError {
    var told: [String] = []
    for line in lines where !told.contains(line) { told.append(line) }
    let text = shown(told.prefix(10).joined(separator: "\n"))
    let sentence = sentence(code, text)
    return RemoteError(
      code, text.isEmpty ? sentence + "." : "\(sentence): \(text)", hint: hint(code, text))
  }

  /// Foreign words, fit to be shown.
  func shown(_ text: String) -> String { Words.shown(secrets.redacted(text)) }

  /// The first kind in the table that any line speaks of, and those lines.
  private static func recognise(_ transcript: Transcript) -> (RemoteError.Code, [String])? {
    let lines = transcript.lines.map { ($0, $0.text.replacing(/'[^']*'/, with: "''")) }
    for (code, marks) in marks {
      let matching = lines.filter { line, plain in
        marks.contains { mark in
          mark.isServers == line.isServers && plain.contains(mark.text)
        }
      }
      if !matching.isEmpty { return (code, matching.map(\.0.text)) }
    }
    return nil
  }
}

/// By what way a URL is reached.
enum RemoteTransport {
  case file, ssh, http, git

  init(url: String) {
    let scheme = RemoteAddress.index(of: "://", in: url).map { url[..<$0] }
    switch scheme {
    case "http", "https": self = .http
    case "git": self = .git
    case "file": self = .file
    case .some: self = .ssh
    case nil:
      let colon = url.firstIndex(of: ":")
      self = colon.map { !url[..<$0].contains("/") } == true ? .ssh : .file
    }
  }
}
