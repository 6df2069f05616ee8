import History

/// Why the remote gave no answer, or a no.
package struct RemoteError: ExplainedError, Equatable {
  /// What kind of trouble it is; every kind has a sentence of its own and a next step.
  package enum Code: String, Sendable, CaseIterable {
    /// There is no such remote here, or its URL or the branch's name is none git should be given.
    case address
    /// The other end does not know who this is.
    case authentication
    /// It knows, and says that this one may not.
    case forbidden
    /// Nothing here vouches for the host's key.
    case unknownHostKey
    /// The host's key is not the one known here.
    case changedHostKey
    /// Nothing here vouches for the server's certificate.
    case certificate
    /// Nothing answers there, or the name leads nowhere.
    case unreachable
    /// Nothing came for as long as we wait.
    case timedOut
    /// The connection broke.
    case disconnected
    /// There is no such repository.
    case notFound
    /// It sends us elsewhere, where a header with a secret would go along.
    case redirected
    /// The server itself is in trouble.
    case serverFault
    /// What answers does not speak git.
    case garbage
    /// The branch is protected.
    case protectedBranch
    /// A hook there said no.
    case rejectedByHook
    /// Refused for another reason.
    case rejected
    /// Somebody has the branch locked there, or left a lock behind.
    case locked
    /// This clone cannot take or send it.
    case local
    /// git's words mean nothing to us.
    case unknown
  }

  package let code: Code
  /// What happened, in one sentence; what git or the server said may follow, on lines of its own.
  package let sentence: String
  /// What to type or do next.
  package let hint: String

  package init(_ code: Code, _ sentence: String, hint: String = "") {
    self.code = code
    self.sentence = sentence
    self.hint = hint
  }
}
