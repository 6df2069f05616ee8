"""Landings, pins, disputes: format.md 11, 13 to 15a, 19.5, 20, 22, 26. Always cold."""

import hashlib
import heapq

import grants
import policy as policies
import sshsig
import trees
import words
from judge import Belief, Believed, Proposal, Refused, fold_key, follow
from objects import PLAIN, Stop, write_tree


class History:
    """The objects, and what is pure and dear of them, remembered."""

    def __init__(self, store, root):
        self.store, self.root = store, root
        self.signatures, self.differences, self.views = {}, {}, {}
        self.listings, self.ancestries = {}, {}

    def signature(self, commit):
        """The key whose good signature the commit bears, or None."""
        if commit.id not in self.signatures:
            self.signatures[commit.id] = sshsig.signer(*commit.signed) if commit.signed else None
        return self.signatures[commit.id]

    def difference(self, old, new):
        if (old, new) not in self.differences:
            self.differences[old, new] = trees.Difference(self.store, old, new)
        return self.differences[old, new]

    def view(self, tree):
        if tree not in self.views:
            self.views[tree] = trees.View(self.store, tree)
        return self.views[tree]

    def listing(self, tree):
        if tree not in self.listings:
            self.listings[tree] = trees.everything(self.store, tree)
        return self.listings[tree]

    def ancestry(self, *ids):
        """All commits reachable from these, themselves included."""
        found = set()
        for id in ids:
            if id not in self.ancestries:
                seen, open = set(), [id]
                while open:
                    next = open.pop()
                    if next not in seen:
                        seen.add(next)
                        open += self.store.commit(next).parents
                self.ancestries[id] = seen
            found |= self.ancestries[id]
        return found

    def first_parents(self, head):
        """From the root to the head by first parents; None where they do not lead to the root."""
        chain = [head]
        while chain[-1] != self.root:
            parents = self.store.commit(chain[-1]).parents
            if not parents:
                return None
            chain.append(parents[0])
        return chain[::-1]

    def brought(self, heads, without):
        """What is reachable from the heads and not from `without`, in order (13.3)."""
        left = self.ancestry(*heads) - self.ancestry(without)
        children, waiting = {}, {}
        for id in left:
            inner = [p for p in set(self.store.commit(id).parents) if p in left]
            waiting[id] = len(inner)
            for parent in inner:
                children.setdefault(parent, []).append(id)
        ready = [(self.store.commit(id).time, id) for id in left if not waiting[id]]
        heapq.heapify(ready)
        order = []
        while ready:
            id = heapq.heappop(ready)[1]
            order.append(self.store.commit(id))
            for child in children.get(id, ()):
                waiting[child] -= 1
                if not waiting[child]:
                    heapq.heappush(ready, (self.store.commit(child).time, child))
        return order

    def proposals(self, landing):
        """13.2."""
        if not landing.flipped and len(landing.commit.parents) == 1:
            return [landing.commit]
        heads = [landing.commit.id] if landing.flipped else landing.commit.parents[1:]
        return [
            commit for commit in self.brought(heads, landing.previous)
            if len(commit.parents) == 1 and self.root in self.ancestry(commit.id)]


class Landing:
    def __init__(self, commit, previous, flipped=False):
        self.commit, self.previous, self.flipped = commit, previous, flipped


class State:
    """What a verifier holds after a landing.

    `waiting` is 15a's second belief, or None; `shown` is what the mainline's tree is held against.
    """

    def __init__(self, belief, previous):
        self.belief, self.previous = belief, previous
        self.waiting, self.disputes, self.shown = None, {}, belief
        self.waited = set()

    def copy(self):
        other = State(self.belief.copy(), self.previous)
        other.waiting = self.waiting and self.waiting.copy()
        other.disputes, other.shown = dict(self.disputes), self.shown
        other.waited = set(self.waited)
        return other


def begin(history):
    """11."""
    root = history.store.commit(history.root)
    tree = trees.policies(history.store, root.tree)
    if tree in (None, "else"):
        raise Stop("trusted-root")
    try:
        policy = policies.load(history.store, tree)
    except (policies.Invalid, policies.UnknownSchema):
        raise Stop("trusted-root")
    if not policy.has_quorum_of_keys(root.time):
        raise Stop("trusted-root")
    known, view = {}, history.view(root.tree)
    for path in history.listing(root.tree):
        id = trees.grant_of(path)
        content = view.content(id) if id else None
        if content is None or content.grant is None or len(known) > 100_000:
            raise Stop("trusted-root")
        grant, state = content.grant, content.state
        active = "activatedAt" in grant, "expiresAt" in grant
        fits = {
            "pending": active == (False, False) and "closed" not in grant,
            "active": active == (True, True) and "closed" not in grant,
            "closed": active[0] == active[1]}[state]
        small = state == "closed" or len(grants.encode(grant)) <= grants.OPEN_LIMIT
        if not fits or not small or grant["repository"] != policy.name:
            raise Stop("trusted-root")
        known[id] = Believed(state, grant, words.time(grant["requestedAt"]))
    return State(Belief(tree, policy, known), root.time)


def land(history, state, landing, bound, as_pin=False):
    """One landing upon the state, in place (15, 15a)."""
    commit = landing.commit
    at = state.previous if commit.time > bound else max(commit.time, state.previous)
    refusals, counted = {}, set()

    def report(what, unit, word, by):
        if what == "refused":
            refusals[unit] = word, by
        else:
            counted.add(unit)
            if state.waiting and unit != "policies":
                state.waited.add(unit)

    waits = state.belief.policy.waits
    if waits and state.waiting is None:
        state.waiting = state.belief.copy()
    settling = state.shown.tree if waits else None
    for proposal in history.proposals(landing):
        if not waits:
            Proposal(history, proposal, state.belief, at, bound, report).judge()
            continue
        closed = take_away(history, state, proposal, at, bound, settling)
        Proposal(history, proposal, state.waiting, at, bound, report, landed_giving=bound).judge(
            without=closed, settling=settling)
        close_waiting(history, state, proposal, closed, at, bound, settling)
        counted.update(closed)
    state.previous = at
    if waits and as_pin:
        counted |= state.waited
        state.belief, state.waiting, waits = state.waiting, None, False
        state.waited = set()
    shown = state.shown = state.waiting.copy() if waits else state.belief
    tree = shown.tree
    adopt(history, shown, bound if waits else at)
    if shown.tree != tree: counted.add("policies")
    compare(history, state, shown, landing, refusals, counted)


def closed_by(history, proposal, belief, mainline, bound, settling, besides=None):
    """What the proposal closes upon that belief, by id, if only what takes away is looked at."""
    trial = belief.copy()
    Proposal(history, proposal, trial, mainline, bound, lambda *_: None).judge(
        only_taking=True, besides=besides, settling=settling)
    return {
        id: believed for id, believed in trial.known.items()
        if believed.state == "closed" and belief.known[id].state != "closed"}


def take_away(history, state, proposal, mainline, bound, settling):
    """15a.1a: the ids of the grants it closed."""
    closed = closed_by(
        history, proposal, state.belief, mainline, bound, settling, besides=state.waiting)
    state.belief.known.update(closed)
    return closed


def close_waiting(history, state, proposal, closed, mainline, bound, settling):
    """15a.1c."""
    if closed:
        there = closed_by(history, proposal, state.waiting, mainline, bound, settling)
        for id, believed in closed.items():
            waiting = state.waiting.known.get(id)
            if waiting is None or waiting.state != "closed":
                state.waiting.known[id] = there.get(id, believed)


def adopt(history, belief, at):
    """19.5."""
    standing = [
        c for c in belief.consents
        if c.old == belief.tree and at - min(c.signed, c.landed) <= belief.policy.policy_window]
    for tree in dict.fromkeys(c.new for c in standing):
        to_it = [c for c in standing if c.new == tree]
        enough = len({c.by for c in to_it}) >= belief.policy.admin_quorum
        if not enough or not any(c.carries for c in to_it):
            continue
        try:
            last = at - belief.policy.retention
            belief.policy = follow(history.store, belief.policy, tree, at)
            belief.archived = last if belief.archived is None else max(last, belief.archived)
            belief.tree, belief.consents = tree, []
            return
        except policies.UnknownSchema:
            raise Stop("unknown-schema")
        except Refused:
            belief.consents = [c for c in belief.consents if c.new != tree]


def compare(history, state, belief, landing, refusals, counted):
    """20. A dispute is {place: ((rule, commit), how it differs)}."""
    store, tree = history.store, landing.commit.tree
    found = history.listing(tree)
    believed = {
        grants.path(b.state, id): (PLAIN, b.blob) for id, b in belief.known.items()}
    places = {
        path: (believed.get(path), found.get(path))
        for path in {**found, **believed} if found.get(path) != believed.get(path)}
    if trees.policies(store, tree) != belief.tree:
        places[b"policies"] = (belief.tree, store.at(tree, b"policies"))
    merge, before = len(landing.commit.parents) > 1, state.disputes
    state.disputes = {}
    within, whole = {}, refusals[b"grants"][0] if b"grants" in refusals else None
    for id in sorted((u for u in refusals if isinstance(u, str) and u != "policies"), reverse=True):
        for at in grants.STATES:
            for above in directories_above(grants.path(at, id)):
                within[above] = refusals[id][0]
    for path, difference in sorted(places.items()):
        unit = unit_of(path)
        if unit in refusals:
            cause = refusals[unit]
        elif path in before and alike(before[path][1], difference) and unit not in counted:
            cause = before[path][0]
        else:
            rule = "canonical-result" if unit in counted or not merge else "merge-carries-nothing"
            if unit not in counted:
                rule = within.get(path) or whole or rule
            cause = refusals[unit] = rule, landing.commit.id
        state.disputes[path] = (cause, difference)


def unit_of(path):
    return "policies" if path == b"policies" else trees.grant_of(path) or path


def directories_above(path):
    parts = path.split(b"/")
    return [b"/".join(parts[:count]) for count in range(1, len(parts))]


def alike(one, other):
    """Whether something is believed, and found, in both or in neither."""
    return [side is None for side in one] == [side is None for side in other]


class Verdict:
    """Of a mainline: the state at its end and the pins upon it, in order."""

    def __init__(self, state, pins):
        self.state, self.pins = state, pins


def plain_fold(history, landings, now):
    """22. `open` is provisional: the state since the last pin, with now as the bound."""
    state, pins, segment = begin(history), [], []
    open = state.copy()
    earliest = history.store.commit(history.root).time - state.belief.policy.skew
    skew = state.belief.policy.skew
    for landing in landings:
        segment.append(landing)
        commit = landing.commit
        land(history, open, landing, now)
        if not is_candidate(history, commit) or not earliest <= commit.time <= now + skew:
            continue
        trial = state.copy()
        for each in segment:
            land(history, trial, each, commit.time, as_pin=each is landing)
        policy = trial.belief.policy
        listed = fold_key(history, commit, policy)
        if not listed or listed.principal not in policy.reconcilers or not listed.valid(commit.time):
            continue
        state, open, segment = trial, trial.copy(), []
        earliest, skew = commit.time, policy.skew
        pins.append((commit.id, digest(state.belief)))
    return Verdict(open, pins)


def is_candidate(history, commit):
    """Whether it says that it follows its first parent, in a signature that holds."""
    return (
        commit.parents and commit.trailer("Daypass-Mainline") == commit.parents[0]
        and history.signature(commit) is not None)


def digest(belief):
    files = {grants.path(b.state, id): b.blob for id, b in belief.known.items()}
    below = write_tree({path[7:]: blob for path, blob in files.items()}) if files else "-"
    text = f"daypass/state/v1\npolicies {belief.tree}\ngrants {below}\n"
    return hashlib.sha256(text.encode()).hexdigest()
