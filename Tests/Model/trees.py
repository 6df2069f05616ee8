"""What lies below `grants/` (format.md 1, 4.3) and what two trees differ in (12)."""

import re

import grants
import words
from objects import DIRECTORY, PLAIN

FOUR, TWO = re.compile(rb"[0-9]{4}"), re.compile(rb"[0-9]{2}")
STATES = tuple(state.encode() for state in grants.STATES)


def grant_of(path):
    """The id of the grant whose path this is, or None."""
    parts = path.decode("utf-8", "replace").split("/")
    if len(parts) != 7 or not parts[6].endswith(".json"):
        return None
    id = parts[6][:-5]
    if words.id_time(id) is None or grants.path(parts[1], id) != path:
        return None
    return id


def kind(path):
    """`ignored`, `directory`, `grant` or `stray`, of a path below `grants` by its name (1.5)."""
    parts = path.split(b"/")
    name, depth = parts[-1], len(parts) - 1
    if depth == 1:
        if name in (b"README.md", b".gitkeep"):
            return "ignored"
        return "directory" if name in STATES else "stray"
    if depth == 2 and name == b".gitkeep":
        return "ignored"
    if depth == 2:
        return "directory" if FOUR.fullmatch(name) else "stray"
    if depth <= 5:
        return "directory" if TWO.fullmatch(name) else "stray"
    return "grant" if grant_of(path) else "stray"


class Difference:
    """Of a parent's root tree and a commit's (12)."""

    def __init__(self, store, old, new):
        self.store = store
        self.grants, self.strays, self.touched = set(), set(), False
        self.before, self.after = policies(store, old), policies(store, new)
        self.compare(b"grants", store.at(old, b"grants"), store.at(new, b"grants"))
        self.touched = self.touched or bool(self.grants or self.strays)

    def entries(self, entry):
        if entry is None or entry[0] != DIRECTORY:
            return {}
        return self.store.tree(entry[1]) or {}

    def compare(self, path, old, new):
        """Of what lies where a directory belongs."""
        if old == new:
            return
        if new is not None and new[0] != DIRECTORY:
            self.strays.add(path)
        elif new is not None and self.store.tree(new[1]) is None:
            self.strays.add(path)
            return
        elif old is not None and old[0] != DIRECTORY:
            self.touched = True
        before, after = self.entries(old), self.entries(new)
        if path.count(b"/") >= 2:
            if new is not None and new[0] == DIRECTORY and not after:
                self.strays.add(path)
            elif new is None and old[0] == DIRECTORY and not before:
                self.touched = True
        for name in {**before, **after}:
            inner = path + b"/" + name
            mine, theirs = before.get(name), after.get(name)
            if mine == theirs:
                continue
            found = kind(inner)
            if found == "stray":
                self.touched = True
                if theirs is not None:
                    self.strays.add(inner)
            elif found == "grant":
                self.grants.add(grant_of(inner))
            elif found == "directory":
                self.compare(inner, mine, theirs)


def policies(store, root):
    """None, the id of a directory, or `else` (12.1)."""
    entry = store.at(root, b"policies")
    return None if entry is None else entry[1] if entry[0] == DIRECTORY else "else"


class Content:
    """What a tree says of a grant (4.3): `state` is absent, unreadable or where the file lies."""

    def __init__(self, state, blob=None, grant=None):
        self.state, self.blob, self.grant = state, blob, grant


def readable(store, state, entry, id):
    """The grant in the file there, or None."""
    if entry is None or entry[0] != PLAIN:
        return None
    data = store.read(entry[1], "blob")
    grant = data and grants.decode(data)
    if not grant or grant["id"] != id or (state == "closed" and "closed" not in grant):
        return None
    return grant


class View:
    """A root tree looked at grant by grant."""

    def __init__(self, store, root):
        self.store, self.root, self.contents = store, root, {}

    def entry(self, state, id):
        return self.store.at(self.root, grants.path(state, id))

    def content(self, id):
        if id not in self.contents:
            self.contents[id] = self.look(id)
        return self.contents[id]

    def look(self, id):
        there = [(s, self.entry(s, id)) for s in grants.STATES]
        there = [(s, entry) for s, entry in there if entry is not None]
        if not there:
            return Content("absent")
        if len(there) > 1:
            return Content("unreadable")
        state, entry = there[0]
        grant = readable(self.store, state, entry, id)
        return Content(state, entry[1], grant) if grant else Content("unreadable")

    def own_closure(self, id, signer):
        """The closure in the closed file, if it is as 4.3 demands and the signer's (17)."""
        grant = readable(self.store, "closed", self.entry("closed", id), id)
        return grant["closed"] if grant and grant["closed"]["by"] == signer else None


def everything(store, root):
    """{path: entry} of the grant files and strays below `grants` (20.1), and the malformed."""
    found = {}

    def walk(path, entry):
        if entry is None:
            return
        inner = store.tree(entry[1]) if entry[0] == DIRECTORY else None
        if inner is None or (not inner and path.count(b"/") >= 2):
            found[path] = entry
            return
        for name, below in inner.items():
            which = kind(path + b"/" + name)
            if which == "directory":
                walk(path + b"/" + name, below)
            elif which != "ignored":
                found[path + b"/" + name] = below

    walk(b"grants", store.at(root, b"grants"))
    return found
