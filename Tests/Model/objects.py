"""Raw git objects: format.md 7 and the tree shapes of 1. Knows nothing of grants or policies."""

import hashlib
import re

DIRECTORY, PLAIN = b"40000", b"100644"
LOWER_ID = re.compile(rb"[0-9a-f]{40}")
ANY_ID = re.compile(rb"[0-9a-fA-F]{40}")
WHEN = re.compile(rb" (0|[1-9][0-9]{0,11}) [+-][0-9]{4}")
MODE = re.compile(rb"[1-7][0-7]{0,5}")


class Stop(Exception):
    """The replay ends here (24); says which rule."""

    def __init__(self, rule):
        super().__init__(rule)
        self.rule = rule


def object_id(kind, content):
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(content)) + content).hexdigest()


class Store:
    """Every object known, by the hash computed here; so nothing in it can have another one."""

    def __init__(self, objects):
        self.objects = {object_id(kind, content): (kind, content) for kind, content in objects}
        self.commits, self.trees = {}, {}

    def read(self, id, kind):
        """The content; None where it is an object of another kind (7.1)."""
        found = self.objects.get(id)
        if found is None:
            raise Stop("whole-history")
        return found[1] if found[0] == kind else None

    def commit(self, id):
        if id not in self.commits:
            content = self.read(id, "commit")
            if content is None:
                raise Stop("whole-history")
            self.commits[id] = Commit(id, content)
        return self.commits[id]

    def tree(self, id):
        """{name: (mode, id)}, or None where malformed (7.1)."""
        if id not in self.trees:
            self.trees[id] = parse_tree(self.read(id, "tree"))
        return self.trees[id]

    def at(self, tree, path):
        """The entry (mode, id) at a path of bytes below the tree; None where nothing is."""
        entry = (DIRECTORY, tree)
        for name in path.split(b"/"):
            if entry is None or entry[0] != DIRECTORY:
                return None
            entry = (self.tree(entry[1]) or {}).get(name)
        return entry


def parse_tree(content):
    if content is None or len(content) > 64 << 20:
        return None
    entries, last, at = {}, None, 0
    while at < len(content):
        space = content.find(b" ", at)
        end = content.find(b"\0", space)
        if space < 0 or end < 0 or end + 21 > len(content):
            return None
        mode, name = content[at:space], content[space + 1 : end]
        if not MODE.fullmatch(mode) or not name or b"/" in name or name in (b".", b".."):
            return None
        key = name + b"/" if mode == DIRECTORY else name
        if name.lower() == b".git" or name in entries or (last is not None and key <= last):
            return None
        entries[name] = (mode, content[end + 1 : end + 21].hex())
        last, at = key, end + 21
    return entries


def write_tree(files):
    """The id of the tree that holds {path: blob id} as plain files."""
    entries, below = [], {}
    for path, blob in files.items():
        first, slash, rest = path.partition(b"/")
        if slash:
            below.setdefault(first, {})[rest] = blob
        else:
            entries.append((first, PLAIN, first, blob))
    for name, inner in below.items():
        entries.append((name + b"/", DIRECTORY, name, write_tree(inner)))
    entries.sort()
    content = b"".join(b"%s %s\0" % e[1:3] + bytes.fromhex(e[3]) for e in entries)
    return object_id("tree", content)


def person_time(person):
    """The time of a person (7.4); None where it is none."""
    if person.count(b"<") != 1 or person.count(b">") != 1 or person.index(b"<") > person.index(b">"):
        return None
    match = WHEN.fullmatch(person[person.index(b">") + 1 :])
    return int(match[1]) if match and int(match[1]) <= 253402300799 else None


class Commit:
    """A commit as the walk reads it (7.2); `signed` is (payload, armor) or None (7.3)."""

    def __init__(self, id, content):
        self.id = id
        small = len(content) <= 1_048_576
        head, gap, message = content.partition(b"\n\n")
        lines = head.split(b"\n")
        if not gap and lines and lines[-1] == b"":
            lines.pop()
        if not lines[0].startswith(b"tree "):
            raise Stop("whole-history")
        if not ANY_ID.fullmatch(lines[0][5:]):
            raise Stop("whole-history")
        self.tree = lines[0][5:].decode().lower()
        self.parents = []
        for line in lines[1:]:
            if not line.startswith(b"parent "):
                break
            if not ANY_ID.fullmatch(line[7:]):
                raise Stop("whole-history")
            self.parents.append(line[7:].decode().lower())
        self.time = 0
        for line in lines:
            if line.startswith(b"committer "):
                self.time = person_time(line[10:]) or 0 if small or len(line) <= 65_536 else 0
                break
        self.message = message if small and gap else b""
        self.signed = strict(content) if small else None

    @property
    def subject(self):
        return self.message.decode("utf-8", "replace").split("\n")[0]

    def trailer(self, name):
        """The value of the trailer in the last paragraph (9); None where there is not exactly one."""
        lines = self.message.decode("utf-8", "replace").split("\n")
        blank = lambda line: not line.strip(" \t\r")
        while lines and blank(lines[-1]):
            lines.pop()
        last = []
        while lines and not blank(lines[-1]):
            last.append(lines.pop())
        values = [line[len(name) + 2 :] for line in last if line.startswith(name + ": ")]
        return values[0] if len(values) == 1 else None


def strict(content):
    """(payload, armor) of a commit of the strict shape (7.3), else None."""
    head, gap, message = content.partition(b"\n\n")
    if not gap or b"\0" in content:
        return None
    lines = head.split(b"\n")
    if not lines[0].startswith(b"tree ") or not LOWER_ID.fullmatch(lines[0][5:]):
        return None
    at = 1
    while at < len(lines) and lines[at].startswith(b"parent "):
        if not LOWER_ID.fullmatch(lines[at][7:]):
            return None
        at += 1
    for name in (b"author ", b"committer "):
        if at >= len(lines) or not lines[at].startswith(name):
            return None
        if person_time(lines[at][len(name) :]) is None:
            return None
        at += 1
    kept, armor, encodings = lines[:at], None, 0
    while at < len(lines):
        name = lines[at].split(b" ")[0]
        if b" " not in lines[at] or name not in (b"gpgsig", b"encoding", b"mergetag"):
            return None
        end = at + 1
        while name != b"encoding" and end < len(lines) and lines[end].startswith(b" "):
            end += 1
        if name == b"gpgsig":
            if armor is not None:
                return None
            armor = [lines[at][7:]] + [line[1:] for line in lines[at + 1 : end]]
        else:
            if name == b"encoding":
                encodings += 1
                if encodings > 1 or lines[at] == b"encoding ":
                    return None
            kept += lines[at:end]
        at = end
    if armor is None:
        return None
    return b"\n".join(kept) + b"\n\n" + message, b"\n".join(armor)
