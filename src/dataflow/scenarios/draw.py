"""Draw scenarios: records in a common state, and events on both sides before a run.

Each scenario switches off most kinds of events, so that the others meet often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any, TypeAlias

from hypothesis import strategies as st

from dataflow.harness.generated.story import Event
from dataflow.scenarios.play import Scenario

#: Chooses a value: what Hypothesis gives to a composite strategy.
Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]

_LINE = {"name": "Widget", "quantity": 1, "unit_cost": 40}
_HOUR = 3600
#: Properties of new records: ordinary ones, and values that resemble each other. A
#: scenario draws one of them for each record.
PERSONS: Sequence[dict[str, object]] = (
    {},
    {"name": "Ann Lee", "phone": "555-0100"},
    {"name": "ann lee", "phone": "555-0100"},
    {"phone": "5550100", "email": "family@example.com"},
    {"email": "family@example.com", "address1": "1 Main Street"},
    {"address1": "1 Main Street", "phone": "+47 555 0100 extension 12345"},
    {"number": "C-1"},
    {"number": "C-01"},
    {"number": "C1", "taxable": False},
    {"name": "Maximiliana " * 11 + "Lee", "language": "no"},
    {"name": "Ann \N{MATHEMATICAL SCRIPT CAPITAL A} Lee"},
    {"parent_customer": "person A"},
    {"notes": "Prefers the telephone", "credit_hold": True},
)
INVOICES: Sequence[dict[str, object]] = (
    {},
    {"purchase_order": "PO-7"},
    {"purchase_order": "PO-7", "notes": "Handle with care"},
    {"number": "I-1"},
    {"number": "I1"},
    {"number": "I-01"},
    {"items": [_LINE | {"quantity": 1.5}]},
    {"items": [_LINE] * 12},
    {"items": [_LINE | {"unit_cost": 2_000_000}]},
    {"items": [{"catalog_item": "item D", "quantity": 1}]},
    {"ship_to": {"name": "Ann", "address1": "2 Main Street", "country": "US"}},
    {"date": 2_100_000_000, "due_date": 2_110_000_000},
    {"closed": True},
)
ITEMS: Sequence[dict[str, object]] = (
    {},
    {"id": "A-1", "name": "Widget"},
    {"id": "a-1", "name": "widget"},
    {"id": "A1"},
    {"id": "A-01"},
    {"id": "I-1"},
    {"taxable": False, "gl_account": "4000"},
    {"description": "One\nTwo", "unit_cost": -5},
    {"name": "木 \N{MATHEMATICAL SCRIPT CAPITAL A}"},
)
_CURRENCIES = "usd", "eur", "gbp", "jpy"
_PERSON_EDITS: Sequence[dict[str, object]] = (
    {"phone": "555-0199"},
    {"notes": "Called"},
    {"name": "Ada Lovelace"},
    {"address1": "3 Main Street", "city": "Oslo"},
)
#: What people write in Chargebee into properties that are not listed.
_THERE: Mapping[str, Mapping[str, object]] = {
    "person": {"company": "Engines", "meta_data": {"kept_by": "another program"}},
    "invoice": {"note": "Ring twice", "tracking_id": "T-7"},
    "item": {"external_name": "Green", "metadata": {"kept_by": "another program"}},
}


@dataclass(eq=False)
class Book:
    """The records of a scenario that is being drawn, and how values are drawn."""

    draw: Draw
    labels: dict[str, list[str]] = field(default_factory=dict)

    def choose(self, values: Sequence[Any]) -> Any:  # noqa: ANN401 - of any type
        """Return one of these values; the first is the simplest."""
        return self.draw(st.sampled_from(values))

    def add(self, noun: str) -> str:
        """Return the name of a new record."""
        letter = ascii_uppercase[sum(map(len, self.labels.values()))]
        label = f"{noun} {letter}"
        self.labels.setdefault(noun, []).append(label)
        return label

    def find(self, *nouns: str) -> str:
        """Return a record of one of these nouns."""
        found = [label for noun in nouns for label in self.labels.get(noun, ())]
        return str(self.choose(found or ["item Z"]))


Move: TypeAlias = Callable[[Book], Event]


def _new_person(book: Book) -> Event:
    return Event(book.add("person"), "created", book.choose(PERSONS))


def _new_item(book: Book) -> Event:
    return Event(book.add("item"), "created", book.choose(ITEMS))


def _new_invoice(book: Book, noun: str = "invoice", *owners: str) -> Event:
    owner = book.find(*(owners or ("person",)))
    values = {"customer": owner, "currency": book.choose(_CURRENCIES)}
    return Event(book.add(noun), "created", values | book.choose(INVOICES))


def _edit(nouns: str, *edits: Mapping[str, object]) -> Move:
    return lambda book: Event(
        book.find(*nouns.split(",")), "edited", book.choose(edits)
    )


def _do(nouns: str, name: str) -> Move:
    return lambda book: Event(book.find(*nouns.split(",")), name)


def _pay(book: Book) -> Event:
    value = book.choose(({}, {"amount": 1}))
    return Event(book.find("invoice", "draft invoice"), "paid", value)


def _merge(name: str) -> Move:
    def move(book: Book) -> Event:
        return Event(book.find("person"), name, {"into": book.find("person")})

    return move


def _edit_there(book: Book) -> Event:
    noun = book.choose(list(_THERE))
    return Event(book.find(noun), "edited in Chargebee", _THERE[noun])


def _ship(book: Book) -> Event:
    status = {"status": book.choose(("shipped", "delivered"))}
    return Event(book.find("invoice"), "edited in Chargebee", status)


_INVOICE = "invoice,draft invoice"
#: What can happen. Of these, each scenario has some.
MOVES: dict[str, Move] = {
    "new invoice": _new_invoice,
    "new person": _new_person,
    "new item": _new_item,
    "new draft": lambda book: _new_invoice(book, "draft invoice"),
    "new invoice of a company": lambda book: _new_invoice(book, "invoice", "company"),
    "currency": _edit(_INVOICE, *({"currency": code} for code in _CURRENCIES)),
    "invoice": _edit(
        _INVOICE,
        {"notes": "Now"},
        {"purchase_order": "PO-8"},
        {"due_date": 2_120_000_000},
    ),
    "person": _edit("person", *_PERSON_EDITS),
    "item": _edit("item", {"description": "Now in blue"}, {"name": "Blue widget"}),
    "issue": _edit("draft invoice", {"draft": False}),
    "close": _edit("invoice", {"closed": True}, {"closed": False}),
    "activity": _edit("person", {"active": False}, {"active": True}),
    "type": _edit("person,company", {"type": "person"}, {"type": "company"}),
    "pay": _pay,
    "void": _do("invoice", "voided"),
    "delete item": _do("item", "deleted"),
    "delete invoice": _do(_INVOICE, "deleted"),
    "anew": _do("item", "made anew"),
    "merge": _merge("merged"),
    "edit there": _edit_there,
    "ship": _ship,
    # Not of persons: it deletes their orders, and a good sync may end with an error.
    "delete there": _do("invoice,item", "deleted in Chargebee"),
    "pay there": _do("invoice", "paid in Chargebee"),
    "merge there": _merge("merged in Chargebee"),
}
#: How many kinds of events a scenario has, and how many events before one run.
_FEWEST, _MOST, _EVENTS = 3, 5, 4
#: What each scenario may have: the edits of a listed property meet all other events.
_ALWAYS = ("currency", "new invoice")
#: One of so many records and events is left out: the shortest scenario has none.
_ODDS = 5


@st.composite
def scenarios(draw: Draw) -> Scenario:
    """Draw a scenario: the common state on both sides, and two phases of events."""
    book = Book(draw)
    kinds = st.sampled_from(list(MOVES))
    enabled = draw(st.lists(kinds, min_size=_FEWEST, max_size=_MOST, unique=True))
    enabled = [*enabled, *_ALWAYS]
    phases = [_draw_start(book), _draw_edits_there(book)]
    for _ in range(2):
        moves = [MOVES[book.choose(enabled)] for _ in range(_EVENTS)]
        phases.append(tuple(move(book) for move in moves if _is_kept(draw)))
    return Scenario(tuple(phase for phase in phases if phase))


def _is_kept(draw: Draw) -> bool:
    return bool(draw(st.integers(0, _ODDS - 1)))


def _draw_edits_there(book: Book) -> tuple[Event, ...]:
    """Return what people have written in Chargebee before the events."""
    return tuple(
        Event(label, "edited in Chargebee", values)
        for noun, values in _THERE.items()
        for label in book.labels.get(noun, ())
        if _is_kept(book.draw)
    )


def _draw_start(book: Book) -> tuple[Event, ...]:
    """Return the records of the common state; the shortest has few of them."""
    nouns = ("person", "person", "company", "item")
    events = [Event(book.add(noun), "created") for noun in nouns]
    more: tuple[Move, ...] = (
        _new_invoice,
        _new_invoice,
        lambda book: _new_invoice(book, "draft invoice"),
        lambda book: _new_invoice(book, "invoice", "company"),
        _new_item,
        _new_person,
    )
    events += [move(book) for move in more if _is_kept(book.draw)]
    return tuple(events)
