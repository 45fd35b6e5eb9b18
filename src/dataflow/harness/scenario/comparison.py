"""Compare both accounts as a whole with what they would be without the sync."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from dataflow.harness.categories import Category, MismatchError
from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.ledger import (
    ABSENT,
    Change,
    Difference,
    Path,
    Place,
    has_ended,
    list_changed_values,
    render_value,
)
from dataflow.harness.scenario.world import World
from dataflow.network.hooks import Exchange
from dataflow.record_types.model import CARRIER, ITEM, KINDS
from dataflow.vendors.chargebee import is_live
from dataflow.vendors.connection import Record

#: A message shows this many differences.
_SHOWN = 5

#: What vendors renew by themselves: the time and the version of a change (documented),
#: and that a due date has passed (recorded).
_VOLATILE = frozenset({"noted_due", "resource_version", "updated_at"})
#: What no sync may undo, in any reading of the document: payments and voidings.
_STATES = frozenset({"closed", "paid", "received", "status", "voided"})
#: An edit of one of these may end a pair, in some reading of the document.
_ENDING = frozenset({"active", "draft", "type", "voided"})
#: What Chargebee derives for an order from its invoice, and from its own status
#: (documented).
_FOLLOWS = frozenset(
    (
        *("amount_adjusted", "amount_paid", "paid_on", "payment_status"),
        *("delivered_at", "refundable_credits", "shipped_at", "status_update_at"),
    )
)
#: The parts of an order that follow from the lines of its invoice.
_LINES = frozenset(
    (
        *("amount_adjusted", "discount", "order_line_items", "rounding_adjustement"),
        *("sub_total", "tax", "total"),
    )
)
#: Where either vendor lets programs keep entries of their own (documented).
_ENTRIES = frozenset({"meta_data", "metadata"})
_PAST_DUE = "past_due"
#: The prices of an item, which has them in Chargebee alone.
_PRICE = "item_price"
#: Vendors may distinguish these; a sync need not.
_NOTHING = (ABSENT, None, "")
#: A shorter text is a part of too many others.
_SHORTEST = 3
#: The last digits of a phone number, which it has in each format.
_LOCAL = 6


def judge(world: World) -> list[Difference]:
    """Return what the sync has changed since the scenario began, and may not change.

    What is there now is expected from now on.
    """
    changes = world.ledger.settle()
    if changes:
        world.damage += _Judgement(world, changes).find_damage()
    return world.damage


class _Judgement:
    """Which changes of the sync the scenario, a vendor, or a mark explains."""

    def __init__(self, world: World, changes: Sequence[Change]) -> None:
        self._world = world
        self._ledger = world.ledger
        self._changes = changes
        self._made = {
            Place(world.invoiced.name, made.kind.left, made.id): made
            for made in world.made
        }

    def find_damage(self) -> Iterator[Difference]:
        """Yield the differences that nothing explains."""
        for change in self._changes:
            place = change.place
            if place in self._ledger.older or self._is_free(change):
                continue
            is_over = change.after is None or (
                has_ended(change.after) and not has_ended(change.before or {})
            )
            if is_over and not self._may_end(place):
                yield Difference(place)
            elif change.before is None:
                yield Difference(place, after=change.after)
            elif change.after is not None:
                yield from self._compare(place, change)

    def _is_free(self, change: Change) -> bool:
        """Return whether a record is the sync's own, or is counted elsewhere."""
        place = change.place
        if change.before is None:
            is_counted = place.noun in {kind.left for kind in KINDS}
            return is_counted or place.system == self._world.chargebee.name
        if place in self._ledger.of_sync and self._owner(place) is None:
            return True
        kinds = (kind for kind in KINDS if place.noun in {kind.name, kind.left})
        return any(self._world.is_named_own(kind, change.before) for kind in kinds)

    def _owner(self, place: Place) -> CreatedRecord | None:
        return self._made.get(place) or self._owners.get(place)

    @cached_property
    def _owners(self) -> Mapping[Place, CreatedRecord]:
        """Return the owners of counterparts, and of what these need."""
        owners: dict[Place, CreatedRecord] = {}
        name, records = self._world.chargebee.name, self._list_chargebee()
        for kind in KINDS:
            find = self._world.marks.index(kind, records[kind.name])
            for made in (one for one in self._world.made if one.kind is kind):
                for record in find(made.id):
                    owners[Place(name, kind.name, str(record["id"]))] = made
                    invoice = str(record.get("invoice_id"))
                    owners[Place(name, CARRIER.name, invoice)] = made
        for price in records[_PRICE]:
            item = Place(name, ITEM.name, str(price.get("item_id")))
            if item in owners:
                owners[Place(name, _PRICE, str(price["id"]))] = owners[item]
        return owners

    def _list_chargebee(self) -> Mapping[str, list[Record]]:
        """Return the records of Chargebee by noun, as they were and as they are."""
        records = defaultdict[str, list[Record]](list)
        before = ((each.place, each.before) for each in self._changes if each.before)
        for place, record in chain(before, self._ledger.now.items()):
            if place.system == self._world.chargebee.name:
                records[place.noun].append(record)
        return records

    def _may_end(self, place: Place) -> bool:
        """Return whether a reading of the document lets a sync end this record."""
        owner = self._owner(place)
        if owner is None or place in self._made:
            return owner is not None and owner.deleted
        return owner.deleted or self._is_touched(owner)

    def _compare(self, place: Place, change: Change) -> Iterator[Difference]:
        before, after = change.before or {}, change.after or {}
        is_explained = (
            self._is_explained_in_invoiced
            if place.system == self._world.invoiced.name
            else self._is_explained_in_chargebee
        )
        has_replaced = is_live(before) != is_live(after) and self._may_end(place)
        for path, old, new in list_changed_values(before, after):
            is_allowed = path[0] in _VOLATILE or has_replaced
            if not (is_allowed or is_explained(place, path, old, new)):
                yield Difference(place, path, old, new)

    def _is_explained_in_invoiced(
        self, place: Place, path: Path, old: object, new: object
    ) -> bool:
        owner = self._owner(place)
        if owner is None:
            return False
        given = owner.record.get(path[0]) or {}
        is_added = path[-1] not in given if path[1:] else old in _NOTHING
        if (path[0] in _ENTRIES and is_added) or new == _PAST_DUE:
            return True
        own = self._ledger.touched.get(place, {})
        is_undone = path[0] not in _STATES and new in own.get(path, ())
        theirs = self._list_touched(owner, self._world.chargebee.name)
        return is_undone or owner.deleted or _is_similar(new, theirs)

    def _is_explained_in_chargebee(
        self, place: Place, path: Path, old: object, new: object
    ) -> bool:
        owner = self._owner(place)
        if owner is None:
            return False
        if self._is_mark(place, path, owner) or self._has_ended(owner):
            return True
        is_own_entry = path[0] in _ENTRIES and place in self._ledger.of_sync
        if is_own_entry and old is ABSENT:
            return True
        if not self._is_touched(owner):
            return False
        follows = path[0] in _FOLLOWS or (
            path[0] in _LINES and "items" in self._list_names(owner)
        )
        is_needed = place.noun in {CARRIER.name, _PRICE}
        values = self._list_touched(owner)
        return is_own_entry or follows or is_needed or _is_similar(new, values)

    def _is_mark(self, place: Place, path: Path, owner: CreatedRecord) -> bool:
        marks = self._world.marks.by_kind.get(place.noun, ())
        now = self._ledger.now.get(place, {})
        return any(mark.path == path and mark.is_on(now, owner.id) for mark in marks)

    def _has_ended(self, owner: CreatedRecord) -> bool:
        """Return whether the document leaves open what becomes of the counterpart."""
        return owner.deleted or not _ENDING.isdisjoint(self._list_names(owner))

    def _is_touched(self, owner: CreatedRecord) -> bool:
        """Return whether the scenario has changed a pair, or its customer's."""
        places = self._list_places(owner)
        return any(self._ledger.touched.get(place) for place in places)

    def _list_names(self, owner: CreatedRecord) -> set[str]:
        """Return the names of the properties that the scenario has changed."""
        places = self._list_places(owner)
        touched = (self._ledger.touched.get(place, {}) for place in places)
        return {path[0] for paths in touched for path in paths}

    def _list_touched(self, owner: CreatedRecord, system: str = "") -> list[str]:
        """Return the values of a pair that the scenario has changed, in short."""
        values = {
            _shorten(value)
            for place in self._list_places(owner)
            if system in {"", place.system}
            for values in self._ledger.touched.get(place, {}).values()
            for value in values
        }
        ids = ((place.key, made.id) for place, made in self._owners.items())
        pairs = [(_shorten(one), _shorten(other)) for one, other in ids]
        here = {other for one, other in pairs if one in values}
        there = {one for one, other in pairs if other in values}
        return sorted(values | here | there)

    def _list_places(self, owner: CreatedRecord) -> list[Place]:
        """Return the places of a pair and of its customer's, in both systems."""
        every = {**self._made, **self._owners}
        return [
            place
            for place, made in every.items()
            if made is owner or made is owner.customer
        ]


def _shorten(value: object) -> str:
    """Return the letters and digits of a value: a sync may format it as it needs."""
    text = "" if value in _NOTHING else str(value)
    return "".join(filter(str.isalnum, text.casefold()))


def _is_similar(value: object, others: Iterable[str]) -> bool:
    """Return whether a value is one of the others, a part of it, or contains it."""
    text = _shorten(value)
    return any(text == other or _is_part(text, other) for other in others)


def _is_part(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SHORTEST:
        return False
    is_phone = one.isdecimal() and other.isdecimal()
    has_local = is_phone and one[-_LOCAL:] == other[-_LOCAL:]
    return has_local or one in other or other in one


def require_unchanged(world: World, found: Sequence[Difference]) -> None:
    """Raise `MismatchError` if there are differences."""
    if found:
        raise MismatchError(render_differences(world, found), Category.CHANGED)


def render_differences(world: World, found: Sequence[Difference]) -> str:
    """Return the first differences like a diff, each with the call that wrote it."""
    head = "the sync has changed what the scenario has not:"
    lines = [line for each in found[:_SHOWN] for line in _render(world, each)]
    more = len(found) - _SHOWN
    return "\n".join([head, *lines, *([f"... and {more} more"] if more > 0 else [])])


def _render(world: World, found: Difference) -> Iterator[str]:
    call = _find_write(world.list_calls(), found)
    written = f", written by {call.method} {call.path}" if call else ""
    yield f"{' '.join(found.place)}{written}"
    name = ".".join(found.path) or "the record"
    if found.path or found.after is ABSENT:
        yield f"- {name}{render_value(found.before) if found.path else ''}"
    if found.path or found.after is not ABSENT:
        yield f"+ {name}{render_value(found.after) if found.path else ''}"


def _find_write(calls: Iterable[Exchange], found: Difference) -> Exchange | None:
    """Return the last write of the sync to a record, of the property if it can."""
    writes = [
        call
        for call in calls
        if call.is_write
        and call.system == found.place.system
        and found.place.key in call.path.split("/")
    ]
    named = [
        call for call in writes if found.path and found.path[-1].encode() in call.body
    ]
    return next(reversed(named or writes), None)
