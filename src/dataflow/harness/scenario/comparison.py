"""Compare both accounts as a whole with what they were, property by property."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dataflow.harness.scenario.factories import CreatedRecord
from dataflow.harness.scenario.world import VOLATILE, World, render_value
from dataflow.network.hooks import REFUSED, SYNC, Exchange
from dataflow.record_types.model import CARRIER, ITEM, KINDS, ORDER, PRICE, Kind
from dataflow.vendors.chargebee import is_live
from dataflow.vendors.connection import Record

#: A message shows this many differences.
_SHOWN = 5

#: What Invoiced derives from an action of the scenario on the record itself: of an
#: invoice, sums and state (documented), and links, which end with a voided one
#: (unconfirmed); of other records nothing (unconfirmed).
_DERIVED: Mapping[Kind, frozenset[str]] = {
    ORDER: frozenset(
        (
            *("balance", "closed", "due_date", "next_payment_attempt", "paid"),
            *("payment_url", "pdf_url", "status", "subtotal", "total", "url"),
        )
    )
}
#: What Chargebee derives for an order from its invoice, and from its own status
#: (documented).
_FOLLOWS = frozenset(
    (
        *("amount_adjusted", "amount_paid", "paid_on", "payment_status"),
        *("delivered_at", "refundable_credits", "shipped_at", "status_update_at"),
    )
)
#: An edit of one of these may end a pair, in some reading of the document.
_STATES = frozenset(("active", "draft", "type"))
#: The status of an invoice whose due date has passed (documented).
_PAST_DUE = "past_due"


@dataclass(frozen=True, slots=True)
class Difference:
    """A changed property of a record, as text; without `name`, the record is gone."""

    system: str
    record: str
    key: str
    name: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        """Return the difference as a sentence."""
        if not self.name:
            return f"{self.record} is gone from {self.system}"
        return f"{self.record}: {self.name} was {self.before} and is {self.after}"


def find_damage(world: World) -> list[Difference]:
    """Return what no scenario has requested of the records that it made in Invoiced."""
    found: list[Difference] = []
    for kind in KINDS:
        made = [one for one in world.made if one.kind is kind]
        records = world.invoiced.list_all(kind) if made else {}
        for one in made:
            now = records.get(one.id)
            if now is None and one.deleted and kind is ITEM:
                # An archived item is in no list.
                now = world.invoiced.get(kind, one.id)
            found += _compare_in_invoiced(world, one, now)
    return found


def _compare_in_invoiced(
    world: World, made: CreatedRecord, now: Record | None
) -> Iterator[Difference]:
    place = world.invoiced.name, str(made), made.id
    if now is None:
        if not made.deleted:
            yield Difference(*place)
        return
    for name in _list_names(made.record, now):
        value = render_value(now, name)
        allowed = _list_allowed(world, made, name)
        if value not in allowed and not _is_carried_over(world, made, name, now):
            yield Difference(*place, name, allowed[0], value)


def _list_names(before: Record, after: Record) -> list[str]:
    return sorted((before.keys() | after.keys()) - VOLATILE)


def _list_allowed(world: World, made: CreatedRecord, name: str) -> list[str]:
    """Return the values that a property had at the creation or after an action."""
    actions = [render_value(state, name) for state in world.states.get(made, ())]
    if actions and name in _DERIVED.get(made.kind, ()):
        return actions
    first = render_value(made.record, name)
    if (made, name) not in world.requested:
        return [first]
    requested = [repr(value) for value in world.requested[made, name]]
    return [first, *actions, *requested]


def _is_carried_over(world: World, made: CreatedRecord, name: str, now: Record) -> bool:
    """Return whether a value is a mark, of time, or comes from an edit in Chargebee."""
    value = now.get(name)
    if name == "metadata":
        # A sync may add marks of its own, but must keep the other entries.
        marks = value if isinstance(value, Mapping) else {}
        return bool((made.record.get(name) or {}).items() <= marks.items())
    if name == "status" and value == _PAST_DUE:
        return True
    edits = [edit for edit in world.edits if edit.system == world.chargebee.name]
    values = [edit.value for edit in edits if _is_about(edit.made, made)]
    if values and world.another_customer is not None:
        values.append(world.another_customer.id)
    return _contains(value, values)


def _is_about(edited: CreatedRecord, made: CreatedRecord) -> bool:
    """Return whether an edit of one record may be seen on another one."""
    return edited is made or edited is made.customer


def _contains(value: object, edited: Iterable[object]) -> bool:
    """Return whether one of the edited values appears in a value."""
    text = str(value).casefold()
    return any(str(each).casefold() in text for each in edited)


def find_damage_in_chargebee(world: World) -> list[Difference]:
    """Return what no scenario has requested of the records that were kept.

    A record of no pair is the sync's own, except for strangers.
    """
    owners = _find_owners(world)
    found: list[Difference] = []
    for kind, kept in world.kept.items():
        records = world.chargebee.list_all(kind) if kept else {}
        for key, before in kept.items():
            owner, now = owners.get((kind, key)), records.get(key)
            is_judged = (kind, key) in world.strangers or (
                owner is not None and not _may_end(world, kind, owner, now)
            )
            if is_judged:
                found += _compare_in_chargebee(world, kind, owner, before, now)
    return found


def _find_owners(world: World) -> dict[tuple[Kind, str], CreatedRecord]:
    """Return the records of the scenario, by their counterparts and what these need."""
    owners: dict[tuple[Kind, str], CreatedRecord] = {}
    for kind in KINDS:
        kept = list(world.kept.get(kind, {}).values())
        find = world.index_counterparts(kind, kept)
        for made in (one for one in world.made if one.kind is kind):
            for record in find(made):
                owners[kind, record["id"]] = made
                owners[CARRIER, record.get("invoice_id", "")] = made
    for key, price in world.kept.get(PRICE, {}).items():
        if (ITEM, price["item_id"]) in owners:
            owners[PRICE, key] = owners[ITEM, price["item_id"]]
    return owners


def _may_end(
    world: World, kind: Kind, owner: CreatedRecord, now: Record | None
) -> bool:
    """Return whether a reading of the document lets a sync end or replace a record."""
    if not _is_touched(world, owner):
        return False
    is_over = now is None or not is_live(now)
    # The invoice behind an order follows the payments in Invoiced.
    return is_over or kind is CARRIER or owner.deleted or _has_ended(world, owner)


def _is_touched(world: World, made: CreatedRecord) -> bool:
    """Return whether the scenario has acted on a pair."""
    is_edited = any(edit.made is made for edit in world.edits)
    return is_edited or made.deleted or made in world.states


def _has_ended(world: World, made: CreatedRecord) -> bool:
    """Return whether the document leaves open what becomes of the counterpart."""
    is_voided = any(
        each.get("status") == "voided" for each in world.states.get(made, ())
    )
    return is_voided or any((made, name) in world.requested for name in _STATES)


def _compare_in_chargebee(
    world: World,
    kind: Kind,
    owner: CreatedRecord | None,
    before: Record,
    now: Record | None,
) -> Iterator[Difference]:
    place = world.chargebee.name, f"{kind.name} {before['id']}", str(before["id"])
    if now is None:
        yield Difference(*place)
        return
    names = _list_names(before, now)
    if owner is not None:
        names = [
            name for name in names if not _may_change(world, kind, owner, name, now)
        ]
    for name in names:
        was, value = render_value(before, name), render_value(now, name)
        if value != was:
            yield Difference(*place, name, was, value)


def _may_change(
    world: World, kind: Kind, owner: CreatedRecord, name: str, now: Record
) -> bool:
    """Return whether a sync may change a property of this counterpart."""
    edits = [edit for edit in world.edits if _is_about(edit.made, owner)]
    if any(edit.name == name and edit.system == world.chargebee.name for edit in edits):
        return True
    if name in _FOLLOWS and _is_touched(world, owner):
        return True
    marks = world.marks.by_kind.get(kind.name, ())
    if any(m.path[0] == name and m.is_on(now, owner.id) for m in marks):
        return True
    requested = (
        value
        for (made, _), values in world.requested.items()
        if _is_about(made, owner)
        for value in values
    )
    return _contains(now.get(name), [*requested, *(edit.value for edit in edits)])


def render_differences(world: World, found: Sequence[Difference]) -> str:
    """Return the first differences like a diff, each with the call that wrote it."""
    head = "what the scenario has not requested was changed:"
    lines = [line for each in found[:_SHOWN] for line in _render(world, each)]
    more = len(found) - _SHOWN
    return "\n".join([head, *lines, *([f"... and {more} more"] if more > 0 else [])])


def _render(world: World, found: Difference) -> Iterator[str]:
    call = _find_write(world.list_calls(), found)
    written = f", written by {call.method} {call.path}" if call else ""
    yield f"{found.system} {found.record}{written}"
    if found.name:
        yield f"- {found.name}: {found.before}"
        yield f"+ {found.name}: {found.after}"
    else:
        yield "- the record"


def _find_write(calls: Iterable[Exchange], found: Difference) -> Exchange | None:
    """Return the last write of the sync to a record, of the property if it can."""
    writes = [
        call
        for call in calls
        if call.system == found.system
        and call.caller == SYNC
        and call.method != "GET"
        and call.status < REFUSED
        and found.key in call.path.split("/")
    ]
    named = [call for call in writes if found.name.encode() in call.body]
    return next(reversed(named or writes), None)
