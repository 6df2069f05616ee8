import Submission

extension RemoteFault {
  /// What to tell people of a kind of trouble, without a full stop: what was said may follow.
  ///
  /// - Parameter words: what git or the server said about it.
  func sentence(_ code: RemoteError.Code, _ words: String) -> String {
    switch code {
    case .address: "The remote \(name) has an address that cannot be used"
    case .authentication:
      switch transport {
      case .http where words.contains("could not read"):
        "The remote \(name) wants to know who you are, and git has no user name and password, or "
          + "token, for it"
      case .http:
        "The remote \(name) does not accept the password or token that git has for it"
      default: "The remote \(name) accepts none of the keys that ssh offers it"
      }
    case .forbidden: "The remote \(name) does not allow you to do that"
    case .unknownHostKey: "The host of the remote \(name) has a key that is not known here"
    case .changedHostKey:
      "The host of the remote \(name) shows another key than before; it may be an impostor"
    case .certificate: "The server of the remote \(name) has a certificate that is not trusted here"
    case .unreachable: "The remote \(name) cannot be reached"
    case .timedOut: "The remote \(name) did not answer in time"
    case .disconnected: "The remote \(name) ended the connection"
    case .notFound: "The remote \(name) leads to no repository that you may see"
    case .redirected:
      "The remote \(name) has moved; git does not follow while http.extraHeader is set, because the "
        + "header would go along"
    case .serverFault: "The server of the remote \(name) is in trouble"
    case .garbage: "What answers at the remote \(name) does not speak git"
    case .protectedBranch: "The remote \(name) protects the branch and refused the push"
    case .rejectedByHook: "A hook of the remote \(name) refused the push"
    case .rejected: "The remote \(name) refused the push"
    case .locked: "The remote \(name) has the branch locked"
    case .local: "git cannot do its part here for the remote \(name)"
    case .unknown: "The remote \(name) cannot be reached"
    }
  }

  /// What to type or do next.
  func hint(_ code: RemoteError.Code, _ words: String) -> String {
    switch code {
    case .address: "git remote set-url \(name) URL"
    case .authentication:
      transport == .http
        ? "Give git a token that is valid now, by a credential helper: git help credentials"
        : "See which keys ssh has: ssh-add -l; which one a host wants stands in ~/.ssh/config"
    case .forbidden:
      words.contains("dubious ownership")
        ? "See whose directory it is: git remote -v"
        : "Ask whoever runs it for the right to push. Where it leads: git remote -v"
    case .unknownHostKey:
      "Get the key's fingerprint from whoever runs the host, connect once by hand with ssh, and "
        + "compare."
    case .changedHostKey:
      "Ask whoever runs the host. Only if they changed the key: ssh-keygen -R HOST"
    case .certificate:
      "With a CA of your own: git config http.URL.sslCAInfo FILE. Never turn http.sslVerify off."
    case .unreachable: "Is the network there? See where it leads: git remote -v"
    case .timedOut:
      "Try it by hand: git ls-remote \(name). To wait longer: git config daypass.remoteTimeout "
        + "SECONDS"
    case .disconnected: "Try again in a moment; by hand: git ls-remote \(name)"
    case .notFound: "See where it leads: git remote -v"
    case .redirected: "Give it the new place yourself: git remote set-url \(name) URL"
    case .serverFault: "Try again later, or tell whoever runs it."
    case .garbage:
      "See where it leads: git remote -v. Over ssh, a login script there must not print anything."
    case .protectedBranch:
      "Have the forge allow you to push to it, or put it on a branch of its own (daypass request "
        + "--branch) to be landed by a merge commit; never squashed or rebased."
    case .rejectedByHook: "Ask whoever runs it what the hook wants."
    case .rejected: "See where it leads: git remote -v"
    case .locked:
      "Another push may be under way: try again in a moment. If none is, whoever keeps the "
        + "repository there removes the .lock file, which a killed git left behind."
    case .local: "Try it by hand: git fetch \(name)"
    case .unknown: "Try it by hand: git fetch \(name)"
    }
  }
}
