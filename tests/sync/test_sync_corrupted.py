"""Corrupted answers: they concern their record only, and end no run."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TypeAlias

import httpx
import pytest

from dataflow.sync.record_types import CUSTOMER, ITEM, ORDER, Kind
from dataflow.sync.state import StateStore
from tests.sync.world import Fault, Json, Record, World

#: What an answer holds in place of a record.
Change: TypeAlias = Callable[[Record], Json]

LEFT, RIGHT = "Invoiced", "Chargebee"

#: Letters of several scripts, written from right to left too, combining, and symbols.
SCRIPTS = "Жанна 王小明 محمد שָׁלוֹם ไทย हिन्दी e\u0301 🧾\u200d"


def without(name: str) -> Change:
    """Return a change that takes a property away."""
    return lambda record: {key: record[key] for key in record if key != name}


def having(**values: object) -> Change:
    """Return a change that sets properties."""
    return lambda record: record | values


def being(value: object) -> Change:
    """Return a change that puts something else in the place of the record."""
    return lambda _record: value


NO_RECORDS = {
    "a null row": being(None),
    "an empty row": being({}),
    "a row that is a text": being("row"),
    "a row that is a number": being(7),
    "a row that is a list": being([]),
    "no id": without("id"),
    "a null id": having(id=None),
    "an id that is a list": having(id=[1]),
    "an id that is an object": having(id={"id": 1}),
}
IDS = {
    "an id with a slash": having(id="a/b"),
    "an id of 51 characters": having(id="x" * 51),
    "an id in other scripts": having(id=SCRIPTS),
    "an empty id": having(id=""),
}
TIMES = {
    "no time of change": without("updated_at"),
    "a null time of change": having(updated_at=None),
    "a time of change that is a text": having(updated_at="yesterday"),
    "a time of change that is a list": having(updated_at=[1]),
    "a time of change before 1970": having(updated_at=-5),
    "a time of change after all": having(updated_at=10**20),
}
CORRUPTIONS: list[tuple[str, Kind, dict[str, Change]]] = [
    (
        LEFT,
        CUSTOMER,
        NO_RECORDS
        | IDS
        | TIMES
        | {
            "no type": without("type"),
            "a type that is a list": having(type=["person"]),
            "a name that is an object": having(name={"first": "Ada"}),
            "a name that is a number": having(name=7),
            "a null name": having(name=None),
            "a name of 2,000 characters": having(name="A" * 2_000),
            "a name in every script": having(name=SCRIPTS),
            "a name with control characters": having(name="A\x00\x1b\n\u202e"),
            "an email that is a list": having(email=["a@b.test"]),
            "an email that is none": having(email="nobody"),
            "an email of 200 characters": having(email="a" * 190 + "@b.test"),
            "no currency": without("currency"),
            "an unknown currency": having(currency="zzz"),
            "a currency that is a number": having(currency=978),
            "a time of creation that is a text": having(created_at="then"),
        },
    ),
    (
        LEFT,
        ITEM,
        NO_RECORDS
        | IDS
        | {
            "no name": without("name"),
            "a null name": having(name=None),
            "an empty name": having(name=""),
            "a name that is a list": having(name=["x"]),
            "a name in every script": having(name=SCRIPTS),
            "a description that is an object": having(description={}),
            "a description of 5,000 characters": having(description="d" * 5_000),
        },
    ),
    (
        LEFT,
        ORDER,
        NO_RECORDS
        | IDS
        | TIMES
        | {
            "no customer": without("customer"),
            "a null customer": having(customer=None),
            "a customer that is an object": having(customer={"id": 1}),
            "an unknown customer": having(customer=999_999),
            "no currency": without("currency"),
            "a null currency": having(currency=None),
            "an unknown currency": having(currency="zzz"),
            "a currency that is a list": having(currency=["eur"]),
            "no total": without("total"),
            "a zero total": having(total=0),
            "a negative total": having(total=-5),
            "a total that is a text": having(total="ten"),
            "a total that is a list": having(total=[10]),
            "a total beyond all numbers": having(total=1e300),
            "a total that is no number": having(total=float("nan")),
            "a balance that is a text": having(balance="none"),
            "a balance that is an object": having(balance={}),
            "lines that are null": having(items=None),
            "a null line": having(items=[None]),
            "a line that is a text": having(items=["Tea"]),
            "a date that is a text": having(date="today"),
            "a date beyond all dates": having(date=10**30),
            "a null due date": having(due_date=None),
            "a due date that is a list": having(due_date=[1]),
            "a status that is a list": having(status=["sent"]),
            "a number in every script": having(number=SCRIPTS),
            "a number that is an object": having(number={}),
        },
    ),
    (
        RIGHT,
        CUSTOMER,
        NO_RECORDS
        | IDS
        | TIMES
        | {
            "metadata that are a text": having(meta_data="x"),
            "metadata that are a list": having(meta_data=[1]),
            "a mark that is an object": having(meta_data={"invoiced_id": {}}),
            "a deletion that is a text": having(deleted="yes"),
        },
    ),
    (
        RIGHT,
        ITEM,
        NO_RECORDS
        | IDS
        | {
            "no status": without("status"),
            "a status that is a list": having(status=["active"]),
            "metadata that are a text": having(metadata="x"),
        },
    ),
    (
        RIGHT,
        ORDER,
        NO_RECORDS
        | IDS
        | TIMES
        | {
            "no reference": without("reference_id"),
            "a reference that is a list": having(reference_id=[1]),
            "no invoice": without("invoice_id"),
            "an invoice that is an object": having(invoice_id={}),
            "no customer": without("customer_id"),
            "a customer that is a list": having(customer_id=[1]),
            "no currency": without("currency_code"),
            "a currency that is a number": having(currency_code=978),
            "lines that are null": having(order_line_items=None),
            "a null line": having(order_line_items=[None]),
            "a status that is a list": having(status=["queued"]),
            "a version that is a text": having(resource_version="new"),
        },
    ),
]


@dataclass(frozen=True)
class Corruption:
    """What is wrong with each answer that shows one record."""

    side: str
    kind: Kind
    change: Change

    def spoil(self, ids: set[str], spoiled: list[str]) -> Fault:
        """Return a fault that changes the records of these ids, in lists and alone.

        `spoiled` gets the ids that were changed in an answer.
        """

        def change(record: Json) -> Json:
            record_id = str(record.get("id")) if isinstance(record, dict) else ""
            if record_id not in ids:
                return record
            spoiled.append(record_id)
            return self.change(record)

        def spoil_answer(
            request: httpx.Request, answer: Callable[[], httpx.Response]
        ) -> httpx.Response:
            response = answer()
            if not self._concerns(request) or response.status_code != httpx.codes.OK:
                return response
            body = self._spoil(json.loads(response.content), change)
            kept = {k: v for k, v in response.headers.items() if k != "content-length"}
            # Not `json=`: httpx refuses a number that is none.
            return httpx.Response(200, content=json.dumps(body), headers=kept)

        return spoil_answer

    def _concerns(self, request: httpx.Request) -> bool:
        path, is_right = request.url.path, request.url.path.startswith("/api/v2/")
        kind_path = self.kind.right_path if is_right else self.kind.left_path
        has_path = path.removeprefix("/api/v2").startswith(kind_path)
        return has_path and is_right == (self.side == RIGHT)

    def _spoil(self, body: Json, change: Change) -> Json:
        if isinstance(body, list):
            return [self._spoil(row, change) for row in body]
        if isinstance(body, dict) and isinstance(body.get("list"), list):
            return body | {"list": self._spoil(body["list"], change)}
        name = self.kind.right_name
        if self.side == RIGHT and isinstance(body, dict) and name in body:
            return {name: change(body[name])}
        return change(body)


def list_corruptions() -> list[object]:
    """Return the corruptions of both systems, by readable names."""
    return [
        pytest.param(
            Corruption(side, kind, change),
            id=f"{side} {kind.left_name if side == LEFT else kind.right_name} {name}",
        )
        for side, kind, changes in CORRUPTIONS
        for name, change in changes.items()
    ]


@dataclass(frozen=True)
class Records:
    """The Invoiced ids of a customer, an item and an invoice."""

    customer: str
    item: str
    order: str

    @classmethod
    def make(cls, world: World, name: str, payer: str) -> Records:
        """Make three records; the invoice is of another customer."""
        person = world.customer(name=name, email=f"{name}@example.test")
        return cls(person, world.item(name, name=name), world.invoice(payer))

    def edit(self, world: World, side: str) -> None:
        """Edit what no property of the checklist holds, so that lists show them."""
        world.clock.advance(5)
        if side == LEFT:
            world.left("PATCH", f"/customers/{self.customer}", {"notes": "seen"})
            world.left("PATCH", f"/items/{self.item}", {"description": "seen"})
            world.left("PATCH", f"/invoices/{self.order}", {"notes": "seen"})
        else:
            world.right("POST", f"/customers/{self.customer}", phone="1")
            world.right("POST", f"/items/{self.item}", description="seen")
            world.right("POST", f"/orders/invoiced-{self.order}", note="seen")

    def find_id(self, side: str, kind: Kind) -> str:
        """Return the id that one record of these has on one side."""
        found: str = getattr(self, kind.name)
        return f"invoiced-{found}" if (side, kind) == (RIGHT, ORDER) else found

    def count(self, world: World) -> tuple[int, ...]:
        """Return how many live counterparts each has."""
        marks = (
            [x.get("meta_data", {}).get("invoiced_id") for x in world.live("customer")],
            [x.get("metadata", {}).get("invoiced_id") for x in world.live("item")],
            [x.get("reference_id") for x in world.live("order")],
        )
        ids = (self.customer, self.item, self.order)
        return tuple(found.count(x) for found, x in zip(marks, ids, strict=True))


@pytest.mark.parametrize("corruption", list_corruptions())
def test_a_corrupted_answer_concerns_its_record_only(
    world: World, corruption: Corruption
) -> None:
    """No error ends the run, and the other records get their counterparts.

    A linked and a new record are corrupted, in every answer of two runs. Once the
    answers are right, they have one counterpart each as well.
    """
    person = world.customer(name="Other")
    linked = Records.make(world, "linked", person)
    world.sync()
    linked.edit(world, corruption.side)
    fresh, other = (Records.make(world, x, person) for x in ("fresh", "other"))
    spoiled: list[str] = []

    ids = {x.find_id(corruption.side, corruption.kind) for x in (linked, fresh)}
    with world.failing(corruption.spoil(ids, spoiled)):
        world.sync()
        world.sync(full=True)
    then = other.count(world)
    world.clock.advance(2 * 86_400)
    world.sync(full=True)

    assert (ids, *[(1, 1, 1)] * 4) == (
        set(spoiled),
        then,
        *(records.count(world) for records in (other, linked, fresh)),
    )


def test_there_are_enough_corruptions() -> None:
    """The table has at least 40, as the criterion asks."""
    assert len(list_corruptions()) >= 40


def test_an_answer_of_another_record_takes_over_no_counterpart(world: World) -> None:
    """A creation answered with another record is found again in the next run."""
    ada = world.customer(name="Ada")
    world.sync()
    grace = world.customer(name="Grace")

    def corrupt(
        request: httpx.Request, forward: Callable[[], httpx.Response]
    ) -> httpx.Response:
        answer = forward()
        if request.method != "POST":
            return answer
        record = answer.json()["customer"] | {"id": ada}
        return httpx.Response(200, json={"customer": record})

    with world.failing(corrupt):
        world.sync()
    world.sync()
    with closing(StateStore.read(world.path)) as store:
        links = [store.links.right_of("customer", left_id) for left_id in (ada, grace)]

    assert [ada, grace] == links
