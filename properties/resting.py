"""Compare both systems, at rest, with the log of outside edits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias

from properties.accounts import Ran, Record
from properties.actors import Actors
from properties.log import FIXED, LEFT_KINDS, Fate, Known, found_in, mark_of
from properties.oracle import CONFLICT, LEFT, RIGHT, SIDES, End, Value

BROKEN = "broken"

#: So many runs may be needed after trouble, each after a pause that is longer than the
#: longest delay of another attempt. Without trouble, the second has nothing to do.
RUNS, PAUSE, QUIET = 8, 90_000, 2

#: Longer than Chargebee's lists lag.
AFTER_LAG = 400

#: The records of these fates have no counterpart.
ALONE = frozenset({Fate.DELETED_RIGHT, Fate.COMPANY})

#: Chargebee's records by their kind.
Rights: TypeAlias = Mapping[str, list[Record]]

#: The values of a record on both sides.
Found: TypeAlias = Mapping[str, Mapping[str, Value]]


def rest(actors: Actors, *, is_loose: bool = False) -> Ran:
    """Run the sync until it is quiet; return the last run.

    Only after trouble, which makes the log loose, it may take more than two runs.
    """
    pause = PAUSE if is_loose else actors.lags and AFTER_LAG
    for number in range(1, (RUNS if is_loose else QUIET) + 1):
        actors.world.clock.advance(pause)
        # No list of Invoiced shows what was deleted; a full run reads it all.
        ran = actors.world.sync(full=number == 1 and actors.has_deleted_left())
        is_quiet = not (ran.writes or ran.outcome.failed or ran.outcome.later)
        if is_quiet and number > 1:
            actors.world.clock.advance(actors.count_down())
            return ran
    raise AssertionError(f"no rest after {number} runs: {ran.complaints}")


def compare(actors: Actors, ran: Ran) -> Counter[str]:
    """Compare all, and start the log anew; return what was met."""
    rights = {kind: actors.list_rights(kind) for kind in LEFT_KINDS}
    met = Counter(_remove_propagated(actors, rights))
    _compare_records(actors, rights)
    _compare_invoices(actors, rights["order"])
    expected: Counter[tuple[str, str, str]] = Counter()
    for known in actors.log:
        found = _find(actors, known, rights)
        reports, seen = _compare_values(known, found, actors.apart)
        met.update(seen)
        expected.update((LEFT_KINDS[known.kind], known.left_id, x) for x in reports)

    assert _without_optional(actors, expected) == _without_optional(
        actors, Counter(ran.list_issues())
    )
    for known in actors.log:
        met.update(_begin_anew(known, actors))
    return met


def _remove_propagated(actors: Actors, rights: Rights) -> list[str]:
    """Remove the records that the sync may have deleted, since only deletion edits."""
    if not actors.world.settings.propagate_deletions:
        return []
    met = []
    for fate, survivor in ((Fate.DELETED_LEFT, RIGHT), (Fate.DELETED_RIGHT, LEFT)):
        for known in actors.list_fated(fate):
            is_there = (
                any(mark_of(known.kind, x) == known.left_id for x in rights[known.kind])
                if survivor == RIGHT
                else known.left_id in actors.world.lefts(LEFT_KINDS[known.kind])
            )
            if not is_there and survivor not in known.touched:
                actors.log.remove(known)
                met.append("deletion propagated")
    return met


def _compare_records(actors: Actors, rights: Rights) -> None:
    """Verify that nothing is lost or doubled."""
    marks = [(kind, mark_of(kind, one)) for kind in rights for one in rights[kind]]
    ours = sorted((kind, mark) for kind, mark in marks if mark is not None)
    theirs = {
        one["id"]: one.get("email")
        for one in rights["customer"]
        if mark_of("customer", one) is None
    }
    paired = [x for x in actors.log if x.fate not in ALONE and not _is_unborn(x)]

    assert sorted((one.kind, one.left_id) for one in paired) == ours
    assert actors.strangers == theirs
    assert len(actors.strangers) == sum(mark is None for _, mark in marks)


def _compare_invoices(actors: Actors, orders: list[Record]) -> None:
    """Verify that each invoice in Chargebee is that of an order."""
    invoices = [x["id"] for x in actors.list_rights("invoice")]

    assert sorted(order["invoice_id"] for order in orders) == sorted(invoices)


def _find(actors: Actors, known: Known, rights: Rights) -> Found:
    """Return what both sides hold of a record; a deleted side is missing."""
    customers = {one["id"]: one for one in rights["customer"]}
    found: dict[str, Mapping[str, Value]] = {}
    if known.fate is not Fate.DELETED_LEFT:
        # An edit keeps a record, so that this finds it.
        left = actors.world.left("GET", known.left_path)
        found[LEFT] = found_in(known, LEFT, left, customers)
    for right in rights[known.kind]:
        if mark_of(known.kind, right) == known.left_id:
            found[RIGHT] = found_in(known, RIGHT, right, customers)
            if known.kind == "order":
                assert known.note == right.get("note"), known.name
    return found


def _compare_values(
    known: Known, found: Found, apart: int
) -> tuple[list[str], list[str]]:
    """Verify the values; return what must be reported, and what was met."""
    if known.fate is not Fate.LIVE:
        _compare_survivor(known, found)
        is_broken = known.fate in {Fate.DELETED_LEFT, Fate.DELETED_RIGHT}
        return [BROKEN] if is_broken else [], []
    reports, met = [], []
    for name, history in known.histories.items():
        left, right = (found[side][name] for side in SIDES)
        ends = history.list_ends(apart)
        fitting = [end for end in ends if (end.left, end.right) == (left, right)]

        assert fitting, (known.name, name, (left, right), ends, history)
        reports += [end.report for end in fitting if end.report]
        met += _describe(fitting[0], known.edited, name, history.gap)
    known.see(found)
    return reports, met


def _compare_survivor(known: Known, found: Found) -> None:
    """Verify that what was edited on one side stays, whatever became of the other."""
    for side, values in found.items():
        for name, value in values.items():
            if (name, side) in known.edited and not known.histories[name].is_loose:
                assert known.histories[name].now[side] == value, (known.name, name)


def _describe(end: End, edited: set[tuple[str, str]], name: str, gap: int) -> list[str]:
    """Return in words what the end of a property shows."""
    sides = sorted(side for prop, side in edited if prop == name)
    met = [f"{name} edited in {side}" for side in sides]
    if end.report:
        met.append(end.report)
    if end.report == CONFLICT and gap == 0:
        met.append("tie")
    if len(sides) == len(SIDES) and not end.report and None is not end.left:
        met.append("two edits, and one value at the end")
    return met


def _begin_anew(known: Known, actors: Actors) -> list[str]:
    """Start the log of a record anew at rest; return what was met."""
    met = [] if known.synced else [f"new {known.kind}"]
    met += sorted(known.events)
    if known.synced and known.edited and known.left_id in actors.strangers:
        met.append("edited beside a stranger")
    if known.fate is not Fate.LIVE and not known.is_over:
        met.append(f"{known.kind} {known.fate}")
        met += ["edit against deletion"] if known.edited else []
        known.is_over = True
    if known.synced:
        where = {side for _, side in known.edited}
        both = "here and there" if len(where) == len(SIDES) else "on one side"
        met.append(f"{len(known.edited)} edited {both}")
        names = {name for name, _ in known.edited}
        met += ["replaced order"] if names & FIXED else []
    known.begin_anew()
    return met


def _without_optional(
    actors: Actors, issues: Counter[tuple[str, str, str]]
) -> Counter[tuple[str, str, str]]:
    """Return the issues without those that a state may not know of any more."""
    optional = {known.left_id for known in actors.log if known.is_report_optional}
    return Counter({key: n for key, n in issues.items() if key[1] not in optional})


def _is_unborn(known: Known) -> bool:
    """Return whether an invoice was voided before it had an order."""
    return known.fate is Fate.VOIDED and not known.had_right
