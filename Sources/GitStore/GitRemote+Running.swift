import History
import Submission

extension GitRemote {
  /// What one conversation with the remote needs.
  struct Call {
    let fault: RemoteFault
    /// Options of git itself.
    let options: [String]
    let variables: [String: String?]
  }

  /// Runs git against the remote, for as long as it hears from it.
  ///
  /// - Parameter hooks: whether those of the repository run.
  func run(
    _ arguments: [String], _ call: Call, hooks: Bool = false
  ) async throws(RemoteError) -> ProgramResult {
    do {
      return try await repository.git.run(
        (hooks ? [] : GitProgram.runningNothing) + GitProgram.tidyingNothing + GitProgram.flushing
          + call.options
          + arguments,
        changing: call.variables, timeout: timeout * 20, silence: timeout)
    } catch .tookTooLong(_, let limit) {
      throw RemoteError(
        .timedOut, "The remote \(name) did not answer within \(limit.components.seconds) seconds.",
        hint: call.fault.hint(.timedOut, ""))
    } catch {
      throw RemoteError(.local, "Cannot talk to the remote \(name). \(error)")
    }
  }

  /// Sees to the addresses, and to what git must be told for them.
  func prepare(_ branch: String, pushing: Bool) async throws(RemoteError) -> Call {
    let urls = try await check(branch, pushing: pushing)
    return await Self.call(name, urls, repository.git.runner.environment) {
      (arguments) async throws(ProgramError) in try await repository.git.run(arguments)
    }
  }

  /// What git must be told for addresses that have been looked at.
  ///
  /// - Parameter git: runs git where the settings that count can be read.
  static func call(
    _ name: String, _ urls: [String], _ environment: [String: String],
    asking git: ([String]) async throws(ProgramError) -> ProgramResult
  ) async -> Call {
    let transport = RemoteTransport(url: urls.first ?? "")
    let headers = transport == .http ? await extraHeaders(git) : []
    var variables: [String: String?] = [:]
    if transport == .ssh, await mayTellSSH(environment, git) {
      // Nobody can answer, so ssh shall not ask; a question in some window is as good as a hang.
      variables["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes"
    }
    return Call(
      fault: RemoteFault(
        name: name, transport: transport,
        secrets: Secrets(environment: environment, urls: urls, headers: headers)),
      // git sends such a header to wherever it is redirected, another host included, even one that
      // is set for this URL alone.
      options: headers.isEmpty ? [] : ["-c", "http.followRedirects=false"],
      variables: variables)
  }

  /// Values of `http.extraHeader` and `http.URL.extraHeader`, whatever the URL.
  private static func extraHeaders(
    _ git: ([String]) async throws(ProgramError) -> ProgramResult
  ) async -> [String] {
    let result = try? await git([
      "config", "--null", "--get-regexp", #"^http\.(.*\.)?extraheader$"#,
    ])
    guard let result, result.succeeded else { return [] }
    return result.output.split(separator: 0).map { entry in
      let value = entry.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
      return String(decoding: value, as: UTF8.self)
    }
  }

  /// Whether ssh is git's own choice, nobody is there to be asked, and no program is named that
  /// would ask.
  private static func mayTellSSH(
    _ environment: [String: String],
    _ git: ([String]) async throws(ProgramError) -> ProgramResult
  ) async -> Bool {
    let named = ["GIT_SSH_COMMAND", "GIT_SSH", "SSH_ASKPASS"]
    guard !Terminal.isThere, !named.contains(where: { environment[$0] != nil }) else {
      return false
    }
    // 1: not set.
    let setting = try? await git(["config", "--get", "core.sshCommand"])
    return setting?.status == 1
  }

  /// Makes sure that what lacks the branch is a git server at all: git takes any page for a
  /// repository without branches.
  func demandGit(_ call: Call) async throws(RemoteError) {
    guard call.fault.transport == .http else { return }
    var spoken = call
    spoken = Call(
      fault: call.fault, options: call.options,
      variables: call.variables.merging(["GIT_TRACE_PACKET": "1"]) { $1 })
    let result = try await run(["ls-remote", name], spoken)
    if !result.succeeded || !result.errorText.contains("packet:") {
      throw call.fault.error(.garbage, quoting: [])
    }
  }

  /// Finds out what became of a push whose answer never came.
  func settle(
    _ commit: ObjectID, _ branch: String, _ expected: ObjectID?, _ call: Call,
    after failure: RemoteError
  ) async throws(RemoteError) -> PushOutcome {
    let codes: Set<RemoteError.Code> = [
      .timedOut, .disconnected, .serverFault, .garbage, .unknown,
    ]
    guard codes.contains(failure.code) else { throw failure }
    // It has had its time; only whoever is back at once is asked.
    let patient = GitRemote(
      repository: repository, name: name, timeout: min(timeout, .seconds(10)))
    let result = try? await patient.run(["ls-remote", name, "refs/heads/\(branch)"], call)
    if let result, result.succeeded {
      let tip = ObjectID(hex: String(result.text.prefix { $0 != "\t" }))
      if tip == commit {
        follow(commit, in: trackingReference(of: branch))
        return .accepted(saying: "")
      }
      if tip == expected {
        throw RemoteError(
          failure.code, "\(failure.sentence)\nAsked again, it had not taken the commit.",
          hint: failure.hint)
      }
    }
    throw RemoteError(
      failure.code, "\(failure.sentence)\nWhether it took the commit cannot be told now.",
      hint: "\(failure.hint)\nBefore you try again, see what is there: daypass sync")
  }
}
