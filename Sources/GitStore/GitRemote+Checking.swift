import Clibgit2
import Submission

extension GitRemote {
  /// Looks at everything that git will be handed.
  ///
  /// - Returns: the remote's URLs, as git resolves them.
  func check(_ branch: String, pushing: Bool) async throws(RemoteError) -> [String] {
    var valid: Int32 = 0
    git_reference_name_is_valid(&valid, "refs/heads/\(branch)")
    // `HEAD` is a symbolic reference among the tracking ones: writing to it would hit another branch.
    guard valid == 1, branch != "HEAD" else {
      throw RemoteError(.address, "\(Words.shown(branch)) is no name of a branch.")
    }
    guard git_remote_name_is_valid(&valid, name) == 0, valid == 1, !name.hasPrefix("-") else {
      throw RemoteError(
        .address, "\(Words.shown(name)) is no name of a remote.", hint: "git remote -v")
    }
    let result: ProgramResult
    do {
      result = try await repository.git.run(
        ["remote", "get-url"] + (pushing ? ["--push", "--all"] : []) + [name])
    } catch {
      throw RemoteError(.local, "Cannot find the URL of the remote \(name). \(error)")
    }
    guard result.succeeded else {
      throw RemoteError(
        .address, "There is no remote \(name) here.", hint: "git remote add \(name) URL")
    }
    let urls = result.output.dropLast().split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    // Only one was asked for, so what looks like two has a newline in it.
    if !pushing && urls.count > 1 {
      throw RemoteError(
        .address, "The URL of the remote \(name) contains a control character.",
        hint: "git remote set-url \(name) URL")
    }
    if urls.count > 1 {
      throw RemoteError(
        .address,
        "The remote \(name) has \(urls.count) push URLs; the branch can have only one home.",
        hint: "git remote get-url --push --all \(name)")
    }
    for url in urls {
      guard let fault = RemoteAddress.fault(in: url) else { continue }
      throw RemoteError(
        .address, "The URL of the remote \(name) \(fault): \(RemoteAddress.shown(url))",
        hint: "git remote set-url \(name) URL")
    }
    return urls
  }
}
