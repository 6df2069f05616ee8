#!/usr/bin/python3
"""Judges histories: one line of JSON in, one out. See README.md."""

import base64
import json
import sys

import fold
import mainline
from objects import Stop, Store


def history_of(asked):
    objects = ((kind, base64.b64decode(text)) for kind, text in asked["objects"])
    return fold.History(Store(objects), asked["root"])


def verdict(history, head, now):
    try:
        judged = fold.plain_fold(history, mainline.choose(history, head, now), now)
    except Stop as stop:
        return {"stopped": stop.rule}
    state = judged.state
    live = lambda belief: {
        id: b.state for id, b in sorted(belief.known.items()) if b.state != "closed"}
    return {
        "anticipated": live(state.waiting or state.belief),
        "digest": fold.digest(state.belief),
        "disputes": sorted(
            [path.decode("utf-8", "backslashreplace"), *cause]
            for path, (cause, _) in state.disputes.items()),
        "live": live(state.belief),
        "pins": [list(pin) for pin in judged.pins],
        "serial": state.belief.policy.serial,
        "shown": fold.digest(state.shown),
    }


def main():
    history = None
    for line in sys.stdin:
        asked = json.loads(line)
        if "objects" in asked:
            history = history_of(asked)
        said = verdict(history, asked["head"], asked["now"])
        print(json.dumps(said, sort_keys=True), flush=True)


if __name__ == "__main__":
    main()
