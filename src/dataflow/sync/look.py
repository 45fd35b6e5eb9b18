"""Making certain of what the lists of both systems only hint at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dataflow.sync.guard import Guard
from dataflow.sync.identity import claim_of, is_gone
from dataflow.sync.judge import calls_for_a_look
from dataflow.sync.memory import Memory
from dataflow.sync.model import (
    LEFT,
    RIGHT,
    Changes,
    Claim,
    Flow,
    Issue,
    Link,
    Links,
    Seen,
    Sort,
    Standing,
    Values,
)
from dataflow.sync.reading import Reading, Systems
from dataflow.sync.referring import Referred
from dataflow.sync.rules import bar, frozen
from dataflow.systems.http import Record

#: So many records that were put off are asked for in every run, lest they be gone;
#: where there are more, a full reading tells.
FEW = 20


@dataclass(slots=True)
class Look:
    """Makes one flow's changes out of a reading, with calls where it has to be sure.

    A list of Chargebee's may lag behind, so a record of it that looks changed is read
    again by its id; a record that a list does not show is asked for before it counts
    as deleted. `referred` is what records of interest refer to.
    """

    flow: Flow
    systems: Systems
    memory: Memory
    guard: Guard
    since: int = 0
    referred: Referred = field(default_factory=Referred)

    def changes(self, reading: Reading, why: Mapping[str, str]) -> Changes:
        """Return what the plan has to decide on."""
        issues = self._issues()
        reading, unread = self._read_again(issues, reading)
        claims = self._claims(reading, unread)
        changes = Changes(why=why, claims=claims, tried=_tried(issues))
        due, lefts = self._due(issues), {**self.referred.records, **reading.left}
        asked = due | self._put_off(issues, reading, changes)
        for left_id in sorted(asked - lefts.keys()):
            self._find_left(changes, left_id)
        for left_id, record in lefts.items():
            with self.guard.attempt(self.flow.kind.name, left_id):
                changes.left[left_id] = self.see_left(record)
        told = Counter(x.left_id for x in issues if x.sort is Sort.CONFLICT)
        for link in self._links().of(self.flow.kind.name):
            if link.left_id in due or self._suspect(link, reading, changes, told):
                self._make_certain(link, changes)
        return changes

    def see_left(self, record: Record) -> Seen:
        """Return an Invoiced record as the plan sees it."""
        kind, left_id = self.flow.kind, str(record["id"])
        referred = left_id in self.referred.ids
        return Seen(
            left_id,
            self.flow.left_values(record),
            _time(record),
            record=record,
            bar=bar(kind, record, self.since, referred=referred),
            frozen=frozen(kind, record),
        )

    def find_left(self, left_id: str) -> Seen:
        """Read an Invoiced record by its id, gone or not, as the plan sees it."""
        record = self.systems.left.find(self.flow.kind, left_id)
        return Seen(left_id, gone=True) if record is None else self.see_left(record)

    def see_right(self, record: Record) -> Seen:
        """Return a Chargebee record as the plan sees it."""
        gone = is_gone(record)
        values: Values = {} if gone else self.flow.right_values(record, self._links())
        return Seen(str(record["id"]), values, _time(record), gone=gone, record=record)

    def _links(self) -> Links:
        return self.memory.links

    def _read_again(
        self, issues: list[Issue], reading: Reading
    ) -> tuple[Reading, list[Claim]]:
        """Read what may be somebody's counterpart: no list shows it without an edit.

        Returned is the reading with that, and what could not be read this time and so
        still may be a counterpart.
        """
        about = [(issue.left_id, one) for issue in issues for one in issue.about]
        read: dict[str, Record | None] = {}
        for left_id, right_id in about:
            with self.guard.attempt(self.flow.kind.name, left_id):
                read[right_id] = self.systems.right.find(self.flow.kind, right_id)
                self.guard.answered()
        listed = {**reading.right, **read}
        known = {name: record for name, record in listed.items() if record is not None}
        unread = [
            Claim(left, right, left) for left, right in about if right not in read
        ]
        return replace(reading, right=known), unread

    def _claims(
        self, reading: Reading, unread: list[Claim]
    ) -> dict[str, tuple[Claim, ...]]:
        """Return, by Invoiced id, the unlinked records that may be its counterpart."""
        kind = self.flow.kind
        claims = [claim_of(kind, record) for record in reading.right.values()]
        found: dict[str, tuple[Claim, ...]] = {}
        for claim in (*claims, *unread):
            if claim is not None and self._links().left_of(kind.name, claim.id) is None:
                found[claim.left_id] = (*found.get(claim.left_id, ()), claim)
        return found

    def _due(self, issues: list[Issue]) -> set[str]:
        """Return the records that were put off and may now be dealt with."""
        retired = self._links().retired(self.flow.kind.name)
        due = {one.left_id for one in issues if self._is_due(one)}
        return due | {one.left_id for one in retired}

    def _issues(self) -> list[Issue]:
        """Return what stands open from earlier runs."""
        kind = self.flow.kind.name
        issues = self.memory.issues(kind)
        return [one for one in issues if not self.guard.failed(kind, one.left_id)]

    def _is_due(self, issue: Issue) -> bool:
        if issue.sort in {Sort.FAILED, Sort.LATER, Sort.CONTESTED}:
            return True
        needed = self._links().right_of("customer", issue.needs)
        return bool(issue.needs) and needed is not None

    def _put_off(
        self, issues: list[Issue], reading: Reading, changes: Changes
    ) -> set[str]:
        """Return unlinked records that were put off and may be gone, or claimed now."""
        kind = self.flow.kind.name
        unlinked = {
            one.left_id
            for one in issues
            if self._links().by_left(kind, one.left_id) is None
        }
        if reading.left_complete or len(unlinked) <= FEW:
            return unlinked
        return unlinked & changes.claims.keys()

    def _suspect(
        self, link: Link, reading: Reading, changes: Changes, told: Mapping[str, int]
    ) -> bool:
        """Tell whether the lists hint at anything that a pair may call for.

        What it does call for is for the plan to say, once both sides are certain.
        """
        left = changes.left.get(link.left_id)
        right = self._listed(link, reading)
        if self._is_claimed(link, changes):
            return True
        gone = {
            LEFT: _is_gone(left, complete=reading.left_complete),
            RIGHT: _is_gone(right, complete=reading.right_complete),
        }
        if link.gone:
            return any(
                now not in {None, side in link.gone} for side, now in gone.items()
            )
        if left is not None and left.frozen:
            return False
        if True in gone.values():
            return True
        return self._hints(link, left, right, told[link.left_id])

    def _hints(
        self, link: Link, left: Seen | None, right: Seen | None, told: int
    ) -> bool:
        if left is None and right is None:
            return False
        values = (left.values if left else None, right.values if right else None)
        return calls_for_a_look(self.flow, link, values, told)

    def _is_claimed(self, link: Link, changes: Changes) -> bool:
        claims = changes.claims.get(link.left_id, ())
        return any(one.standing is Standing.LIVE for one in claims)

    def _listed(self, link: Link, reading: Reading) -> Seen | None:
        record = reading.right.get(link.right_id)
        if record is not None:
            with self.guard.attempt(self.flow.kind.name, link.left_id):
                return self.see_right(record)
        return None

    def _make_certain(self, link: Link, changes: Changes) -> None:
        kind = self.flow.kind
        if link.left_id not in changes.left:
            self._find_left(changes, link.left_id)
        with self.guard.attempt(kind.name, link.left_id):
            record = self.systems.right.find(kind, link.right_id)
            self.guard.answered()
            changes.right[link.right_id] = (
                Seen(link.right_id, gone=True)
                if record is None
                else self.see_right(record)
            )

    def _find_left(self, changes: Changes, left_id: str) -> None:
        with self.guard.attempt(self.flow.kind.name, left_id):
            changes.left[left_id] = self.find_left(left_id)
            self.guard.answered()


def _tried(issues: list[Issue]) -> set[str]:
    """Return the records of which an earlier try may have left something behind."""
    return {one.left_id for one in issues if one.sort in {Sort.FAILED, Sort.LATER}}


def _is_gone(seen: Seen | None, *, complete: bool) -> bool | None:
    """Tell whether a list shows a record as deleted; None when it does not say."""
    if seen is not None:
        return seen.gone
    return True if complete else None


def _time(record: Record) -> int | None:
    time = record.get("updated_at")
    return time if isinstance(time, int) else None
