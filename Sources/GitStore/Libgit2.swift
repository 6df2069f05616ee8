import Clibgit2
import History

/// The one door to libgit2.
///
/// Every call that can fail goes through ``call(_:tolerating:_:)``: libgit2 keeps its last error in
/// a variable of the thread, so code, class and message must be taken together and at once.
enum Libgit2 {
  /// Starts the library once, when the first repository is opened; it costs 8 ms, which
  /// `--version` need not pay.
  private static let started: Int32 = {
    let result = git_libgit2_init()
    // A reference must not survive a power cut that its objects did not survive.
    _ = daypass_git_enable_fsync(1)
    // A replay reads each object once: a cache of objects only costs memory.
    _ = daypass_git_enable_caching(0)
    _ = daypass_git_allow_harmless_extensions()
    return result
  }()

  static func start() throws(HistoryError) {
    guard started > 0 else { throw HistoryError(.unreadable, "libgit2 cannot be started.") }
  }

  /// Makes a call and turns its failure into an error.
  ///
  /// - Parameters:
  ///   - what: what is being done, as it goes on after "Cannot": `read the object 1234`.
  ///   - tolerated: negative results the caller wants to judge for himself.
  /// - Returns: what libgit2 returned.
  @discardableResult
  static func call(
    _ what: @autoclosure () -> String, tolerating tolerated: [Int32] = [], _ body: () -> Int32
  ) throws(HistoryError) -> Int32 {
    let code = body()
    if code >= 0 || tolerated.contains(code) { return code }
    throw Failure(code: code).error(doing: what())
  }

  /// What libgit2 said about a failed call.
  struct Failure {
    let code: Int32
    let category: UInt32
    let message: String

    /// Must be made before anything else is asked of libgit2 on this thread.
    init(code: Int32) {
      self.code = code
      if let last = git_error_last() {
        category = UInt32(bitPattern: last.pointee.klass)
        message = last.pointee.message.map { String(cString: $0) } ?? ""
      } else {
        category = 0
        message = ""
      }
    }

    func error(doing what: String) -> HistoryError {
      let reason = message.isEmpty ? "libgit2 gave code \(code)" : message
      return HistoryError(
        historyCode, "Cannot \(what): \(reason).",
        hint: historyCode == .locked
          ? "Another git process may be at work; wait for it. If none is, a killed one left its "
            + ".lock file behind: remove it." : "")
    }

    private var historyCode: HistoryError.Code {
      switch code {
      case GIT_EMODIFIED.rawValue, GIT_EEXISTS.rawValue: return .conflict
      case GIT_ELOCKED.rawValue: return .locked
      case GIT_ECONFLICT.rawValue: return .dirty
      case GIT_EMISMATCH.rawValue: return .corrupt
      case GIT_EOWNER.rawValue: return .foreignOwner
      case GIT_ENOTFOUND.rawValue:
        return category == GIT_ERROR_ODB.rawValue ? .missing : .notFound
      case GIT_EINVALIDSPEC.rawValue: return .notFound
      default:
        switch category {
        case GIT_ERROR_ZLIB.rawValue, GIT_ERROR_ODB.rawValue, GIT_ERROR_OBJECT.rawValue,
          GIT_ERROR_TREE.rawValue, GIT_ERROR_REFERENCE.rawValue:
          return .corrupt
        default: return .unreadable
        }
      }
    }
  }
}

/// Something libgit2 allocated, freed when its owner goes away.
///
/// `@unchecked Sendable` because libgit2 ties nothing to the thread that made it and the pointer
/// never changes. Two threads at once is another matter: a repository sits in a `Mutex`, and an
/// object database locks itself.
struct Owned: ~Copyable, @unchecked Sendable {
  let pointer: OpaquePointer
  private let release: @convention(c) (OpaquePointer?) -> Void

  /// Takes what a libgit2 call put into its out-parameter.
  ///
  /// - Parameter body: makes the call; see ``Libgit2/call(_:tolerating:_:)``.
  init(
    _ what: @autoclosure () -> String, freedBy release: @convention(c) (OpaquePointer?) -> Void,
    _ body: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
  ) throws(HistoryError) {
    var result: OpaquePointer?
    try Libgit2.call(what()) { body(&result) }
    guard let result else { throw HistoryError(.unreadable, "Cannot \(what()).") }
    self.pointer = result
    self.release = release
  }

  /// As the other one, but nil where the call returns `GIT_ENOTFOUND`.
  static func ifFound(
    _ what: @autoclosure () -> String, freedBy release: @convention(c) (OpaquePointer?) -> Void,
    _ body: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
  ) throws(HistoryError) -> Owned? {
    var result: OpaquePointer?
    let absent = GIT_ENOTFOUND.rawValue
    let code = try Libgit2.call(what(), tolerating: [absent]) { body(&result) }
    guard code != absent, let result else { return nil }
    return Owned(result, freedBy: release)
  }

  private init(
    _ pointer: OpaquePointer, freedBy release: @convention(c) (OpaquePointer?) -> Void
  ) {
    self.pointer = pointer
    self.release = release
  }

  deinit { release(pointer) }
}

extension ObjectID {
  init(_ oid: git_oid) {
    // The tuple of libgit2 always has 20 bytes, so the initializer never gives nil.
    self = withUnsafeBytes(of: oid.id) { ObjectID(startOf: $0) } ?? .zero
  }

  var oid: git_oid {
    var oid = git_oid()
    withUnsafeMutableBytes(of: &oid.id) { copy(to: $0) }
    return oid
  }
}
