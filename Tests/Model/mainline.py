"""Which line is the mainline: format.md 21, without a checkpoint or a chosen commit."""

from fold import Landing, is_candidate, plain_fold
from objects import Stop


def landings(history, chain):
    return [Landing(history.store.commit(b), a) for a, b in zip(chain, chain[1:])]


def pins(history, chain, now):
    """Of a plain fold of the chain; one that meets 19.6 has those before."""
    steps = landings(history, chain)
    while True:
        try:
            return [id for id, _ in plain_fold(history, steps, now).pins]
        except Stop as stop:
            if stop.rule != "unknown-schema":
                raise
            steps.pop()


def suspects(history, head, own):
    if own is None:
        everything = sorted(history.ancestry(head), key=lambda id: (history.store.commit(id).time, id))
        if history.root not in everything:
            raise Stop("whole-history")
        return [id for id in everything if is_candidate(history, history.store.commit(id))]
    found = []
    for id in own[1:]:
        commit = history.store.commit(id)
        if len(commit.parents) > 1:
            brought = history.brought(commit.parents[1:], commit.parents[0])
            found += [c.id for c in brought if is_candidate(history, c)]
    return found


def rivals(history, suspects, now):
    found, seen = [], set(suspects)
    for suspect in suspects:
        chain = history.first_parents(suspect)
        if chain is None:
            continue
        good = [pin for pin in pins(history, chain, now) if pin in seen]
        if good:
            found.append(chain[: chain.index(good[-1]) + 1])
    return found


def best(found):
    """21.4."""
    chosen = found[0]
    for other in found[1:]:
        if other[-1] in chosen:
            continue
        if chosen[-1] in other:
            chosen = other
            continue
        # Each ends in a pin of its own that the other lacks.
        raise Stop("one-mainline")
    return chosen


def choose(history, head, now):
    """The landings of the mainline that leads to the head."""
    own = history.first_parents(head)
    found = rivals(history, suspects(history, head, own), now)
    if not found:
        if own is None:
            raise Stop("whole-history")
        return landings(history, own)
    rival = best(found)
    if own is None or all(pin in rival for pin in pins(history, own, now)):
        last = Landing(history.store.commit(head), rival[-1], flipped=True)
        return landings(history, rival) + [last]
    raise Stop("one-mainline")
