"""allowed_signers: format.md 6."""

import datetime
import re

import sshsig
import words

LINE = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._@+-]{0,127})[ \t]+(?:([a-z-]+=\"[^\" \t]*\"(?:,[a-z-]+=\"[^\" \t]*\")*)[ \t]+)?"
    r"([a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/=]+)(?:[ \t].*)?")
OPTION = re.compile(r"([a-z-]+)=\"([^\"]*)\"")
TYPES = {b"ssh-ed25519", b"ssh-rsa", sshsig.SK_ED, sshsig.SK_EC, *sshsig.CURVES}


class BadSigners(Exception):
    pass


class Listed:
    """One line: whose key, and when it is valid."""

    def __init__(self, principal, key, after, before):
        self.principal, self.key, self.after, self.before = principal, key, after, before

    def valid(self, moment):
        return (self.after is None or self.after <= moment) and (
            self.before is None or moment <= self.before)


def stamp(text):
    match = re.fullmatch(r"([0-9]{8})([0-9]{4})?([0-9]{2})?Z", text)
    if not match or (match[3] and not match[2]):
        raise BadSigners("date")
    digits = match[1] + (match[2] or "0000") + (match[3] or "00")
    try:
        moment = datetime.datetime.strptime(digits, "%Y%m%d%H%M%S")
    except ValueError:
        raise BadSigners("date")
    moment = int(moment.replace(tzinfo=datetime.timezone.utc).timestamp())
    if moment <= 0 or digits[12:] > "59":
        raise BadSigners("date")
    return moment


def parse(data):
    """{raw key: Listed}. Raises BadSigners."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise BadSigners("UTF-8")
    if text.startswith("\ufeff") or re.search("[\0-\x08\x0b-\x1f\x7f]", text):
        raise BadSigners("control")
    listed, folded = {}, {}
    for line in text.split("\n"):
        if line.startswith("#") or not line.strip(" \t"):
            continue
        match = LINE.fullmatch(line)
        if not match or match[3].encode() not in TYPES:
            raise BadSigners("line")
        options = OPTION.findall(match[2] or "")
        values = dict(options)
        if len(values) != len(options) or set(values) - {"namespaces", "valid-after", "valid-before"}:
            raise BadSigners("option")
        if "namespaces" in values:
            names = values["namespaces"].split(",")
            if "git" not in names or not all(re.fullmatch(r"[A-Za-z0-9._@+-]+", n) for n in names):
                raise BadSigners("namespaces")
        after = stamp(values["valid-after"]) if "valid-after" in values else None
        before = stamp(values["valid-before"]) if "valid-before" in values else None
        if after is not None and before is not None and before <= after:
            raise BadSigners("order")
        try:
            key = sshsig.key_of(sshsig.canonical_base64(match[4].encode()))
        except sshsig.Bad:
            key = None
        if key is None or key.type != match[3].encode() or key.raw in listed:
            raise BadSigners("key")
        if folded.setdefault(match[1].lower(), match[1]) != match[1]:
            raise BadSigners("case")
        listed[key.raw] = Listed(match[1], key, after, before)
    return listed
