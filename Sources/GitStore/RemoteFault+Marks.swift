import Submission

extension RemoteFault {
  /// A piece of a line that gives a kind of trouble away.
  struct Mark {
    let text: String
    /// Whether the line must be one the server sent, or else one of git and ssh here.
    let isServers: Bool
  }

  private static func here(_ texts: String...) -> [Mark] {
    texts.map { Mark(text: $0, isServers: false) }
  }

  private static func there(_ texts: String...) -> [Mark] {
    texts.map { Mark(text: $0, isServers: true) }
  }

  /// By which words each kind is known; the first kind that fits counts, so what git adds to every
  /// failure stands last. The words are those of git 2.39 to 2.51, OpenSSH 9 and 10, curl 7.88 to 8,
  /// and of the forges as they send them.
  static let marks: [(code: RemoteError.Code, marks: [Mark])] = [
    (
      .changedHostKey,
      here(
        "REMOTE HOST IDENTIFICATION HAS CHANGED", "has changed and you have requested strict",
        "DNS SPOOFING")
    ),
    (.unknownHostKey, here("Host key verification failed", "host key is known for")),
    (
      .certificate,
      here(
        "certificate", "SSL CA cert", "SSL peer", "unable to get local issuer", "gnutls_handshake")
    ),
    (
      .local,
      here(
        "cannot run ", "unable to fork", "Can't open user config file", "Bad owner or permissions",
        "Bad configuration option", "unable to write", "unable to create temporary file",
        "insufficient permission for adding an object to repository database .git",
        "cannot lock ref", "unable to find remote helper")
    ),
    (
      .authentication,
      here(
        "Permission denied (", "Too many authentication failures", "no mutual signature",
        "sign_and_send_pubkey", "could not read Username", "could not read Password",
        "Authentication failed for", "returned error: 401", "unable to read askpass response")
        + there("HTTP Basic: Access denied", "Invalid username or")
    ),
    (
      .forbidden,
      here(
        "returned error: 403", "ERROR: Permission to", "does not have write access",
        "marked as read only", "not allowed to push code to this project", "dubious ownership")
        + there(
          "not allowed to push code to this project", "Permission to ",
          "Write access to repository",
          "does not have write access")
    ),
    (
      .redirected,
      here(
        "returned error: 301", "returned error: 302", "returned error: 303", "returned error: 307",
        "returned error: 308")
    ),
    (
      .notFound,
      here(
        "does not appear to be a git repository", "epository '' not found", "Repository not found",
        "returned error: 404", "could not be found", "no such repository",
        "repository not exported",
        "Cannot find repository", "' does not exist")
        + there("could not be found", "epository not found", "not found.")
    ),
    (
      .timedOut,
      here("timed out", "Timed out", "Operation too slow", "not responding", "Timeout was reached")
    ),
    (
      .unreachable,
      here(
        "Could not resolve", "Name or service not known", "Connection refused",
        "connect to server", "Failed to connect", "No route to host", "Network is unreachable",
        "failure in name resolution", "unable to look up", "unable to connect to",
        "Network unreachable")
    ),
    (
      .serverFault,
      here(
        "returned error: 5", "returned error: 429", "HTTP 5", "No space left on device",
        "remote unpack failed", "unpack-objects abnormal exit")
        + there("No space left on device", "Internal Server Error", "Internal API error")
    ),
    (
      .garbage,
      here(
        "bad line length", "protocol error", "not valid: is this a git repository",
        "invalid server response", "git-http-push failed", "no DAV locking support",
        "dumb http transport", "unable to update url base", "bad packet", "bad object",
        "unexpected message", "fatal: expected ", "invalid ls-refs response", "pack has bad",
        "pack signature mismatch", "Not a git server")
    ),
    (
      .disconnected,
      here(
        "unexpected disconnect", "Connection closed", "closed by remote host", "Connection reset",
        "Broken pipe", "early EOF", "Empty reply from server", "RPC failed", "hung up",
        "transfer closed", "Could not read from remote repository", "returned error: 000")
    ),
  ]
}
