"""Faults to plant in the model, to see whether the histories notice: each breaks one sentence of
docs/format.md. A fault is (file, what stands there once, what is put in its place)."""

import importlib.util
import pathlib
import sys

FAULTS = {
    # 18, in its order.
    "repository-name": (
        "judge.py", 'not step.gives or theirs["repository"] == policy.name', "True"),
    "reconciler-duties": ("judge.py", "not reconciler or step.kind in DUTIES", "True"),
    "actor, of a request": ("judge.py", 'return signer == theirs["requester"]', "return True"),
    "actor, of a rejection": (
        "judge.py", "return policy.allows_rejection(mine, signer)", "return True"),
    "actor, of a revocation": (
        "judge.py", "return policy.allows_revocation(mine, signer)", "return True"),
    "actor, of a duty": (
        "judge.py", "return step.kind not in DUTIES or signer in policy.reconcilers",
        "return True"),
    "key-validity, when signed": (
        "judge.py", '        require(self.listed.valid(self.at), "key-validity")\n', ""),
    "key-validity, when landed": (
        "judge.py", "not (step.gives or archives) or self.listed.valid(landed)", "True"),
    "key-validity, of what takes away": (
        "judge.py", "not (step.gives or archives) or self.listed.valid(landed)",
        "self.listed.valid(landed)"),
    "bounded-date": ("judge.py", "not step.gives or self.at <= self.bound + policy.skew", "True"),
    "bounded-date, to the second": (
        "judge.py", "self.at <= self.bound + policy.skew", "self.at < self.bound + policy.skew"),
    "stated-time, too late": (
        "judge.py", "moment <= self.at + skew and self.at", "self.at"),
    "stated-time, too early": (
        "judge.py", "moment <= self.at + skew and self.at <= moment + skew",
        "moment <= self.at + skew"),
    "amend-keeps": ("judge.py", 'theirs["requester"] == mine["requester"], "amend', 'True, "amend'),
    "amend-later": ("judge.py", "self.at > believed.asked", "True"),
    "amend-later, to the second": (
        "judge.py", "self.at > believed.asked", "self.at >= believed.asked"),
    "approval-window, of a request": (
        "judge.py", "landed < policy.deadline(theirs)", "True"),
    "approval-window, of an approval": ("judge.py", "landed < policy.deadline(mine)", "True"),
    "approval-window, to the second": (
        "judge.py", "landed < policy.deadline(mine)", "landed <= policy.deadline(mine)"),
    "approval-follows": ("judge.py", "self.at + policy.skew >= believed.asked", "True"),
    "landing-window": ("judge.py", "landed - self.at <= policy.landing_window", "True"),
    "landing-window, to the second": (
        "judge.py", "landed - self.at <= policy.landing_window",
        "landed - self.at < policy.landing_window"),
    "reason-given": ("judge.py", 'step.closure["reason"].strip(words.SPACES)', "True"),
    "due-time, of a lapse": ("judge.py", "landed >= policy.deadline(mine)", "True"),
    "due-time, to the second": (
        "judge.py", "landed >= policy.deadline(mine)", "landed > policy.deadline(mine)"),
    "due-time, of an expiry": ("judge.py", "grants.expired(mine, landed)", "True"),
    "due-time, of a disqualification": ("judge.py", "not policy.eligible(mine)", "True"),
    "policy-allows, a request": (
        "judge.py", "if not policy.allows_request(theirs, others, landed):", "if False:"),
    "policy-allows, an activation": (
        "judge.py", "return policy.allows_activation(mine) and policy.eligible(mine)",
        "return True"),
    "the subject approves": (
        "policy.py", '(grant["requester"], grant["subject"], *grants.approvers(grant))',
        '(grant["requester"], *grants.approvers(grant))'),
    "the requester approves": (
        "policy.py", '(grant["requester"], grant["subject"], *grants.approvers(grant))',
        '(grant["subject"], *grants.approvers(grant))'),
    "a stranger approves": (
        "policy.py", "not self.enabled or who not in role.members:", "not self.enabled:"),
    "approved duration": ("grants.py", '[grant["duration"], *stated]', '[grant["duration"]]'),
    "moved too early": (
        "judge.py", "if step.moves and self.policy.allows_activation(grant):", "if step.moves:"),
    "activated when stated": (
        "judge.py", "step.stated if last is None else last", "step.stated or last"),
    "an amendment resets the clock": (
        "judge.py", 'self.at if step.kind in ("request", "amend")', 'self.at if step.kind == "request"'),
    "an amendment keeps the approvals": (
        "judge.py", 'return "pending", grants.bare(theirs)',
        'return "pending", {**grants.bare(theirs), "approvals": theirs["approvals"]}'),
    # 16 and 17.
    "amended by anybody": (
        "judge.py", ' and not same and self.signer == mine["requester"]', " and not same"),
    "the subject withdraws": (
        "judge.py", 'requester = self.signer == believed.grant["requester"]',
        'requester = self.signer in (believed.grant["requester"], believed.grant["subject"])'),
    "a copy beside a closed file (16.2)": (
        "judge.py", '            return content.state == "absent"\n',
        '            return content.state == "absent"\n        if believed.state == "closed":\n'
        '            return (self.own.entry("closed", id) or (0, 0))[1] == believed.blob\n'),
    "closed-final": (
        "judge.py", 'require(asserted.state == "absent" and as_believed, "closed-final")', "pass"),
    "due-time, of archiving": ("judge.py", "landed >= closed + policy.retention", "True"),
    "readable-file": ("judge.py", 'require(asserted.state != "unreadable", "readable-file")', "pass"),
    "signature": ("judge.py", "if not self.history.signature(self.commit):", "if False:"),
    "mixed-commit, of a grant": ("judge.py", "            if changes:\n", "            if False:\n"),
    "mixed-commit, of a consent": ("judge.py", "require(not difference.touched", "require(True"),
    "consents are taken back (16.0)": (
        "judge.py", "if listed and listed.valid(self.at) and not only_taking:", "if False:"),
    "what is believed asserts nothing (16.2)": (
        "judge.py", "content.state == believed.state and content.blob == believed.blob", "False"),
    "taken away, beside a stray copy": (
        "judge.py", 'if asserted.state == "absent":', 'if True:\n            return asserted.state == "absent"\n        if False:'),
    # 19.
    "policy-consent, to an older policy": (
        "judge.py", "pair and pair[1] == self.belief.tree", "pair"),
    "policy-consent, to another tree": (
        "judge.py", "difference.before == difference.after or difference.after == pair[2]", "True"),
    "policy-admin": ("judge.py", "self.signer in policy.admins", "True"),
    "policy-window": ("judge.py", "landed - self.at <= policy.policy_window", "True"),
    "policy-window, once landed": (
        "fold.py", " and at - min(c.signed, c.landed) <= belief.policy.policy_window", ""),
    "key-validity, of a consent": (
        "judge.py", "self.listed.valid(self.at) and self.listed.valid(landed)",
        "self.listed.valid(self.at)"),
    "policy-succession": (
        "judge.py", "new.serial == policy.serial + 1", "new.serial > policy.serial"),
    "policy-keys": ("judge.py", "new.has_quorum_of_keys(moment)", "True"),
    "adminQuorum": ("fold.py", ">= belief.policy.admin_quorum", ">= 1"),
    "distinct admins": ("fold.py", "len({c.by for c in to_it})", "len(to_it)"),
    "a consent carries": ("fold.py", "not any(c.carries for c in to_it)", "False"),
    # 13 to 15a.
    "order of the proposals (13.3)": ("fold.py", "ready = [(self.store.commit(id).time, id)", "ready = [(0, id)"),
    "merges propose nothing (13.2)": (
        "fold.py", "if len(commit.parents) == 1 and self.root in", "if self.root in"),
    "landing ahead of the bound (14.1)": (
        "fold.py", "state.previous if commit.time > bound else max(commit.time, state.previous)",
        "max(min(commit.time, bound), state.previous)"),
    "landing goes back (14.1)": ("fold.py", "max(commit.time, state.previous)", "commit.time"),
    "landing of a later proposal (14.2)": (
        "judge.py", "self.landed = min(bound, max(mainline, commit.time))",
        "self.landed = mainline"),
    "landing within the bound (14.2)": (
        "judge.py", "self.landed = min(bound, max(mainline, commit.time))",
        "self.landed = max(mainline, commit.time)"),
    "the policy in force (15.1)": (
        "fold.py", "adopt(history, shown, bound if waits else at)",
        "adopt(history, shown, bound)"),
    "endings wait, too (15a.1a)": ("fold.py", "state.belief.known.update(closed)", "pass"),
    "the waiting grant is closed (15a.1c)": ("fold.py", "    if closed:\n        there", "    if False:\n        there"),
    "a pin ends the waiting (15a.4)": ("fold.py", "if waits and as_pin:", "if False:"),
    # 20 to 22.
    "merge-carries-nothing": (
        "fold.py", 'unit in counted or not merge else "merge-carries-nothing"',
        'True else "merge-carries-nothing"'),
    "a directory of refused grants (20.2)": ("fold.py", "within.get(path) or whole", "whole"),
    "grants that is no directory (20.2)": ("fold.py", "within.get(path) or whole", "within.get(path)"),
    "two places of a grant (20.2)": (
        "fold.py", "cause = refusals[unit] = rule, landing.commit.id",
        "cause = rule, landing.commit.id"),
    "a cause is kept (20.2)": ("fold.py", " and alike(before[path][1], difference)", ""),
    "a pin by anybody (22.2)": (
        "fold.py", " or listed.principal not in policy.reconcilers", ""),
    "a pin's key (22.2)": ("fold.py", " or not listed.valid(commit.time)", ""),
    "a pin before the last (22.2)": ("fold.py", "not earliest <= commit.time <=", "not commit.time <="),
    "a pin ahead (22.2)": ("fold.py", "earliest <= commit.time <= now + skew", "earliest <= commit.time"),
    "a pin's bound (22.2)": (
        "fold.py", "land(history, trial, each, commit.time, as_pin", "land(history, trial, each, now, as_pin"),
    "a rival's pins (21.5)": (
        "mainline.py", "own is None or all(pin in rival for pin in pins(history, own, now))",
        "own is None"),
}


def planted(name):
    """The path of the file and its text with the fault in it."""
    file, old, new = FAULTS[name]
    path = pathlib.Path(__file__).with_name(file)
    text = path.read_text()
    if text.count(old) != 1:
        raise SystemExit(f"{name}: {file} does not have this once: {old}")
    return path, text.replace(old, new)


def plant(name):
    """Puts the fault into the model, which must not be imported yet."""
    path, text = planted(name)
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_file_location(path.stem, path))
    sys.modules[path.stem] = module
    exec(compile(text, str(path), "exec"), module.__dict__)


if __name__ == "__main__":
    for name in FAULTS:
        path, text = planted(name)
        compile(text, str(path), "exec")
