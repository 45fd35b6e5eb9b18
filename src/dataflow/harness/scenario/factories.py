"""Create the records of a scenario: in Invoiced by noun, and strangers in Chargebee."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dataflow.record_types import find_by_kind, find_noun
from dataflow.record_types.chargebee import ORDER_CUSTOMER
from dataflow.record_types.invoiced import CURRENCIES, METADATA, YEAR
from dataflow.record_types.model import Content, Fill, Kind, Noun, RecordType
from dataflow.sandbox.run_mark import Scope
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import Record
from dataflow.vendors.invoiced import InvoicedAccount

_NO_MARKS: Mapping[str, str] = {}


@dataclass(eq=False)
class CreatedRecord:
    """A record that a scenario has created in Invoiced.

    `expected`: it must get a counterpart under every reading of the document.
    `record`: its values right after the creation. `written`: the names of the values
    that were sent; the others are the vendor's. `deleted`: the scenario has deleted it,
    on either side.
    """

    kind: Kind
    noun: str
    record: Record
    expected: bool = True
    customer: CreatedRecord | None = None
    written: frozenset[str] = frozenset()
    deleted: bool = False

    @property
    def id(self) -> str:
        """Return the Invoiced id, as text."""
        return str(self.record["id"])

    def __str__(self) -> str:
        """Return the noun and the id, as messages name a record."""
        return f"{self.noun} {self.id}"


class RecordFactory:
    """Creates records; `name` makes a word unique, `marks` go into the metadata."""

    def __init__(
        self,
        account: InvoicedAccount,
        name: Callable[[str], str],
        marks: Mapping[str, str] = _NO_MARKS,
    ) -> None:
        self._account = account
        self._name = name
        self._metadata = {**METADATA, **marks}

    def name(self, word: str) -> str:
        """Return a name that no other record has."""
        return self._name(word)

    def fill(self, value: object) -> object:
        """Return a value with `{}` replaced by a word that occurs nowhere else."""
        if not isinstance(value, str):
            return value
        return value.replace("{}", self._name("word").rpartition(" ")[2])

    def create(
        self,
        noun: str,
        currency: str,
        values: Mapping[str, object],
        customer: CreatedRecord | None = None,
    ) -> CreatedRecord:
        """Create a record by noun, with a new customer if it needs one and has none.

        Raises `FeatureError` for a noun that no record type has.
        """
        record_type, meant = find_noun(noun)
        if meant.customer and customer is None:
            # A record need not be in its customer's currency: no sync may guess so.
            theirs = next(code for code in CURRENCIES if code != currency)
            customer = self.create(meant.customer, theirs, {})
        given = self._fill_in(record_type, meant, currency, values, customer)
        assert record_type.kind is not None, f"{noun} has no adapter"
        created = CreatedRecord(
            record_type.kind,
            noun,
            self._account.create(record_type.kind, given),
            meant.is_expected,
            customer,
            frozenset(given),
        )
        self._finish(created, meant)
        return created

    def recreate(self, created: CreatedRecord) -> None:
        """Create a deleted record again, with the values of its first creation."""
        values = {name: created.record[name] for name in sorted(created.written)}
        created.record = self._account.create(created.kind, values)
        created.deleted = False

    def _fill_in(
        self,
        record_type: RecordType,
        noun: Noun,
        currency: str,
        values: Mapping[str, object],
        customer: CreatedRecord | None,
    ) -> dict[str, object]:
        """Return the values of a new record; those of the feature win."""
        owner: Mapping[str, Any] = customer.record if customer else {}
        content = {**record_type.content, **noun.content}
        is_named = Fill.NAME in content.values() or "number" in values
        name = self._name(record_type.word) if is_named else ""
        filled: dict[object, object] = {
            Fill.NAME: name,
            Fill.NAME_AS_ID: name.replace(" ", "_"),
            Fill.CURRENCY: currency,
            Fill.CUSTOMER: owner.get("id"),
            Fill.IN_A_YEAR: owner.get("created_at", 0) + YEAR,
        }
        own = {
            key: filled[value] if isinstance(value, Fill) else value
            for key, value in content.items()
        }
        given = {key: record_type.read_value(key, each) for key, each in values.items()}
        return {**own, "metadata": self._metadata, **_named(given, name)}

    def _finish(self, created: CreatedRecord, noun: Noun) -> None:
        """Bring a new record to its final state."""
        if noun.final == "voided":
            self._account.void(created.id)
        elif noun.final == "paid":
            self._account.pay(created.record)
        else:
            return
        record = self._account.get(created.kind, created.id)
        created.record = record or created.record


def _named(values: Mapping[str, object], name: str) -> dict[str, object]:
    """Return the values, with this name in each template of an id, name or number."""
    last = name.rpartition(" ")[2]
    templates = ((field, values.get(field)) for field in ("id", "name", "number"))
    own = {
        field: template.format(name, last=last)
        for field, template in templates
        if isinstance(template, str)
    }
    return {**values, **own}


# Strangers: records in Chargebee that no sync has created, and no counterparts.


def create_strangers(
    site: ChargebeeSite, kind: Kind, name: str, scope: Scope
) -> list[tuple[Kind, Record]]:
    """Create a record of this name, marked, after the records that it needs."""
    record_type = find_by_kind(kind)
    ids = _name_ids(name, scope)
    made: list[tuple[Kind, Record]] = []
    now: object = None
    for needed in record_type.prerequisites:
        values = _fill_words(needed.content, ids, now) | _mark(needed.mark_field, scope)
        made.append((needed.kind, site.create(needed.kind, values)))
        now = now or made[-1][1].get("created_at")
    values = _fill_words(record_type.content, ids, now)
    values |= _mark(record_type.mark_field, scope)
    return [*made, (kind, site.create(kind, values))]


def name_order_customer(name: str, scope: Scope) -> str:
    """Return the id of the customer of this stranger's order."""
    return ORDER_CUSTOMER.format(**_name_ids(name, scope))


def _name_ids(name: str, scope: Scope) -> dict[str, str]:
    own = name.replace(" ", "-")
    # An order and a family have no place for a mark but their ids.
    marked = f"{scope.run}-{name.rpartition(' ')[2]}" if scope.run else own
    group = marked if scope.run else f"family-{own}"
    return {"name": name, "id": own, "marked": marked, "group": group}


def _fill_words(
    content: Content, words: Mapping[str, str], now: object
) -> dict[str, object]:
    def fill(value: object) -> object:
        if isinstance(value, str):
            return value.format(**words)
        return now if value is Fill.NOW else value

    return {key: fill(value) for key, value in content.items()}


def _mark(field: str, scope: Scope) -> dict[str, object]:
    # An entry of another program: no sync may remove it.
    return {field: json.dumps({**METADATA, **scope.marks})} if field else {}
