"""The small regular expressions of roles: format.md 5.5. Checked here, then matched by `re`."""

import functools
import re

SPECIAL = set("\\.[](){}|*+?^$")
PUNCTUATION = set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " \\t\\n\\r"}
COUNT = re.compile(r"\{([0-9]{1,3})(?:,([0-9]{1,3}))?\}")


class BadPattern(Exception):
    pass


def literal(character):
    return "\\U%08x" % ord(character)


class Parser:
    def __init__(self, text):
        if len(text.encode()) > 1024:
            raise BadPattern("length")
        text = text[1:] if text.startswith("^") else text
        self.end = len(text)
        if text.endswith("$") and not self.escaped(text):
            self.end -= 1
        self.text, self.at = text, 0
        self.source, size = self.choice(0)
        if self.at != self.end or size > 2000:
            raise BadPattern("rest or size")

    @staticmethod
    def escaped(text):
        body = text[:-1]
        return (len(body) - len(body.rstrip("\\"))) % 2 == 1

    def peek(self):
        return self.text[self.at] if self.at < self.end else None

    def take(self):
        if self.at >= self.end:
            raise BadPattern("end")
        self.at += 1
        return self.text[self.at - 1]

    def choice(self, depth):
        sides = [self.sequence(depth)]
        while self.peek() == "|":
            self.take()
            sides.append(self.sequence(depth))
        size = sum(s for _, s in sides) + (len(sides) if len(sides) > 1 else 0)
        return "|".join(s for s, _ in sides), size

    def sequence(self, depth):
        parts = []
        while self.peek() not in (None, "|", ")"):
            parts.append(self.repetition(depth))
        if not parts:
            raise BadPattern("empty")
        return "".join(p for p, _ in parts), sum(s for _, s in parts)

    def repetition(self, depth):
        source, size = self.atom(depth)
        mark = self.peek()
        if mark is None or mark not in "*+?{":
            return source, size
        if mark == "{":
            match = COUNT.match(self.text, self.at, self.end)
            if not match:
                raise BadPattern("count")
            low, high = int(match[1]), int(match[2] or match[1])
            if low > high or high > 256:
                raise BadPattern("count")
            self.at = match.end()
            return "(?:%s){%d,%d}" % (source, low, high), (size + 1) * high + 1
        self.take()
        size = {"*": size + 1, "+": 2 * size + 1, "?": size + 2}[mark]
        return "(?:%s)%s" % (source, mark), size

    def atom(self, depth):
        character = self.take()
        if character == "(":
            if depth == 32:
                raise BadPattern("depth")
            source, size = self.choice(depth + 1)
            if self.take() != ")":
                raise BadPattern("group")
            return "(?:%s)" % source, size
        if character == "[":
            return self.klass(), 1
        if character == ".":
            return "(?s:.)", 1
        if character == "\\":
            follows = self.take()
            if follows in CLASSES:
                return "[%s]" % CLASSES[follows], 1
            if follows not in PUNCTUATION:
                raise BadPattern("escape")
            return literal(follows), 1
        if character in SPECIAL:
            raise BadPattern("special")
        return literal(character), 1

    def member(self, first):
        """A scalar, or the inside of a class."""
        character = self.take()
        if character == "\\":
            follows = self.take()
            if follows in CLASSES:
                return None, CLASSES[follows]
            if follows not in PUNCTUATION:
                raise BadPattern("escape")
            return follows, None
        if character in "[^" or (character == "-" and not first and self.peek() != "]"):
            raise BadPattern("class")
        return character, None

    def klass(self):
        negated = self.peek() == "^"
        if negated:
            self.take()
        inside, first = "", True
        while first or self.peek() != "]":
            if self.peek() == "]":
                raise BadPattern("empty class")
            low, known = self.member(first)
            first = False
            if known:
                inside += known
            elif self.peek() == "-" and self.text[self.at + 1 : self.at + 2] != "]":
                self.take()
                high, known = self.member(True)
                if known or high < low:
                    raise BadPattern("range")
                inside += literal(low) + "-" + literal(high)
            else:
                inside += literal(low)
        self.take()
        return "[%s%s]" % ("^" if negated else "", inside)


@functools.lru_cache(None)
def compiled(text):
    """A regular expression for `fullmatch`. Raises BadPattern."""
    return re.compile(Parser(text).source)
