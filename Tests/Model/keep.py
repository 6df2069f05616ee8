#!/usr/bin/python3
"""Of lines of daypass-model the one about a place, with the objects its head needs and no others:

    daypass-model SEED 1 | python3 keep.py "seed 7, head 3" > kept/WHAT-IT-IS-ABOUT.json
"""

import base64
import json
import sys

from objects import Store


def needed(store, head):
    found, open = set(), [head]
    while open:
        id = open.pop()
        if id in found or id not in store.objects:
            continue
        found.add(id)
        kind = store.objects[id][0]
        if kind == "commit":
            commit = store.commit(id)
            open += [commit.tree, *commit.parents]
        elif kind == "tree":
            open += [inner for _, inner in (store.tree(id) or {}).values()]
    return sorted(found)


def main():
    for line in sys.stdin:
        asked = json.loads(line)
        if "objects" in asked:
            store = Store((kind, base64.b64decode(text)) for kind, text in asked["objects"])
        if asked["place"].startswith(sys.argv[1] + " "):
            asked["objects"] = [
                [kind, base64.b64encode(content).decode()]
                for kind, content in map(store.objects.get, needed(store, asked["head"]))]
            # What daypass says is asked anew each time.
            kept = {key: asked[key] for key in ("head", "now", "objects", "place", "root")}
            print(json.dumps(kept, sort_keys=True))
            return
    raise SystemExit("there is no such place")


if __name__ == "__main__":
    main()
