"""Pairs of records, with values of all kinds, and what each side holds of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from dataflow.sync.mapping import apply_edits, get_at_path, set_at_path
from properties.accounts import (
    Accounts,
    Record,
)
from properties.rows import CUSTOMERS, INVOICES, ITEMS, Row, rich
from properties.values import DAY, Case, Held, family_of, kept

#: What a record was given, by its row.
Given: TypeAlias = Mapping[Row, Case]

#: What the two APIs let nobody edit (documented): their way back is a lost memory.
FIXED_LEFT, FIXED_RIGHT = {"customer"}, {"customer_id", "currency_code"}


@dataclass(frozen=True, slots=True)
class Sort:
    """One section of the checklist: what its records are called, and their mark."""

    section: tuple[str, str]
    left: str
    right: str
    mark: str

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the rows of the section whose values can be chosen."""
        flows = (f for f in rich() if (f.left, f.right) == self.section)
        return tuple(row for f in flows for row in f.pairs if row[0] != "customer")


CUSTOMER = Sort(CUSTOMERS, "customer", "customer", "meta_data.invoiced_id")
ORDER = Sort(INVOICES, "invoice", "order", "reference_id")
ITEM = Sort(ITEMS, "item", "item", "metadata.invoiced_id")

SECONDS = st.integers(1, 2_000_000_000)
ADDRESSES = st.sampled_from(["Ada@Example.com", "B.Bo@X.no", "c@d.EU", "e+f@g.no"])
CODES = st.sampled_from(["Eur", "usd", "GBP", "jpy", "NOK", "kwD"])


def address(text: str) -> Case:
    """Return an address, which Invoiced keeps in lower case."""
    return Case(text, text.lower(), text.lower())


def code(text: str) -> Case:
    """Return a currency code."""
    return Case(text, text.lower(), text.upper())


def day(seconds: int) -> Case:
    """Return a time on a day, of which the day is kept."""
    return Case(seconds, seconds - seconds % DAY, seconds - seconds % DAY)


#: Both APIs allow less than the types do, each property for a reason of its own.
NARROWER: Mapping[str, SearchStrategy[Case]] = {
    "email": ADDRESSES.map(address),
    "currency": CODES.map(code),
    "owner": st.integers(0, 10**9).map(kept),
    "credit_limit": st.decimals(0, 10**9, places=2).map(kept),
    "taxable": st.booleans().map(kept),
    "date": SECONDS.map(kept),
    "due_date": SECONDS.map(day),
    "name": family_of(("name", "name", "string")).cases.filter(lambda x: x.left),
}


def cases_of(row: Row) -> SearchStrategy[Case]:
    """Return what both APIs take for a row; the sync copies no empty value."""
    if row[0] in NARROWER:
        return NARROWER[row[0]]
    return family_of(row).cases.filter(lambda case: case.left is not None)


@st.composite
def two_versions(draw: st.DrawFn, sort: Sort) -> tuple[Given, Given]:
    """Return two sets of values for a record, different in every row."""
    first = {row: draw(cases_of(row)) for row in sort.rows}
    return first, {row: draw(other_than(row, case)) for row, case in first.items()}


def other_than(row: Row, case: Case) -> SearchStrategy[Case]:
    """Return what both APIs take for a row, but for one value."""
    return cases_of(row).filter(lambda other: other.left != case.left)


@dataclass(frozen=True, slots=True)
class Pair:
    """An Invoiced record and its counterpart, found by its mark."""

    world: Accounts
    sort: Sort
    left_id: str

    def left(self) -> Record:
        """Return the Invoiced record."""
        found: Record = self.world.left("GET", f"/{self.sort.left}s/{self.left_id}")
        return found

    def right(self) -> Record:
        """Return the one counterpart."""
        listed = self.world.rights(self.sort.right)
        [found] = [x for x in listed if get_at_path(x, self.sort.mark) == self.left_id]
        return found

    def write_left(self, values: Mapping[str, Held]) -> None:
        """Edit the Invoiced record."""
        self.world.clock.advance(2)
        path = f"/{self.sort.left}s/{self.left_id}"
        self.world.left("PATCH", path, dict(values))

    def write_right(self, values: Mapping[str, Held]) -> None:
        """Edit the counterpart."""
        self.world.clock.advance(2)
        right = self.right()
        path = f"/{self.sort.right}s/{right['id']}"
        self.world.right(path, apply_edits(right, values))

    def synced(self) -> tuple[Record, Record]:
        """Run the sync, and return what both systems hold then."""
        self.world.clock.advance(2)
        ran = self.world.sync()
        assert [] == ran.complaints
        return self.left(), self.right()


def of_left(values: Given) -> dict[str, Held]:
    """Return what Invoiced shall hold, by its own names."""
    return {row[0]: case.left for row, case in values.items()}


def of_right(values: Given) -> dict[str, Held]:
    """Return what Chargebee shall hold, by its own names."""
    return {row[1]: case.right for row, case in values.items()}


def held(record: Record, names: Mapping[str, Held]) -> dict[str, Held]:
    """Return what a record holds under these names."""
    return {name: get_at_path(record, name) for name in names}


def free(values: Mapping[str, Held]) -> dict[str, Held]:
    """Return the values that can be edited in Chargebee."""
    return {name: held for name, held in values.items() if name not in FIXED_RIGHT}


def made(world: Accounts, sort: Sort, values: Given) -> Pair:
    """Make a record in Invoiced, with a customer where it needs one."""
    body: Record = {"id": "tea"} if sort is ITEM else {}
    if sort is CUSTOMER:
        body |= {"name": "Ada Lovelace", "type": "person"}
    elif sort is ORDER:
        body |= {"customer": customer_of(world), "items": [line("7")]}
    for row, case in values.items():
        set_at_path(body, row[0], case.written)
    record = world.left("POST", f"/{sort.left}s", body)
    return Pair(world, sort, str(record["id"]))


def customer_of(world: Accounts) -> int:
    """Make a person in Invoiced; in Chargebee the id is somebody else's already.

    So no id is the same on both sides by chance.
    """
    person = {"name": "Ada Lovelace", "type": "person", "currency": "eur", "owner": 1}
    customer: int = world.left("POST", "/customers", person)["id"]
    world.right("/customers", {"id": str(customer)})
    return customer


def line(cost: str) -> Record:
    """Return a line of an invoice."""
    return {"name": "Tea", "unit_cost": Decimal(cost)}


def there_and_back(pair: Pair, first: Given, second: Given) -> list[dict[str, Held]]:
    """Take two sets of values there and back, and return where each has arrived."""
    edits = {row[1]: case.written for row, case in second.items()}
    _, there = pair.synced()
    pair.write_right(free(edits))
    over, _ = pair.synced()
    pair.write_right(free(held(there, of_right(first))))
    back, _ = pair.synced()
    pair.write_left({row[0]: case.written for row, case in second.items()})
    _, again = pair.synced()
    return [
        held(there, of_right(first)),
        held(over, of_left(second)),
        held(back, of_left(first)),
        held(again, of_right(second)),
    ]


def arrived(first: Given, second: Given) -> list[dict[str, Held]]:
    """Return what there_and_back has to come to."""
    fixed = {row: case for row, case in first.items() if row[1] in FIXED_RIGHT}
    over = {**of_left(second), **of_left(fixed)}
    return [of_right(first), over, of_left(first), of_right(second)]
