import Submission
import Testing

@testable import GitStore

/// What git, ssh and the forges were heard to say, and the kind of trouble it is.
@Suite struct RemoteFaultTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let code: RemoteError.Code
    let words: String
    var transport = RemoteTransport.ssh
    var testDescription: String { "\(code): \(words.prefix(60))" }
  }

  static let unread = """

    fatal: Could not read from remote repository.

    Please make sure you have the correct access rights
    and the repository exists.
    """

  static let cases: [Case] = [
    Case(code: .authentication, words: "git@github.com: Permission denied (publickey)." + unread),
    Case(
      code: .authentication,
      words: """
        Received disconnect from 127.0.0.1 port 22:2: Too many authentication failures
        Disconnected from 127.0.0.1 port 22
        """ + unread),
    Case(
      code: .authentication,
      words: """
        sign_and_send_pubkey: signing failed for ED25519 "k" from agent: agent refused operation
        a@h: Permission denied (publickey).
        """ + unread),
    Case(
      code: .authentication,
      words: "fatal: could not read Username for 'https://h:8443': terminal prompts disabled",
      transport: .http),
    Case(
      code: .authentication,
      words: """
        remote: Support for password authentication was removed on August 13, 2021.
        fatal: Authentication failed for 'https://github.com/o/r.git/'
        """, transport: .http),
    Case(
      code: .authentication,
      words: """
        remote: HTTP Basic: Access denied. The provided password or token is incorrect
        fatal: Authentication failed for 'https://gitlab.com/o/r.git/'
        """, transport: .http),
    Case(
      code: .forbidden,
      words: """
        remote: Permission to o/r.git denied to bob.
        fatal: unable to access 'https://github.com/o/r.git/': The requested URL returned error: 403
        """, transport: .http),
    Case(code: .forbidden, words: "ERROR: Permission to o/r.git denied to bob." + unread),
    Case(
      code: .forbidden,
      words: "ERROR: The key you are authenticating with has been marked as read only." + unread),
    Case(
      code: .forbidden,
      words: "ERROR: This deploy key does not have write access to this project." + unread),
    Case(
      code: .forbidden,
      words: "fatal: detected dubious ownership in repository at '/srv/r.git'" + unread,
      transport: .file),
    Case(code: .unknownHostKey, words: "Host key verification failed." + unread),
    Case(
      code: .unknownHostKey,
      words: """
        No ED25519 host key is known for [127.0.0.1]:8022 and you have requested strict checking.
        Host key verification failed.
        """ + unread),
    Case(
      code: .changedHostKey,
      words: """
        @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
        @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
        @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
        The fingerprint for the ED25519 key sent by the remote host is
        SHA256:n9DripGFPPCiXPM3Z/4WcLJlgxqcg5aWV0O3PlpLx/g.
        Host key for [127.0.0.1]:8022 has changed and you have requested strict checking.
        Host key verification failed.
        """ + unread),
    Case(
      code: .certificate,
      words: """
        fatal: unable to access 'https://h/r.git/': server certificate verification failed. \
        CAfile: none CRLfile: none
        """, transport: .http),
    Case(
      code: .certificate,
      words: """
        fatal: unable to access 'https://h/r.git/': SSL certificate problem: self-signed certificate
        """, transport: .http),
    Case(
      code: .certificate,
      words: """
        fatal: unable to access 'https://h/r/': Problem with the SSL CA cert (path? access rights?)
        """, transport: .http),
    Case(
      code: .unreachable,
      words: "ssh: connect to host 127.0.0.1 port 1: Connection refused" + unread),
    Case(
      code: .unreachable,
      words: "ssh: Could not resolve hostname no.such.invalid: Name or service not known" + unread),
    Case(
      code: .unreachable,
      words: """
        fatal: unable to access 'https://no.such.invalid/r/': Could not resolve host: no.such.invalid
        """, transport: .http),
    Case(
      code: .unreachable,
      words: """
        fatal: unable to access 'https://h:1/timed out.git/': Failed to connect to h port 1 after \
        0 ms: Couldn't connect to server
        """, transport: .http),
    Case(
      code: .unreachable,
      words: "fatal: unable to connect to h:\nh[0: 127.0.0.1]: errno=Connection refused",
      transport: .git),
    Case(
      code: .timedOut, words: "ssh: connect to host h port 22: Connection timed out" + unread),
    Case(code: .timedOut, words: "Timeout, server 127.0.0.1 not responding." + unread),
    Case(
      code: .timedOut,
      words: """
        fatal: unable to access 'https://h/r/': Failed to connect to h port 443 after 130 ms: Timed out
        """, transport: .http),
    Case(
      code: .disconnected,
      words: """
        send-pack: unexpected disconnect while reading sideband packet
        fatal: the remote end hung up unexpectedly
        """),
    Case(
      code: .disconnected,
      words: "kex_exchange_identification: Connection closed by remote host" + unread),
    Case(
      code: .disconnected,
      words: "fatal: unable to access 'https://h/r/': Empty reply from server", transport: .http),
    Case(
      code: .disconnected,
      words: """
        error: RPC failed; curl 18 transfer closed with outstanding read data remaining
        fatal: early EOF
        """, transport: .http),
    Case(code: .disconnected, words: unread),
    Case(
      code: .notFound, words: "fatal: '/srv/x.git' does not appear to be a git repository" + unread),
    Case(code: .notFound, words: "ERROR: Repository not found." + unread),
    Case(
      code: .notFound, words: "fatal: repository 'https://h/none.git/' not found",
      transport: .http),
    Case(
      code: .notFound,
      words: """
        remote: The project you were looking for could not be found or you don't have permission.
        fatal: repository 'https://gitlab.com/o/r.git/' not found
        """, transport: .http),
    Case(
      code: .redirected,
      words: "fatal: unable to access 'https://h/r.git/': The requested URL returned error: 302",
      transport: .http),
    Case(
      code: .serverFault,
      words: "fatal: unable to access 'https://h/r.git/': The requested URL returned error: 502",
      transport: .http),
    Case(
      code: .garbage, words: "fatal: protocol error: bad line length character: Welc"),
    Case(
      code: .garbage,
      words: """
        XML error: syntax error
        error: no DAV locking support on https://h/r/
        fatal: git-http-push failed
        """, transport: .http),
    Case(
      code: .garbage,
      words: "fatal: https://h/r/info/refs not valid: is this a git repository?",
      transport: .http),
    Case(
      code: .local,
      words: "fatal: cannot run /no/ssh: No such file or directory\nfatal: unable to fork"),
    Case(
      code: .local,
      words: "Can't open user config file /x: No such file or directory" + unread),
    Case(code: .unknown, words: "fatal: the moon is in the wrong house"),
    // A server may say what it likes: its words alone make no broken key.
    Case(
      code: .disconnected,
      words: "remote: Host key verification failed.\nfatal: the remote end hung up unexpectedly"),
  ]

  @Test(arguments: cases)
  func recorded(_ recorded: Case) {
    let fault = RemoteFault(name: "origin", transport: recorded.transport, secrets: Secrets())
    let error = fault.error(from: recorded.words)
    #expect(error.code == recorded.code, "\(error)")
    #expect(error.sentence.contains("origin"))
    #expect(!error.hint.isEmpty)
    #expect(!error.sentence.contains("Please make sure"))
  }

  @Test(arguments: RemoteError.Code.allCases)
  func everyKindHasItsWords(_ code: RemoteError.Code) {
    for transport in [RemoteTransport.file, .ssh, .http, .git] {
      let fault = RemoteFault(name: "hub", transport: transport, secrets: Secrets())
      #expect(fault.sentence(code, "").contains("hub"))
      #expect(!fault.hint(code, "").isEmpty)
    }
  }

  /// Every kind is either recognised from words or made where it happens.
  @Test func noKindIsDead() {
    let recorded = Set(Self.cases.map(\.code)).union(PushReportTests.cases.map(\.code))
    #expect(Set(RemoteError.Code.allCases).subtracting(recorded) == [.address, .locked])
  }

  @Test func theServersReasonIsTold() {
    let fault = RemoteFault(name: "origin", transport: .http, secrets: Secrets())
    let error = fault.error(
      from: """
        remote: Permission to o/r.git denied to bob.
        fatal: unable to access 'https://h/o/r.git/': The requested URL returned error: 403
        """)
    #expect(error.sentence.contains("denied to bob"))
  }

  @Test func progressIsNotTold() {
    let transcript = Transcript(
      "Enumerating objects: 1, done.\nWriting objects:  50% (1/2)\rWriting objects: 100% (2/2), "
        + "155 bytes | 155.00 KiB/s, done.\nTotal 1 (delta 0), reused 0 (delta 0)\n"
        + "remote: Resolving deltas:   0% (0/1)\u{1b}[K\rremote: Resolving deltas: 100% (1/1), "
        + "done.\u{1b}[K\nremote: no.        \nConnection to h closed by remote host.\r\n")
    #expect(transcript.serversWords == "no.")
    #expect(transcript.telling == ["no.", "Connection to h closed by remote host."])
  }

  @Test func transports() {
    let cases: [(String, RemoteTransport)] = [
      ("/srv/x", .file), ("./a:b", .file), ("file:///x", .file), ("host:x", .ssh),
      ("git@host:x", .ssh), ("ssh://h/x", .ssh), ("git+ssh://h/x", .ssh), ("https://h/x", .http),
      ("git://h/x", .git),
    ]
    for (url, transport) in cases { #expect(RemoteTransport(url: url) == transport) }
  }
}
