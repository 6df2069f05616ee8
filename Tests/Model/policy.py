"""The policy files (format.md 5) and what a policy decides (25)."""

import re

import grants
import signers
import words
from objects import DIRECTORY, PLAIN
from strictyaml import (
    Invalid, UnknownSchema, count, flag, glob, group_name, listed, mapping, need, parse_yaml,
    pattern, period, principal, short_text, text)

DAY = 86400
LATER = ("windows", "cooldown", "conflictsWith", "breakGlass", "hardwareKey")


class People:
    def __init__(self, value, policy, globs=True):
        keys = ("principals", "groups", "globs") if globs else ("principals", "groups")
        mapping(value, (), keys)
        self.principals = listed(value.get("principals", []), principal)
        self.groups = listed(value.get("groups", []), group_name)
        self.globs = listed(value.get("globs", []), glob)
        need(self.principals or self.groups or self.globs, "nobody")
        need(all(name in policy.groups for name in self.groups), "no such group")
        policy.mentioned.update(self.principals)
        named = set(self.principals).union(*(policy.groups[name] for name in self.groups))
        self.named = named - set(policy.reconcilers)
        self.patterns = [
            re.compile(re.escape(g).replace(r"\*", ".*").replace(r"\?", ".")) for g in self.globs]

    def contain(self, name):
        return name in self.named or any(p.fullmatch(name) for p in self.patterns)


def can_fill(stages, people):
    """Whether distinct ones of the people fill every place of every stage, one place a person."""
    places = [members for members, quorum in stages for _ in range(quorum)]
    taken = {}

    def seat(place, seen):
        for person in places[place] & people:
            if person not in seen:
                seen.add(person)
                if person not in taken or seat(taken[person], seen):
                    taken[person] = place
                    return True
        return False

    return all(seat(place, set()) for place in range(len(places)))


class Role:
    KEYS = (
        "description", "risk", "permissions", "onBehalfOf", "duration", "approvalWindow",
        "justification", "ticket", "maxActivePerPerson", "scope")

    def __init__(self, value, policy):
        if isinstance(value, dict) and any(key in value for key in LATER):
            raise UnknownSchema()
        mapping(value, ("requestable", "approval"), self.KEYS)
        self.requestable = People(value["requestable"], policy)
        self.on_behalf = People(value["onBehalfOf"], policy) if "onBehalfOf" in value else None
        if "description" in value:
            text(value["description"])
        if "risk" in value:
            need(text(value["risk"]) in ("low", "medium", "high", "critical"), "risk")
        if "permissions" in value:
            listed(value["permissions"], short_text)
        bounds = mapping(value.get("duration", {}), (), ("min", "default", "max"))
        bounds = {key: period(item) for key, item in bounds.items()}
        self.least, self.most = bounds.get("min", 1), bounds.get("max")
        ordered = [bounds[key] for key in ("min", "default", "max") if key in bounds]
        need(ordered == sorted(ordered) and self.least <= policy.max_duration, "duration")
        self.window = policy.approval_timeout
        if "approvalWindow" in value:
            self.window = period(value["approvalWindow"])
            need(self.window <= policy.approval_timeout, "approvalWindow")
        said = mapping(value.get("justification", {}), (), ("minLength", "pattern"))
        self.min_length = count(said["minLength"], 0, 4096) if "minLength" in said else 0
        self.justification = pattern(said["pattern"]) if "pattern" in said else None
        ticket = mapping(value.get("ticket", {}), (), ("required", "pattern"))
        self.ticket_required = flag(ticket["required"]) if "required" in ticket else False
        self.ticket = pattern(ticket["pattern"]) if "pattern" in ticket else None
        self.max_active = None
        if "maxActivePerPerson" in value:
            self.max_active = count(value["maxActivePerPerson"], 1, 1_000_000)
        self.scope = {}
        if "scope" in value:
            need(isinstance(value["scope"], dict) and value["scope"], "scope")
            for key, allowed in value["scope"].items():
                need(words.SCOPE_KEY.fullmatch(key), "scope key")
                self.scope[key] = listed(allowed, short_text)
                need(self.scope[key], "scope")
        approval = mapping(value["approval"], (), ("none", "stages"))
        need(len(approval) == 1, "approval")
        self.stages = []
        if "none" in approval:
            need(flag(approval["none"]) and not policy.require_approval, "none")
            return
        need(isinstance(approval["stages"], list) and 1 <= len(approval["stages"]) <= 16, "stages")
        for stage in approval["stages"]:
            mapping(stage, ("from", "quorum"))
            members = People(stage["from"], policy, globs=False).named
            quorum = count(stage["quorum"], 1, 100)
            need(len(members) >= quorum, "too few")
            self.stages.append((members, quorum))
        need(can_fill(self.stages, self.members), "stages at once")

    @property
    def members(self):
        return set().union(*(members for members, _ in self.stages))


class Policy:
    """A `policies/` tree that is valid but for `policy-keys`. Raises Invalid or UnknownSchema."""

    def __init__(self, files):
        need("daypass.yaml" in files and "allowed_signers" in files, "missing file")
        head = parse_yaml(files["daypass.yaml"])
        need(isinstance(head, dict) and "schema" in head, "schema")
        if text(head["schema"]) != "daypass/policy/v1":
            raise UnknownSchema()
        mapping(
            head, ("schema", "name", "serial", "admins", "adminQuorum", "reconcilers"),
            ("landing", "settings"))
        self.mentioned = set()
        self.name = text(head["name"])
        need(words.REPOSITORY.fullmatch(self.name), "name")
        self.serial = count(head["serial"], 1, 2**53)
        self.admins = listed(head["admins"], principal)
        self.reconcilers = listed(head["reconcilers"], principal)
        need(self.admins and self.reconcilers, "nobody")
        need(not set(self.admins) & set(self.reconcilers), "admin and reconciler")
        self.admin_quorum = count(head["adminQuorum"], 1, min(1000, len(self.admins)))
        landing = text(head["landing"]) if "landing" in head else "anyone"
        need(landing in ("anyone", "reconciler"), "landing")
        self.waits = landing == "reconciler"
        self.groups = {}
        if "groups.yaml" in files:
            found = mapping(parse_yaml(files["groups.yaml"]), ("groups",))["groups"]
            need(isinstance(found, dict), "groups")
            for name, members in found.items():
                need(words.GROUP.fullmatch(name), "group")
                self.groups[name] = listed(members, principal)
                need(not set(self.groups[name]) & set(self.reconcilers), "reconciler in a group")
        self.settings(head.get("settings", {}))
        self.roles = {}
        for path, data in files.items():
            if path.startswith("roles/"):
                self.roles[path[6:-5]] = Role(parse_yaml(data), self)
        self.role_bounds()
        try:
            self.keys = signers.parse(files["allowed_signers"])
        except signers.BadSigners:
            raise Invalid("allowed_signers")
        holders = {line.principal for line in self.keys.values()}
        members = set().union(*self.groups.values())
        everybody = self.mentioned | holders | members | {*self.admins, *self.reconcilers}
        need(len({name.lower() for name in everybody}) == len(everybody), "letter case")
        self.known = (holders | members) - set(self.reconcilers)

    def settings(self, value):
        flags = {"enabled": True, "requireJustification": True, "requireApproval": True}
        self.periods = {
            "maxDuration": 8 * 3600, "defaultDuration": 3600, "approvalTimeout": DAY, "skew": 300,
            "landingWindow": DAY, "policyLandingWindow": 14 * DAY, "heartbeat": DAY,
            "retention": 90 * DAY, "freshness": 900}
        mapping(value, (), (*flags, *self.periods))
        for key in flags:
            flags[key] = flag(value[key]) if key in value else flags[key]
        self.stated = {key: period(value[key]) for key in self.periods if key in value}
        self.periods.update(self.stated)
        self.enabled, self.require_approval = flags["enabled"], flags["requireApproval"]
        self.require_justification = flags["requireJustification"]
        self.max_duration, self.skew = self.periods["maxDuration"], self.periods["skew"]
        self.approval_timeout = self.periods["approvalTimeout"]
        self.landing_window = self.periods["landingWindow"]
        self.policy_window = self.periods["policyLandingWindow"]
        need(self.stated.get("defaultDuration", 0) <= self.max_duration, "defaultDuration")
        need(self.skew <= 3600, "skew")

    def role_bounds(self):
        windows = [role.window for role in self.roles.values()]
        most = min(self.landing_window, self.policy_window, self.approval_timeout, *windows, 2**60)
        need(self.stated.get("heartbeat", 0) <= most, "heartbeat")
        least = max(windows, default=self.approval_timeout) + self.landing_window
        need(self.stated.get("retention", least) >= least, "retention")
        self.retention = max(self.periods["retention"], least)

    # Decisions (25).

    def has_quorum_of_keys(self, moment):
        able = {k.principal for k in self.keys.values() if k.valid(moment)} & set(self.admins)
        return len(able) >= self.admin_quorum

    def role(self, grant):
        return self.roles.get(grant["role"])

    def deadline(self, grant):
        role = self.role(grant)
        return words.time(grant["requestedAt"]) + (role.window if role else self.approval_timeout)

    def cap(self, role):
        return min(role.most or self.max_duration, self.max_duration)

    def requester_eligible(self, grant):
        who = grant["requester"]
        return who not in self.reconcilers and self.role(grant).requestable.contain(who)

    def subject_allowed(self, grant):
        role, who = self.role(grant), grant["subject"]
        return who not in self.reconcilers and (
            who == grant["requester"] or (role.on_behalf is not None and role.on_behalf.contain(who)))

    def eligible(self, grant):
        return (
            self.role(grant) is not None and self.requester_eligible(grant)
            and self.subject_allowed(grant) and grant["subject"] in self.known)

    def is_open(self, state, grant, moment):
        if state == "pending":
            return moment < self.deadline(grant)
        return state == "active" and not grants.expired(grant, moment)

    def allows_request(self, grant, others, moment):
        """`others`: (state, grant) of the live grants but this one."""
        role = self.role(grant)
        if role is None or not self.enabled or not self.eligible(grant):
            return False
        if any(key in grant for key in ("startAt", "renews", "breakGlass")):
            return False
        scope = grant.get("scope", {})
        if set(scope) != set(role.scope) or any(v not in role.scope[k] for k, v in scope.items()):
            return False
        if not role.least <= words.duration(grant["duration"]) <= self.cap(role):
            return False
        why = grant["justification"].strip(" \t\n\r")
        if (self.require_justification and not why) or len(why) < role.min_length:
            return False
        if role.justification and not role.justification.fullmatch(why):
            return False
        ticket = grant.get("ticket")
        if role.ticket_required and (ticket is None or not ticket.strip(" \t\n\r")):
            return False
        if role.ticket and ticket is not None and not role.ticket.fullmatch(ticket):
            return False
        same = [
            other for state, other in others
            if other["subject"] == grant["subject"] and other["role"] == grant["role"]
            and self.is_open(state, other, moment)]
        if any(other.get("scope", {}) == scope for other in same):
            return False
        return role.max_active is None or len(same) < role.max_active

    def allows_approval(self, grant, who, stated):
        role, asked = self.role(grant), words.duration(grant["duration"])
        if role is None or not self.enabled or who not in role.members:
            return False
        if who in (grant["requester"], grant["subject"], *grants.approvers(grant)):
            return False
        if stated is not None and stated > asked:
            return False
        return role.least <= (asked if stated is None else stated) <= self.cap(role)

    def allows_activation(self, grant):
        role = self.role(grant)
        if role is None or not self.enabled or not self.requester_eligible(grant):
            return False
        if not self.subject_allowed(grant) or grants.approved_duration(grant) > self.cap(role):
            return False
        people = set(grants.approvers(grant)) - {grant["requester"], grant["subject"]}
        return can_fill(role.stages, people & role.members)

    def is_member(self, grant, who):
        role = self.role(grant)
        return role is not None and who in role.members

    def allows_rejection(self, grant, who):
        return (self.is_member(grant, who) or who in self.admins) and who not in (
            grant["requester"], grant["subject"])

    def allows_revocation(self, grant, who):
        return (
            who in (grant["subject"], grant["requester"], *self.admins, *grants.approvers(grant))
            or self.is_member(grant, who))


PARSED = {}


def load(store, tree):
    """The policy of a `policies/` tree. Raises Invalid or UnknownSchema; remembers both."""
    if tree not in PARSED:
        try:
            PARSED[tree] = Policy(read_files(store, tree))
        except (Invalid, UnknownSchema) as error:
            PARSED[tree] = error
    if isinstance(PARSED[tree], Exception):
        raise PARSED[tree]
    return PARSED[tree]


def read_files(store, tree):
    files = {}

    def walk(id, prefix, depth):
        entries = store.tree(id)
        need(entries is not None and depth <= 4, "tree")
        for name, (mode, inner) in entries.items():
            path = prefix + name
            if mode == DIRECTORY:
                walk(inner, path + b"/", depth + 1)
                continue
            need(mode == PLAIN, "mode")
            role = re.fullmatch(rb"roles/([a-z0-9][a-z0-9._-]{0,63})\.yaml", path)
            known = (b"daypass.yaml", b"allowed_signers", b"groups.yaml", b"README.md")
            need(role or path in known, "other file")
            data = store.read(inner, "blob")
            need(data is not None and len(data) <= 1 << 20 and len(files) < 2000, "size")
            files[path.decode()] = data

    walk(tree, b"", 1)
    return files
