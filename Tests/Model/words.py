"""Names, times, durations, text: format.md 2."""

import calendar
import re
import unicodedata

PRINCIPAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}")
ROLE = GROUP = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
SCOPE_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z")
GRANT_ID = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z-[0-9abcdefghjkmnpqrstvwxyz]{8}")
DURATION = re.compile(
    r"P(?:([0-9]{1,12})W)?(?:([0-9]{1,12})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?(?:([0-9]{1,12})S)?)?")
FORBIDDEN = re.compile(
    "[\0-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]")
MOST_MARKS = 30
# White_Space of Unicode.
SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"


def seconds(match):
    year, month, day, hour, minute, second = map(int, match.groups())
    if not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        return None
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= (29 if leap and month == 2 else calendar.mdays[month]):
        return None
    # Days from the civil date, for years that datetime does not know as well.
    y = year - (month <= 2)
    days = 365 * y + y // 4 - y // 100 + y // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 1 - 719468
    return days * 86400 + hour * 3600 + minute * 60 + second


def time(text):
    """Seconds since 1970 of a time, or None."""
    match = TIME.fullmatch(text) if isinstance(text, str) else None
    return seconds(match) if match else None


def id_time(text):
    match = GRANT_ID.fullmatch(text) if isinstance(text, str) else None
    return seconds(match) if match else None


def written(moment):
    days, rest = divmod(moment, 86400)
    days += 719468
    era, day = divmod(days, 146097)
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day = day - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    year = year + era * 400 + (month <= 2)
    return "%04d-%02d-%02dT%02d:%02d:%02dZ" % (
        year, month, day, rest // 3600, rest // 60 % 60, rest % 60)


def duration(text):
    """Seconds of a duration, or None."""
    match = DURATION.fullmatch(text) if isinstance(text, str) else None
    if not match:
        return None
    total = sum(int(n or 0) * u for n, u in zip(match.groups(), (604800, 86400, 3600, 60, 1)))
    return total if 0 < total <= 36500 * 86400 else None


def spelled(total):
    parts = ((total // 3600, "H"), (total // 60 % 60, "M"), (total % 60, "S"))
    return "PT" + "".join(f"{n}{unit}" for n, unit in parts if n)


def is_mark(character):
    return unicodedata.combining(character) != 0 or character in "\u0f73\u0f75\u0f81"


def without_marks_beyond(text):
    """The text with no more than 30 combining marks in a row."""
    kept, run = [], 0
    for character in text:
        run = run + 1 if is_mark(character) else 0
        if run <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def is_text(value, limit=4096, multiline=False):
    if not isinstance(value, str):
        return False
    try:
        if len(value.encode()) > limit:
            return False
    except UnicodeEncodeError:
        return False
    bare = value.replace("\n", "").replace("\t", "") if multiline else value
    if value.isascii():
        return not FORBIDDEN.search(bare)
    return (
        not FORBIDDEN.search(bare) and unicodedata.is_normalized("NFC", value)
        and without_marks_beyond(value) == value)


def cleaned(text):
    text = without_marks_beyond(unicodedata.normalize("NFC", text))
    text = FORBIDDEN.sub("\ufffd", text)
    text = text.encode()[:4096].decode("utf-8", "ignore")
    return unicodedata.normalize("NFC", text)
