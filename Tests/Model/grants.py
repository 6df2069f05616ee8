"""Grant files: format.md 3 and 4. A grant is the decoded object, a plain dict of strings."""

import functools
import json

import words

LIMIT, OPEN_LIMIT = 65_536, 55_296
STATES = ("pending", "active", "closed")
OUTCOMES = ("rejected", "withdrawn", "lapsed", "revoked", "expired", "ineligible")
NOT_REQUEST = ("approvals", "activatedAt", "expiresAt", "closed", "reviews")


def encode(grant):
    return json.dumps(grant, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


def is_name(pattern):
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def is_time(value):
    return words.time(value) is not None


def is_duration(value):
    total = words.duration(value)
    return total is not None and words.spelled(total) == value


def is_record(required, optional=()):
    def check(value):
        keys = {**required, **dict(optional)}
        return (
            isinstance(value, dict)
            and all(key in value for key in required)
            and all(key in keys and keys[key](value[key]) for key in value))
    return check


def is_list(check, empty):
    return lambda value: (
        isinstance(value, list) and (empty or bool(value)) and all(map(check, value)))


def is_scope(value):
    return isinstance(value, dict) and value and all(
        words.SCOPE_KEY.fullmatch(key) and words.is_text(text, 256) for key, text in value.items())


principal = is_name(words.PRINCIPAL)
comment = functools.partial(words.is_text, multiline=True)
approval = is_record({"at": is_time, "by": principal, "comment": comment}, {"duration": is_duration})
review = is_record({"at": is_time, "by": principal, "comment": comment})
closure = is_record(
    {"at": is_time, "by": principal, "outcome": lambda v: v in OUTCOMES, "reason": comment})
grant_record = is_record(
    {
        "schema": lambda v: v == "daypass/grant/v1",
        "repository": functools.partial(words.is_text, limit=128),
        "id": lambda v: words.id_time(v) is not None,
        "requester": principal, "subject": principal, "role": is_name(words.ROLE),
        "justification": comment, "requestedAt": is_time, "duration": is_duration,
        "approvals": is_list(approval, True),
    },
    {
        "scope": is_scope, "ticket": functools.partial(words.is_text, limit=256),
        "startAt": is_time, "renews": lambda v: words.id_time(v) is not None,
        "breakGlass": lambda v: v is True, "activatedAt": is_time, "expiresAt": is_time,
        "closed": closure, "reviews": is_list(review, False),
    })


@functools.lru_cache(200_000)
def decode(data):
    """The grant in a file's bytes; None unless they are canonical and well-formed."""
    if len(data) > LIMIT:
        return None
    try:
        grant = json.loads(data.decode())
        if encode(grant) != data:
            return None
    except (ValueError, RecursionError):
        return None
    if not grant_record(grant) or words.id_time(grant["id"]) != words.time(grant["requestedAt"]):
        return None
    return grant


def path(state, id):
    return f"grants/{state}/{id[:4]}/{id[4:6]}/{id[6:8]}/{id[9:11]}/{id}.json".encode()


def request(grant):
    return {key: value for key, value in grant.items() if key not in NOT_REQUEST}


def bare(grant):
    return {**request(grant), "approvals": []}


def approved_duration(grant):
    stated = [a["duration"] for a in grant["approvals"] if "duration" in a]
    return min(map(words.duration, [grant["duration"], *stated]))


def last_approval(grant):
    return max((words.time(a["at"]) for a in grant["approvals"]), default=None)


def activated(grant, moment):
    end = moment + approved_duration(grant)
    return {**grant, "activatedAt": words.written(moment), "expiresAt": words.written(end)}


def expired(grant, moment):
    return "expiresAt" in grant and moment >= words.time(grant["expiresAt"])


def approvers(grant):
    return [a["by"] for a in grant["approvals"]]
