"""One proposal (format.md 16 to 18) and a consent (19.1 to 19.4)."""

import re

import grants
import policy as policies
import words

PAIR = re.compile(r"([0-9a-f]{40})\.\.([0-9a-f]{40})")
GIVES = ("request", "amend", "approve", "activate")
DUTIES = ("activate", "lapse", "expire", "disqualify", "archive")


class Refused(Exception):
    def __init__(self, rule):
        super().__init__(rule)
        self.rule = rule


def require(condition, rule):
    if not condition:
        raise Refused(rule)


class Believed:
    """One grant as it is believed. `asked` is requestSignedAt."""

    def __init__(self, state, grant, asked):
        self.state, self.grant, self.asked = state, grant, asked
        self.data = grants.encode(grant)
        self.blob = blob_id(self.data)


def blob_id(data):
    from objects import object_id
    return object_id("blob", data)


class Consent:
    def __init__(self, by, commit, old, new, signed, landed, carries):
        self.by, self.commit, self.old, self.new = by, commit, old, new
        self.signed, self.landed, self.carries = signed, landed, carries


class Belief:
    """A policy and the grants, the consents that stand, archivedUpTo."""

    def __init__(self, tree, policy, known, consents=(), archived=None):
        self.tree, self.policy, self.known, self.consents = tree, policy, known, list(consents)
        self.archived = archived

    def copy(self):
        return Belief(self.tree, self.policy, dict(self.known), self.consents, self.archived)


class Step:
    def __init__(self, kind, closure=None, stated=None, moves=False):
        self.kind, self.closure, self.stated, self.moves = kind, closure, stated, moves
        self.gives = kind in GIVES


class Proposal:
    """A commit with one parent, judged upon one belief.

    `mainline` is the landing time of the mainline commit; `landed` is for what takes away,
    `landed_giving` for what gives (15a); `report` gets what
    was refused and what counted: ("refused", unit, rule, commit), ("counted", unit, kind, commit).
    """

    def __init__(self, fold, commit, belief, mainline, bound, report, landed_giving=None):
        self.history, self.commit, self.belief = fold, commit, belief
        self.landed = min(bound, max(mainline, commit.time))
        self.landed_giving = self.landed if landed_giving is None else landed_giving
        self.landed_archive, self.bound = min(bound, mainline), bound
        self.report, self.policy = report, belief.policy
        parent = fold.store.commit(commit.parents[0])
        self.difference = fold.difference(parent.tree, commit.tree)
        self.parent, self.own = fold.view(parent.tree), fold.view(commit.tree)
        self.at = commit.time

    def key(self):
        return fold_key(self.history, self.commit, self.policy)

    def already(self, id, belief):
        """16.2."""
        believed, content = belief.known.get(id), self.own.content(id)
        if believed is None:
            return content.state == "absent"
        return content.state == believed.state and content.blob == believed.blob

    def judge(self, only_taking=False, without=(), besides=None, settling=None):
        """16. `only_taking`: as if it gave nothing (15a.1a); `without`: units not looked at (1b);
        `besides`: another belief that may be restored (1a); `settling`: 16.3."""
        difference, belief = self.difference, self.belief
        if difference.before not in (None, "else", belief.tree) and difference.after == belief.tree:
            listed = self.key()
            if listed and listed.valid(self.at) and not only_taking:
                belief.consents = [
                    c for c in belief.consents
                    if c.by != listed.principal or c.new != difference.before]
        left = [
            id for id in sorted(difference.grants)
            if id not in without and not self.already(id, belief)
            and not (besides and self.already(id, besides))]
        changes = (
            difference.before != difference.after
            and difference.after not in (belief.tree, settling))
        trailer = self.commit.trailer("Daypass-Policy")
        consents = changes or (trailer is not None and trailer[-40:] != belief.tree)
        for stray in sorted(difference.strays):
            self.report("refused", stray, "stray-path", self.commit.id)
        if not left and not consents:
            return
        units = (["policies"] if consents else []) + left
        if not self.history.signature(self.commit):
            return [self.report("refused", unit, "signature", self.commit.id) for unit in units]
        self.listed = self.key()
        if not self.listed:
            return [self.report("refused", unit, "known-key", self.commit.id) for unit in units]
        self.signer = self.listed.principal
        if consents and not only_taking:
            self.attempt("policies", self.consent, trailer)
        for id in left:
            if changes:
                self.report("refused", id, "mixed-commit", self.commit.id)
            else:
                self.attempt(id, self.grant, id, only_taking)

    def attempt(self, unit, act, *arguments):
        try:
            counted = act(*arguments)
            if counted:
                self.report("counted", unit, counted, self.commit.id)
        except Refused as refusal:
            self.report("refused", unit, refusal.rule, self.commit.id)

    # A consent (19).

    def consent(self, trailer):
        difference, policy, landed = self.difference, self.policy, self.landed_giving
        pair = PAIR.fullmatch(trailer or "")
        require(pair and pair[1] == self.belief.tree, "policy-consent")
        require(difference.before == difference.after or difference.after == pair[2], "policy-consent")
        require(not difference.touched, "mixed-commit")
        require(self.signer in policy.admins, "policy-admin")
        require(self.listed.valid(self.at) and self.listed.valid(landed), "key-validity")
        require(landed - self.at <= policy.policy_window, "policy-window")
        carries = difference.after == pair[2]
        if carries:
            try:
                follow(self.history.store, policy, pair[2], landed)
            except policies.UnknownSchema:
                pass
        self.belief.consents.append(Consent(
            self.signer, self.commit.id, pair[1], pair[2], min(self.at, landed), landed, carries))

    # One grant (17, 18).

    def step(self, id):
        believed, asserted = self.belief.known.get(id), self.own.content(id)
        state = believed.state if believed else "absent"
        if state == "closed":
            seen = self.parent.content(id)
            as_believed = seen.state == "closed" and seen.blob == believed.blob
            require(asserted.state == "absent" and as_believed, "closed-final")
            return Step("archive")
        own = self.own.own_closure(id, self.signer)
        outcome = own and own["outcome"]
        made = lambda word: {
            "at": words.written(self.at), "by": self.signer, "outcome": word,
            "reason": words.cleaned(self.commit.subject)}
        as_own = lambda word: {**own, "outcome": word}
        if state != "absent":
            requester = self.signer == believed.grant["requester"]
            taken = own is None and self.taken_away(id, state, asserted)
            if state == "pending":
                word = "withdrawn" if requester else "rejected"
                kind = "withdraw" if requester else "reject"
                if taken:
                    return Step(kind, made(word))
                if outcome in (word, "revoked"):
                    return Step(kind, as_own(word))
                if outcome == "lapsed":
                    return Step("lapse", own)
            if state == "active":
                if taken or (asserted.state == "pending" and self.parent.entry("active", id)):
                    return Step("revoke", made("revoked"))
                if outcome in ("revoked", "rejected", "withdrawn"):
                    return Step("revoke", as_own("revoked"))
                if outcome == "expired":
                    return Step("expire", own)
            if outcome == "ineligible":
                return Step("disqualify", own)
        require(asserted.state != "unreadable", "readable-file")
        if asserted.state not in ("pending", "active"):
            raise Refused("readable-act")
        theirs, stated = asserted.grant, asserted.grant.get("activatedAt")
        stated = words.time(stated) if stated else None
        if state == "absent":
            if asserted.state == "pending":
                return Step("request")
            return Step("request", stated=self.at if stated is None else stated, moves=True)
        mine = believed.grant
        approved = self.signer in grants.approvers(mine)
        times = grants.approvers(theirs).count(self.signer)
        parent = self.parent.content(id)
        if approved and times == 0 and parent.grant and self.signer in grants.approvers(parent.grant):
            return Step("retract", made("revoked"))
        if state == "pending":
            same = grants.request(mine) == grants.request(theirs)
            own_approval = not approved and times == 1
            if same and own_approval:
                return Step("approve", moves=asserted.state == "active")
            if same and asserted.state == "active":
                return Step("activate", stated=stated)
            if asserted.state == "pending" and not same and self.signer == mine["requester"]:
                return Step("amend")
        raise Refused("readable-act")

    def taken_away(self, id, state, asserted):
        if asserted.state == "absent":
            return True
        if not self.parent.entry(state, id) or self.own.entry(state, id):
            return False
        return not any(
            self.own.entry(s, id) and not self.parent.entry(s, id) for s in grants.STATES)

    def agrees(self, moment):
        skew = self.policy.skew
        return moment is not None and moment <= self.at + skew and self.at <= moment + skew

    def grant(self, id, only_taking):
        step, believed = self.step(id), self.belief.known.get(id)
        archives = step.kind == "archive"
        if only_taking and (step.gives or archives):
            return None
        policy, signer = self.policy, self.signer
        landed = self.landed_giving if step.gives else self.landed
        landed = self.landed_archive if archives else landed
        mine = believed.grant if believed else None
        theirs = self.own.content(id).grant
        require(not step.gives or theirs["repository"] == policy.name, "repository-name")
        reconciler = signer in policy.reconcilers
        require(not reconciler or step.kind in DUTIES, "reconciler-duties")
        require(self.actor(step, mine, theirs), "actor")
        require(self.listed.valid(self.at), "key-validity")
        require(not (step.gives or archives) or self.listed.valid(landed), "key-validity")
        require(not step.gives or self.at <= self.bound + policy.skew, "bounded-date")
        require(self.times(step, mine, theirs), "stated-time")
        if step.kind == "amend":
            require(theirs["requester"] == mine["requester"], "amend-keeps")
            require(self.at > believed.asked, "amend-later")
        if step.kind in ("request", "amend"):
            require(landed < policy.deadline(theirs), "approval-window")
        if step.kind == "request":
            horizon = self.belief.archived
            require(horizon is None or words.id_time(id) > horizon, "closed-final")
        if step.kind == "approve":
            require(landed < policy.deadline(mine), "approval-window")
            require(self.at + policy.skew >= believed.asked, "approval-follows")
            require(landed - self.at <= policy.landing_window, "landing-window")
        if step.kind == "reject" or (
                step.kind == "revoke" and signer not in (mine["subject"], mine["requester"])):
            require(step.closure["reason"].strip(words.SPACES), "reason-given")
        if step.kind == "lapse":
            require(landed >= policy.deadline(mine), "due-time")
        if step.kind == "expire":
            require(grants.expired(mine, landed), "due-time")
        if step.kind == "disqualify":
            require(not policy.eligible(mine), "due-time")
        if archives:
            closed = max(words.time(mine["closed"]["at"]), words.id_time(id))
            require(landed >= closed + policy.retention, "due-time")
            del self.belief.known[id]
            return step.kind
        if step.gives:
            require(self.allowed(step, id, mine, theirs, landed), "policy-allows")
        state, grant = self.result(step, mine, theirs, landed)
        asked = self.at if step.kind in ("request", "amend") else believed.asked
        result = Believed(state, grant, asked)
        limit = grants.LIMIT if state == "closed" else grants.OPEN_LIMIT
        require(len(result.data) <= limit, "readable-act")
        self.belief.known[id] = result
        return step.kind

    def actor(self, step, mine, theirs):
        policy, signer = self.policy, self.signer
        if step.kind == "request":
            return signer == theirs["requester"]
        if step.kind in ("amend", "withdraw"):
            return signer == mine["requester"]
        if step.kind == "reject":
            return policy.allows_rejection(mine, signer)
        if step.kind == "revoke":
            return policy.allows_revocation(mine, signer)
        return step.kind not in DUTIES or signer in policy.reconcilers

    def times(self, step, mine, theirs):
        if step.kind == "request":
            stated = not step.moves or self.agrees(step.stated)
            return self.agrees(words.time(theirs["requestedAt"])) and stated
        if step.kind == "approve":
            return self.agrees(words.time(self.approval(theirs)["at"]))
        if step.kind == "activate":
            return bool(mine["approvals"]) or self.agrees(step.stated)
        if step.kind in ("lapse", "expire", "disqualify"):
            return self.agrees(words.time(step.closure["at"]))
        return True

    def approval(self, theirs):
        return next(a for a in theirs["approvals"] if a["by"] == self.signer)

    def allowed(self, step, id, mine, theirs, landed):
        policy = self.policy
        if step.kind in ("request", "amend"):
            others = [(b.state, b.grant) for other, b in self.belief.known.items() if other != id]
            if not policy.allows_request(theirs, others, landed):
                return False
            return not step.moves or policy.allows_activation(grants.bare(theirs))
        if step.kind == "approve":
            return policy.allows_approval(
                mine, self.signer, words.duration(self.approval(theirs).get("duration")))
        return policy.allows_activation(mine) and policy.eligible(mine)

    def result(self, step, mine, theirs, landed):
        if step.kind == "request" and step.moves:
            return "active", grants.activated(grants.bare(theirs), step.stated)
        if step.kind in ("request", "amend"):
            return "pending", grants.bare(theirs)
        if step.kind == "approve":
            grant = {**mine, "approvals": mine["approvals"] + [self.approval(theirs)]}
            if step.moves and self.policy.allows_activation(grant):
                return "active", grants.activated(grant, grants.last_approval(grant))
            return "pending", grant
        if step.kind == "activate":
            last = grants.last_approval(mine)
            return "active", grants.activated(mine, step.stated if last is None else last)
        closure = step.closure
        if step.kind == "retract" and "activatedAt" not in mine:
            kept = [a for a in mine["approvals"] if a["by"] != self.signer]
            return "pending", {**mine, "approvals": kept}
        if step.kind in ("withdraw", "reject", "revoke", "retract"):
            if not self.agrees(words.time(closure["at"])):
                closure = {**closure, "at": words.written(landed)}
        return "closed", {**mine, "closed": closure}


def fold_key(history, commit, policy):
    """The line of allowed_signers of the good signature's key; None without either."""
    key = history.signature(commit)
    return policy.keys.get(key.raw) if key else None


def follow(store, policy, tree, moment):
    """19.4: the policy that the tree is, if it may follow. Raises Refused or UnknownSchema."""
    try:
        new = policies.load(store, tree)
    except policies.Invalid:
        raise Refused("policy-valid")
    require(new.name == policy.name and new.serial == policy.serial + 1, "policy-succession")
    require(new.has_quorum_of_keys(moment), "policy-keys")
    return new
