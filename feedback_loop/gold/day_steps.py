"""How one day changes the issues of a product, step by step; the order of the steps is in `carry`.

New groups without a past become issues at once, whoever seemed to hold their fragments. A cluster that no issue goes on in opens one where
most of its fragments belong to nobody; where they belong to an issue it is a part that is found apart, and split off only after some days.
An issue without a cluster keeps its fragments, and is merged only after it was found within another for some days. The rule that is easy
to break: no fragment leaves an issue without an event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, count

import numpy as np

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.gold import matching
from feedback_loop.gold.ledger import Cluster, Issue, Ledger, Window
from feedback_loop.gold.reopening import has_come_back
from feedback_loop.methods import emergence

SPLIT_DAYS, MERGE_DAYS = 3, 3
"""Days in a row on which a part is found apart, or an issue within another, before it is split off or merged."""

YOUNG_DAYS = 2
"""The latest days, among whose fragments something new is looked for; also for how long a new issue takes up what is like it."""

DORMANT_DAYS, RESOLVED_DAYS = 28, 365
"""Days after which an issue that was not seen can't come back under its name; one that was resolved is remembered longer."""

OWNED_SHARE = 0.1
"""Share of a cluster's owned fragments that an issue needs for new fragments of the cluster to be able to go there."""


def carry(ledger: Ledger, day: date, clusters: Sequence[Cluster], window: Window, resolved: Mapping[str, date]) -> None:
    """Brings the ledger from the end of the day before to the end of the day; `resolved` says on which day which issue last was."""
    step = _Day(ledger, day, clusters, window)
    step.age(resolved)
    step.find_carriers()
    step.take_up_new_groups()
    for cluster in step.symptoms:
        step.place(cluster)
    step.follow_the_uncarried()
    step.place_strays()
    step.close()
    ledger.last_day = day


class _Day:
    """One day of one product; every public method is one step."""

    def __init__(self, ledger: Ledger, day: date, clusters: Sequence[Cluster], window: Window) -> None:
        self.ledger, self.day, self.window = ledger, day, window
        self.symptoms = sorted((c for c in clusters if not c.is_catch_all), key=lambda c: min(c.members))
        self.rest = sorted((c for c in clusters if c.is_catch_all), key=lambda c: c.best_class)
        self.owner: dict[str, str] = {}
        self.carriers: dict[str, Issue] = {}

    @property
    def issues(self) -> dict[str, Issue]:
        return self.ledger.issues

    def age(self, resolved: Mapping[str, date]) -> None:
        """What is past its time is forgotten, and issues keep what of them is still within the window."""
        present = frozenset(self.window.ids)
        for name, issue in sorted(self.issues.items()):
            issue.resolved_on = resolved.get(name, issue.resolved_on)
            if (self.day - issue.seen_on).days > (RESOLVED_DAYS if issue.resolved_on else DORMANT_DAYS):
                del self.issues[name]
                continue
            issue.members &= present
            self.owner.update(dict.fromkeys(issue.members, name))

    def find_carriers(self) -> None:
        """The issue, or the part of one, that goes on in each cluster; parts that were not found again are forgotten."""
        known = [issue for _, issue in sorted(self.issues.items())]
        last = self.ledger.last_day
        before = frozenset(f for f, day in zip(self.window.ids, self.window.days, strict=True) if last is not None and day <= last)
        named = matching.by_members(known, self.symptoms, frozenset(self.window.ids), before)
        taken = set(named.values())
        free = [issue for issue in known if issue.issue_id not in taken and not issue.is_forming]
        named |= matching.by_meaning(free, [c for c in self.symptoms if c.cluster_id not in named])
        self.carriers = {cluster_id: self.issues[name] for cluster_id, name in named.items()}
        for issue in known:
            if issue.is_forming and issue.issue_id not in taken:
                del self.issues[issue.issue_id]

    def take_up_new_groups(self) -> None:
        """Groups of the latest days without a past: they open issues, or join those that opened on these days."""
        if not self.window.ids:
            return
        models = Counter(self.window.models)
        model = min(models, key=lambda name: (-models[name], name))
        rows = np.flatnonzero(np.array([name == model for name in self.window.models]))
        days = [self.window.days[n] for n in rows]
        for length in range(1, YOUNG_DAYS + 1):
            is_recent = np.array([day > self.day - timedelta(days=length) for day in days], dtype=np.bool_)
            for group in emergence.new_groups(self.window.vectors[rows], is_recent):
                self._take_up(frozenset(self.window.ids[n] for n in rows[group]), model)

    def _take_up(self, members: frozenset[str], model: str) -> None:
        owners = self._owners(members)
        young = {name: n for name, n in owners.items() if (self.day - self.issues[name].founded_on).days < YOUNG_DAYS}
        best = _most(young)
        if best is not None and 2 * young[best] >= sum(owners.values()):
            self._give(members - self.owner.keys(), best)
        else:
            self._open(members, members, model)

    def place(self, cluster: Cluster) -> None:
        """Every fragment of the cluster that belongs to nobody gets an issue."""
        free, carrier = cluster.members - self.owner.keys(), self.carriers.get(cluster.cluster_id)
        if carrier is not None and not carrier.is_forming:
            carrier.core = cluster.members
            self._give_to_nearest(cluster, free, carrier.issue_id)
        elif 2 * len(free) >= len(cluster.members):
            if carrier is not None:
                del self.issues[carrier.issue_id], self.carriers[cluster.cluster_id]
            self.carriers[cluster.cluster_id] = self._open(free, cluster.members, cluster.model_version)
        else:
            self._find_apart(cluster, free, carrier)

    def _find_apart(self, cluster: Cluster, free: frozenset[str], part: Issue | None) -> None:
        """One day more on which the cluster is apart from the issue that holds most of it."""
        parent = _most(self._owners(cluster.members)) or ""
        part = part or self._found(self._name(cluster.members), cluster.members, cluster.model_version)
        if part.parent_id not in (None, parent):
            part.apart_days = 0
        part.core, part.centroid, part.seen_on, part.parent_id = cluster.members, cluster.centroid, self.day, parent
        part.apart_days += 1
        self.carriers[cluster.cluster_id] = self.issues[part.issue_id] = part
        if part.apart_days < SPLIT_DAYS:
            part.hear(cluster.best_class, cluster.label, len(cluster.members))
            self._give_to_nearest(cluster, free, parent)
            return
        moved = frozenset(f for f in cluster.members if self.owner.get(f, parent) == parent)
        part.parent_id, part.founded_on = None, self.day
        self._give(moved, part.issue_id)

    def follow_the_uncarried(self) -> None:
        """An issue most of whose members are found within one other issue is merged into it after some days."""
        within = {f: i.issue_id for c in self.symptoms if (i := self.carriers.get(c.cluster_id)) and not i.is_forming for f in c.members}
        for issue in self._uncarried():
            found = Counter(within[f] for f in issue.members if f in within)
            host = _most(found)
            is_within = host is not None and 2 * found[host] >= len(issue.members) and not issue.is_resolved
            issue.within_days = (issue.within_days if host == issue.within_id else 0) + 1 if is_within else 0
            issue.within_id = host if is_within else None
            if host is not None and issue.within_days >= MERGE_DAYS:
                self._give(issue.members, host)
                del self.issues[issue.issue_id]

    def place_strays(self) -> None:
        """Noise that is as near to an issue without a cluster as three quarters of its own members are goes there."""
        uncarried, noise = self._uncarried(), sorted(f for c in self.rest for f in c.members if f not in self.owner)
        if not uncarried or not noise:
            return
        anchors = [self.window.anchor(issue.members) for issue in uncarried]
        own = [self.window.centred[self.window.rows(i.members)] @ anchor for i, anchor in zip(uncarried, anchors, strict=True)]
        reach = np.array([np.sort(values)[len(values) // 4] for values in own])
        similarity = self.window.centred[self.window.rows(noise)] @ np.stack(anchors, axis=1)
        nearest = similarity.argmax(axis=1)
        for fragment, column, value in zip(noise, nearest.tolist(), similarity.max(axis=1).tolist(), strict=True):
            if value >= reach[column]:
                self._give(frozenset([fragment]), uncarried[column].issue_id)

    def close(self) -> None:
        """Every issue that has fragments was seen today; one that was resolved may have come back.

        What opened today and lost all of its fragments again was never heard of, and is none.
        """
        for name in [name for name, issue in self.issues.items() if not issue.members and not issue.class_votes]:
            del self.issues[name]
        clusters = {self.carriers[c.cluster_id].issue_id: c for c in self.symptoms if c.cluster_id in self.carriers}
        for issue in self._living():
            cluster = clusters.get(issue.issue_id)
            first, last = self.window.span(issue.members)
            issue.seen_on = self.day
            issue.first_seen_at, issue.last_seen_at = min(issue.first_seen_at, first), max(issue.last_seen_at, last)
            if cluster is None:
                issue.core, issue.centroid = issue.members, self.window.centroid(issue.members)
                if not issue.term_votes:
                    best_class = self._class_of(issue.members)
                    issue.hear(best_class, self.window.label(issue.members) or best_class.replace("_", " "), len(issue.members))
            else:
                issue.centroid, issue.model_version, issue.within_id, issue.within_days = (
                    cluster.centroid, cluster.model_version, None, 0,
                )  # fmt: skip
                issue.hear(cluster.best_class, cluster.label, len(cluster.members))
            if has_come_back(issue, self.window, self.day):
                issue.reopened_on, issue.occurrence_count = self.day, issue.occurrence_count + 1

    def _living(self) -> list[Issue]:
        return [issue for _, issue in sorted(self.issues.items()) if not issue.is_forming and issue.members]

    def _uncarried(self) -> list[Issue]:
        carried = {issue.issue_id for issue in self.carriers.values()}
        return [issue for issue in self._living() if issue.issue_id not in carried]

    def _owners(self, members: Iterable[str]) -> Counter[str]:
        return Counter(self.owner[f] for f in members if f in self.owner)

    def _class_of(self, members: frozenset[str]) -> str:
        votes: Counter[str] = Counter()
        for cluster in (*self.symptoms, *self.rest):
            votes[cluster.best_class] += len(cluster.members & members)
        return _most(votes) or ""

    def _give_to_nearest(self, cluster: Cluster, free: frozenset[str], carrier: str) -> None:
        """Each free fragment to that issue whose members it is most like, of those that hold a part of the cluster."""
        owners = self._owners(cluster.members)
        names = sorted({n for n, count in owners.items() if count >= OWNED_SHARE * owners.total()} | {carrier})
        if len(names) == 1 or not free:
            self._give(free, names[0])
            return
        anchors = [self.window.anchor(self.issues[name].members or cluster.members) for name in names]
        nearest = (self.window.centred[self.window.rows(free)] @ np.stack(anchors, axis=1)).argmax(axis=1)
        told = list(zip(sorted(free), nearest.tolist(), strict=True))
        for column, name in enumerate(names):
            self._give(frozenset(fragment for fragment, chosen in told if chosen == column), name)

    def _open(self, members: frozenset[str], core: frozenset[str], model: str) -> Issue:
        issue = self._found(self._name(members), members, model)
        issue.core, self.issues[issue.issue_id] = core, issue
        self._give(members, issue.issue_id)
        return issue

    def _found(self, name: str, members: frozenset[str], model: str) -> Issue:
        first, last = self.window.span(members)
        return Issue(name, self.day, self.day, first, last, self.window.centroid(members), model)

    def _name(self, members: frozenset[str]) -> str:
        """After the earliest fragment that names no other issue; where each names one, after the earliest and a number."""
        founders, product = self.window.by_age(members), self.ledger.product
        alone = (stable_id("issue", product, f) for f in founders)
        numbered = (stable_id("issue", product, founders[0], n) for n in count(2))
        return next(name for name in chain(alone, numbered) if name not in self.issues)

    def _give(self, fragments: frozenset[str], name: str) -> None:
        lost: dict[str, set[str]] = {}
        for fragment in fragments:
            if (losing := self.owner.get(fragment)) is not None and losing != name:
                lost.setdefault(losing, set()).add(fragment)
            self.owner[fragment] = name
        for losing, gone in lost.items():
            self.issues[losing].members -= gone
        self.issues[name].members |= fragments


def _most(votes: Mapping[str, int]) -> str | None:
    """The name with the most votes, of equals the first in the alphabet."""
    return min(votes, key=lambda name: (-votes[name], name), default=None)
