#!/usr/bin/env python3
"""A remote that means no good, on this machine's loopback: http and git:// on one port.

Its first argument is the file that gets the port. What it does is said in the first part of the
path it is asked for: http://127.0.0.1:PORT/MODE/x.git, git://127.0.0.1:PORT/MODE/x.git.
"""
import os
import socketserver
import sys
import time

OLD = "1" * 40
ESCAPES = "\x1b[2J\x1b]0;owned\x07\u202egnp.\u2066 go away"


def line(text):
    data = text if isinstance(text, bytes) else text.encode()
    return b"%04x" % (len(data) + 4) + data


def refs(service):
    wants = "side-band-64k ofs-delta agent=git/2" + (
        " report-status atomic" if service == "git-receive-pack" else "")
    return line(f"{OLD} refs/heads/main\0{wants}\n") + b"0000"


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            self.answer()
        except OSError:
            pass

    def say(self, data):
        self.request.sendall(data)

    def drip(self, data, forever=b"x"):
        self.say(data)
        for _ in range(3000):
            time.sleep(0.2)
            self.say(forever)

    def answer(self):
        head = b""
        while b"\0" not in head and b"\r\n\r\n" not in head:
            more = self.request.recv(4096)
            if not more:
                return
            head += more
        words = head.split(b"\r\n")[0].decode("latin-1")
        if words.startswith(("GET ", "POST ")):
            path = words.split(" ")[1]
            service = "git-receive-pack" if "receive-pack" in words else "git-upload-pack"
            self.http(path.split("/")[1], path, service)
        else:
            service, path = words[4:].split("\0")[0].split(" ")
            self.git(path.split("/")[1], service)

    def rest(self, mode, service):
        """After the references were told: what belongs into a conversation, or does not."""
        if mode == "lying":
            self.say(line("NAK\n") + line(b"\1PACK\0\0\0\2\0\0\0\1" + b"\xff" * 200) + b"0000")
        elif mode == "progress":
            self.drip(line("NAK\n"), line(b"\2still at it\n"))

    def git(self, mode, service):
        if mode == "garbage":
            self.say(bytes((7 * i * i + i) % 256 for i in range(4096)))
        elif mode == "silent":
            time.sleep(600)
        elif mode == "drip":
            self.drip(b"fff0")
        elif mode == "long":
            self.say(b"ffff" + b"x" * 70000)
        elif mode == "escapes":
            self.say(line("ERR " + ESCAPES + "\n"))
        elif mode in ("lying", "progress"):
            self.say(refs(service))
            self.request.recv(65536)
            self.rest(mode, service)

    def http(self, mode, path, service):
        kind = f"Content-Type: application/x-{service}-advertisement\r\n"
        begin = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
        hello = line(f"# service={service}\n") + b"0000"
        if mode == "garbage":
            self.say(bytes((7 * i * i + i) % 256 for i in range(4096)))
        elif mode == "page":
            self.say((begin + "Content-Type: text/html\r\n\r\n<h1>" + ESCAPES).encode())
        elif mode == "silent":
            time.sleep(600)
        elif mode == "drip":
            self.drip((begin + kind + "\r\n").encode() + hello + b"fff0")
        elif mode == "headers":
            self.drip(begin.encode(), b"X-Header: x\r\n")
        elif mode == "loop":
            self.say(f"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {path}\r\n\r\n".encode())
        elif mode in ("file", "ssh", "ext"):
            to = {"file": "file:///etc/passwd", "ssh": "ssh://127.0.0.1:1/x.git",
                  "ext": "ext::touch%20owned"}[mode]
            self.say(f"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {to}\r\n\r\n".encode())
        elif mode == "escapes":
            self.say((begin + kind + "\r\n").encode() + hello + line("ERR " + ESCAPES + "\n"))
        elif mode == "words":
            self.say(("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n"
                      "Content-Type: text/plain\r\n\r\n" + ESCAPES + "\n").encode())
        elif mode in ("lying", "progress"):
            if path.split("?")[0].endswith("/info/refs"):
                self.say((begin + kind + "\r\n").encode() + hello + refs(service))
            else:
                kind = f"Content-Type: application/x-{service}-result\r\n"
                self.say((begin + kind + "\r\n").encode())
                self.rest(mode, service)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
