#!/usr/bin/python3
"""Asks the model what daypass-model asked daypass, and says where the two differ. See README.md.

    daypass-model FIRST COUNT | python3 compare.py [FAULT]

A line of JSON for each head they differ about, `{"place": .., "differs": {key: [daypass, model]}}`;
the last line sums up. With a fault (faults.py) planted in the model it ends at the first.
"""

import collections
import json
import sys

import faults


def differing(ours, theirs):
    """Of two answers, key by key; of lists only what the other does not say."""
    found = {}
    for key in sorted({*ours, *theirs}):
        one, other = ours.get(key), theirs.get(key)
        if one == other:
            continue
        if isinstance(one, list) and isinstance(other, list):
            one, other = [x for x in one if x not in other], [x for x in other if x not in one]
        found[key] = [one, other]
    return found


def main():
    fault = sys.argv[1] if len(sys.argv) > 1 else None
    if fault:
        faults.plant(fault)
    import model

    heads, histories, differences, seen = 0, 0, 0, collections.Counter()
    for line in sys.stdin:
        asked = json.loads(line)
        if "objects" in asked:
            histories += 1
            history = model.history_of(asked)
        heads += 1
        seen.update(asked["seen"].keys())
        try:
            said = model.verdict(history, asked["head"], asked["now"])
        except Exception as error:
            said = {"failed": f"{type(error).__name__}: {error}"}
        ours = asked["said"]
        differs = differing(ours, said)
        if differs:
            differences += 1
            print(json.dumps({"place": asked["place"], "differs": differs}), flush=True)
            if fault:
                break
    print(json.dumps({
        "differences": differences, "heads": heads, "histories": histories,
        "seen": dict(sorted(seen.items()))}))


if __name__ == "__main__":
    main()
