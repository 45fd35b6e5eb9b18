"""Compare both systems, at rest, with the log of outside edits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias

from properties.accounts import Ran, Record
from properties.log import (
    FIXED,
    LEFT_KINDS,
    Fate,
    Known,
    mark_of,
    read_left,
    read_right,
)
from properties.oracle import CONFLICT, LEFT, RIGHT, SIDES, End, Value
from properties.people import DELETED_AFTER, People

BROKEN = "broken"

#: So many runs may be needed after trouble, each after a pause that is longer than the
#: longest delay of another attempt. Without trouble, the second has nothing to do.
RUNS, PAUSE, QUIET = 8, 90_000, 2

#: Longer than Chargebee's lists lag.
AFTER_LAG = 400

#: Chargebee's records by their kind.
Rights: TypeAlias = Mapping[str, list[Record]]

#: An issue: the record type, the Invoiced id, and the kind.
Reported: TypeAlias = tuple[str, str, str]


def rest(people: People, *, is_loose: bool) -> Ran:
    """Run the sync until it is quiet, and return the last run.

    Only after trouble, it may take more than two runs.
    """
    world = people.world
    lag = AFTER_LAG if world.twins.chargebee.switches.list_lag else 0
    for number in range(1, (RUNS if is_loose else QUIET) + 1):
        world.clock.advance(PAUSE if is_loose else lag)
        ran = world.sync()
        is_quiet = not (ran.writes or ran.outcome.failed or ran.outcome.later)
        if is_quiet and number > 1:
            if world.settings.propagate_deletions:
                world.clock.advance(DELETED_AFTER)
            return ran
    raise AssertionError(f"no rest after {number} runs: {ran.complaints}")


def compare(people: People, ran: Ran) -> Counter[str]:
    """Compare all, and start the log anew; return what was reached."""
    rights = {kind: people.list_rights(kind) for kind in LEFT_KINDS}
    reached = Counter(_remove_propagated(people, rights))
    _compare_records(people, rights)
    _compare_invoices(people, rights["order"])
    expected: Counter[Reported] = Counter()
    for known in people.log:
        found = _find(people, known, rights)
        if known.fate is Fate.LIVE:
            ends = _list_ends(known, found)
            reports = [end.report for end in ends.values() if end.report]
            reached.update(_describe(known, ends))
        else:
            reports = _compare_survivor(known, found)
            reached["edit against deletion"] += bool(known.events and known.touched)
        reached.update(known.events)
        reached[f"new {known.kind}"] += not known.synced
        name = LEFT_KINDS[known.kind]
        expected.update((name, known.left_id, report) for report in reports)

    optional = people.abandoned | {
        x.left_id for x in people.log if x.is_report_optional
    }
    actual = Counter(ran.list_issues())
    expected, actual = (
        Counter({x: n for x, n in issues.items() if x[1] not in optional})
        for issues in (expected, actual)
    )

    assert expected == actual
    for known in people.log:
        known.synced, known.touched, known.events = True, set(), set()
    return reached


def _remove_propagated(people: People, rights: Rights) -> list[str]:
    """Remove the records that the sync may have deleted, since only deletion edits."""
    if not people.world.settings.propagate_deletions:
        return []
    reached = []
    for fate, survivor in ((Fate.DELETED_LEFT, RIGHT), (Fate.DELETED_RIGHT, LEFT)):
        for known in people.list_fated(fate):
            is_there = (
                any(mark_of(known.kind, x) == known.left_id for x in rights[known.kind])
                if survivor == RIGHT
                else known.left_id in people.world.lefts(LEFT_KINDS[known.kind])
            )
            if not is_there and survivor not in known.touched:
                people.log.remove(known)
                reached.append("deletion propagated")
    return reached


def _compare_records(people: People, rights: Rights) -> None:
    """Verify that nothing is lost or doubled."""
    marks = [(kind, mark_of(kind, one)) for kind in rights for one in rights[kind]]
    ours = [one for one in marks if one[1] not in {None, *people.abandoned}]
    theirs = {
        one["id"]: one.get("email")
        for one in rights["customer"]
        if mark_of("customer", one) is None
    }
    paired = [x for x in people.log if x.fate is not Fate.DELETED_RIGHT]

    assert sorted((one.kind, one.left_id) for one in paired) == sorted(ours)
    assert people.strangers == theirs
    assert len(people.strangers) == sum(mark is None for _, mark in marks)


def _compare_invoices(people: People, orders: list[Record]) -> None:
    """Verify that each invoice in Chargebee is that of an order."""
    invoices = [x["id"] for x in people.list_rights("invoice")]

    assert sorted(order["invoice_id"] for order in orders) == sorted(invoices)


def _find(people: People, known: Known, rights: Rights) -> dict[str, dict[str, Value]]:
    """Return what both sides hold of a record; a deleted side is missing."""
    customers = {one["id"]: one for one in rights["customer"]}
    found = {}
    if known.fate is not Fate.DELETED_LEFT:
        # An edit keeps a record, so that this finds it.
        left = people.world.left("GET", known.left_path)
        found[LEFT] = {name: read_left(name, left) for name in known.histories}
    for right in rights[known.kind]:
        if mark_of(known.kind, right) == known.left_id:
            found[RIGHT] = {
                name: read_right(name, right, customers) for name in known.histories
            }
            if known.kind == "order":
                assert known.note == right.get("note"), known
    return found


def _list_ends(
    known: Known, found: Mapping[str, Mapping[str, Value]]
) -> dict[str, End]:
    """Return how the properties of a record have ended, if each may end so."""
    ends = {}
    for name, history in known.histories.items():
        values = tuple(found[side][name] for side in SIDES)
        fits = {x for x in history.list_ends() if (x.left, x.right) == values}

        assert fits, (known, name, values)
        [ends[name]] = fits
    return ends


def _compare_survivor(
    known: Known, found: Mapping[str, Mapping[str, Value]]
) -> list[str]:
    """Verify that an edit has survived a deletion; return what must be reported."""
    for side, values in found.items():
        for name, value in values.items():
            history = known.histories[name]
            if side in history.edited:
                assert value in history.held(side), (known, name)
    return [] if known.fate is Fate.VOIDED else [BROKEN]


def _describe(known: Known, ends: Mapping[str, End]) -> list[str]:
    """Return what the ends of a record show, and start its log anew."""
    reached = []
    for name, end in ends.items():
        history = known.histories[name]
        sides = history.edited
        reached += [f"{name} edited in {side}" for side in sorted(sides)]
        if known.synced and sides and name in FIXED:
            reached.append("replaced order")
        if end.report:
            reached.append(end.report)
        elif len(sides) == len(SIDES) and end.left is not None:
            reached.append("two edits, and one value at the end")
        gaps = {state.left_at - state.right_at for state in history.states}
        if end.report == CONFLICT and 0 in gaps:
            reached.append("tie")
        history.rest(end)
    return reached
