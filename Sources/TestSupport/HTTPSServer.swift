import FoundationEssentials
import Glibc

/// nginx with `git http-backend` behind it, on the loopback: a certificate of a private CA, a
/// password, and a few places that misbehave.
package final class HTTPSServer: Sendable {
  package let port: UInt16
  /// Another "host", that notes which credentials it is sent.
  package let otherPort: UInt16
  package static let user = "robot"
  private let sandbox: Sandbox
  private let processes: [ServerProcess]

  /// - Parameter password: what it wants to hear.
  package init(in sandbox: Sandbox, password: String) async throws {
    self.sandbox = sandbox
    port = try LoopbackSocket.freePort()
    otherPort = try LoopbackSocket.freePort()
    try await Self.makeCertificates(in: sandbox)
    let hash = try await sandbox.run(["openssl", "passwd", "-apr1", "-stdin"], stdin: password)
    try sandbox.write("https/passwords", "\(Self.user):\(hash.text)\n")
    try sandbox.write("https/home/.gitconfig", "[http]\n\treceivepack = true\n")
    try sandbox.write("https/nginx.conf", Self.configuration(sandbox, port, otherPort))
    let socket = sandbox.path("https/git.sock")
    let backend = try ServerProcess(
      ["/usr/sbin/fcgiwrap", "-c", "4", "-s", "unix:" + socket],
      log: sandbox.path("https/backend.log"), environment: sandbox.environment)
    let server = try ServerProcess(
      [
        "/usr/sbin/nginx", "-p", sandbox.path("https"), "-c", sandbox.path("https/nginx.conf"),
        "-e", sandbox.path("https/nginx.log"),
      ], log: sandbox.path("https/nginx.log"), environment: sandbox.environment)
    processes = [backend, server]
    for port in [port, otherPort] {
      try await ServerProcess.await(port: port, log: "https/nginx.log", in: sandbox)
    }
  }

  /// The file that makes the certificate trusted: `http.sslCAInfo`.
  package var authority: String { sandbox.path("https/ca.pem") }

  /// The URL of a repository in the sandbox.
  ///
  /// - Parameters:
  ///   - place: `git` wants the password; `moved` redirects to the other host, which wants none;
  ///     `denied`, `broken` and `garbage` answer what they are called.
  ///   - user: what stands before the `@`.
  package func url(_ repository: String, at place: String = "git", user: String? = nil) -> String {
    "https://" + (user.map { $0 + "@" } ?? "") + "localhost:\(port)/\(place)/\(repository)"
  }

  /// What the other host was sent: a line for each request, with the credentials in brackets.
  package var otherLog: String { sandbox.read("https/other.log") ?? "" }

  private static func makeCertificates(in sandbox: Sandbox) async throws {
    try sandbox.write("https/san", "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for arguments in [
      ["req", "-x509"] + key + [
        "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Private CA", "-days", "3",
      ],
      ["req"] + key + ["-keyout", "key.pem", "-out", "csr.pem", "-subj", "/CN=localhost"],
      [
        "x509", "-req", "-in", "csr.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-out", "cert.pem", "-days", "2", "-extfile", "san",
      ],
    ] {
      let result = try await sandbox.run(["openssl"] + arguments, in: "https")
      guard result.succeeded else {
        throw ToolFailure(arguments: arguments, words: result.errorText)
      }
    }
  }

  private static func configuration(
    _ sandbox: Sandbox, _ port: UInt16, _ otherPort: UInt16
  ) -> String {
    let directory = sandbox.path("https")
    let git = """
      fastcgi_pass unix:\(directory)/git.sock;
      fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
      fastcgi_param GIT_PROJECT_ROOT \(sandbox.root);
      fastcgi_param GIT_HTTP_EXPORT_ALL 1;
      fastcgi_param HOME \(directory)/home;
      fastcgi_param GIT_CONFIG_NOSYSTEM 1;
      fastcgi_param GIT_CONFIG_GLOBAL \(directory)/home/.gitconfig;
      fastcgi_param PATH \(sandbox.environment["PATH"] ?? "/usr/bin:/bin");
      fastcgi_param PATH_INFO $uri;
      fastcgi_param REMOTE_USER $remote_user;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param HTTP_GIT_PROTOCOL $http_git_protocol;
      fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
      """
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \(directory)/tmp-\($0);" }.joined(separator: "\n")
    return """
      \(getuid() == 0 ? "user root;" : "")
      daemon off;
      worker_processes 1;
      pid \(directory)/nginx.pid;
      error_log \(directory)/nginx.log;
      events { worker_connections 64; }
      http {
        \(temporary)
        access_log off;
        log_format told '$request [$http_authorization$http_private_token]';
        ssl_certificate \(directory)/cert.pem;
        ssl_certificate_key \(directory)/key.pem;
        ssl_protocols TLSv1.3;
        client_max_body_size 0;
        server {
          listen 127.0.0.1:\(port) ssl;
          location /git/ {
            auth_basic "git";
            auth_basic_user_file \(directory)/passwords;
            rewrite ^/git(/.*)$ $1 break;
            \(git)
          }
          location /moved/ {
            rewrite ^/moved(/.*)$ https://127.0.0.1:\(otherPort)$1 redirect;
          }
          location /closed/ {
            rewrite ^/closed(/.*)$ https://127.0.0.1:\(otherPort)/closed$1 redirect;
          }
          location /denied/ { return 403; }
          location /broken/ { return 502; }
          location /garbage/ { return 200 "<html>Welcome, please log in</html>"; }
        }
        server {
          listen 127.0.0.1:\(otherPort) ssl;
          access_log \(directory)/other.log told;
          location /closed/ {
            auth_basic "other";
            auth_basic_user_file \(directory)/passwords;
            rewrite ^/closed(/.*)$ $1 break;
            \(git)
          }
          location / {
            \(git)
          }
        }
      }

      """
  }
}
