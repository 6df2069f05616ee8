"""The YAML of policy files and the values in it: format.md 5.1."""

import functools
import re
import unicodedata

import yaml

import patterns
import words

RESERVED = set("|~|null|true|false|yes|no|on|off|y|n|<<|=|.inf|-.inf|+.inf|.nan".split("|"))


class Invalid(Exception):
    pass


class UnknownSchema(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Invalid(why)


# The YAML (5.1): {} for mappings, [] for lists, Scalar for the rest.


class Scalar:
    def __init__(self, value, plain):
        self.value, self.plain = value, plain


def odd(plain):
    """Whether some YAML reads this plain scalar as something else than text (5.1.3)."""
    if plain.lower() in RESERVED:
        return True
    bare = plain[1:] if plain[:1] in ("+", "-") else plain
    first = bare.replace(".", "")[:1]
    if not first or first not in "0123456789":
        return False
    return bool(
        re.fullmatch(r"0[xXoObB][0-9A-Fa-f_]*", bare)
        or re.fullmatch(r"[0-9_.:+\-eEtTzZ ]*", bare))


@functools.lru_cache(20_000)
def parse_yaml(data):
    need(len(data) <= 262_144, "size")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Invalid("UTF-8")
    need(not words.FORBIDDEN.search(text.replace("\n", "").replace("\t", "")), "character")
    need(all(unicodedata.is_normalized("NFC", line) for line in text.split("\n")), "NFC")
    need(not any(line.startswith("%") for line in text.split("\n")), "directive")
    try:
        events = [e for e in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))]
    except yaml.YAMLError:
        raise Invalid("YAML")
    need(sum(isinstance(e, yaml.DocumentStartEvent) for e in events) == 1, "one document")
    events = [e for e in events if isinstance(e, (yaml.NodeEvent, yaml.CollectionEndEvent))]
    events.reverse()

    def node(depth):
        event = events.pop()
        need(not isinstance(event, yaml.AliasEvent) and event.anchor is None, "alias")
        need(event.tag is None and depth <= 12, "tag or depth")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, event.style in (None, ""))
        found = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        while not isinstance(events[-1], yaml.CollectionEndEvent):
            if isinstance(found, list):
                found.append(node(depth + 1))
                continue
            key = node(depth + 1)
            need(isinstance(key, Scalar) and not (key.plain and odd(key.value)), "key")
            need(key.value not in found, "key twice")
            found[key.value] = node(depth + 1)
        events.pop()
        return found

    return node(1)


def mapping(value, required, optional=()):
    need(isinstance(value, dict), "mapping")
    need(all(key in value for key in required), "missing key")
    need(all(key in required or key in optional for key in value), "unknown key")
    return value


def text(value, stripped=True, multiline=True):
    need(isinstance(value, Scalar) and not (value.plain and odd(value.value)), "text")
    found = value.value.strip(" \t\n\r") if stripped else value.value
    need(found.strip(" \t\n\r"), "blank")
    need(words.is_text(found, 262_144, multiline), "text")
    return found


def flag(value):
    need(isinstance(value, Scalar) and value.plain and value.value in ("true", "false"), "flag")
    return value.value == "true"


def count(value, low, high):
    need(isinstance(value, Scalar) and value.plain, "count")
    need(re.fullmatch(r"0|[1-9][0-9]{0,15}", value.value), "count")
    need(low <= int(value.value) <= high, "count")
    return int(value.value)


def period(value):
    total = words.duration(text(value))
    need(total is not None, "duration")
    return total


def listed(value, each):
    need(isinstance(value, list), "list")
    found = [each(item) for item in value]
    need(len(set(found)) == len(found), "twice")
    return found


def matching(pattern):
    def check(value):
        found = text(value, stripped=False)
        need(pattern.fullmatch(found), "name")
        return found
    return check


principal, group_name = matching(words.PRINCIPAL), matching(words.GROUP)
glob = matching(re.compile(r"[A-Za-z0-9._@+*?-]{1,128}"))


def short_text(value):
    found = text(value, stripped=False)
    need(words.is_text(found, 256), "text")
    return found


def pattern(value):
    try:
        return patterns.compiled(text(value))
    except patterns.BadPattern:
        raise Invalid("pattern")
