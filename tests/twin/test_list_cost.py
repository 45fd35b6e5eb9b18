"""What a list costs: as many looks at records as it gives out, not as there are."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow.twin.chargebee.api import ChargebeeTwin
from dataflow.twin.clock import START, ManualClock
from dataflow.twin.invoiced.account import ListPart
from dataflow.twin.invoiced.api import InvoicedTwin
from dataflow.twin.messages import Request

MANY, FEW, A_MINUTE = 500, 5, 60
KEY = {"authorization": "Basic azo="}
JSON = {"content-type": "application/json"}


class Counting(dict[Any, Any]):
    """A dictionary that counts how often somebody looks something up by its key."""

    looks = 0

    def __getitem__(self, key: object) -> Any:  # noqa: ANN401 - it holds anything
        """Return a value, and count."""
        self.looks += 1
        return super().__getitem__(key)

    def values(self) -> Any:  # noqa: ANN401 - never used
        """Refuse to look at everything."""
        raise AssertionError("somebody goes through all records")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"page": "40"},
        {"sort": "updated_at asc", "page": "40"},
        {"updated_after": "1", "sort": "updated_at asc"},
        {"updated_after": "1"},
        {"updated_after": str(START)},
        {"updated_after": str(START + A_MINUTE)},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("kind", "body"), [("customers", b'{"name":"A"}'), ("items", b'{"name":"A"}')]
)
def test_invoiced_looks_at_a_page(
    kind: str, body: bytes, query: dict[str, str]
) -> None:
    """A page of a list, and of what has changed, costs its own records."""
    clock = ManualClock()
    twin = InvoicedTwin(clock, key="k")
    for made in range(MANY):
        clock.advance(A_MINUTE if made == MANY - FEW else 0)
        twin.handle(Request("POST", f"/{kind}", (), KEY | JSON, body))
    shelf = getattr(twin._account, kind)
    shelf.records = Counting(shelf.records)
    asked = tuple({"per_page": "5", **query}.items())
    answer = twin.handle(Request("GET", f"/{kind}", asked, KEY))

    assert (200, MANY) == (answer.status, len(shelf.records))
    assert shelf.records.looks <= 2 * FEW


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"sort_by[desc]": "created_at"},
        {"updated_at[after]": "1", "sort_by[asc]": "updated_at"},
        {"updated_at[after]": str(START)},
        {"updated_at[after]": str(START + A_MINUTE)},
    ],
    ids=str,
)
def test_chargebee_looks_at_a_page(query: dict[str, str]) -> None:
    """A page of a list, and of what has changed, costs its own records."""
    clock = ManualClock()
    twin = ChargebeeTwin(clock, key="k", site="acme-test")
    for made in range(MANY):
        clock.advance(A_MINUTE if made == MANY - FEW else 0)
        twin.handle(Request("POST", "/api/v2/customers", headers=KEY, body=b""))
    table = twin._site.tables["customer"]
    rows = table.records = Counting(table.records)
    asked = tuple({"limit": "5", **query}.items())
    answer = twin.handle(Request("GET", "/api/v2/customers", asked, KEY))

    assert 200 == answer.status
    assert rows.looks <= 2 * FEW


def test_a_first_invoice_is_known_without_the_others() -> None:
    """Whether a customer has invoices costs the same however many it has."""
    twin = ChargebeeTwin(ManualClock(), key="k", site="acme-test")
    twin.handle(Request("POST", "/api/v2/customers", headers=KEY, body=b"id=ada"))
    table = twin._site.tables["invoice"]
    rows = table.records = Counting(table.records)
    form = b"id=i%d&customer_id=ada&currency_code=EUR&date=1767603600&total=1"
    lines = b"&line_items[description][0]=x&line_items[amount][0]=1"
    path = "/api/v2/invoices/import_invoice"
    answers = [
        twin.handle(Request("POST", path, headers=KEY, body=form % number + lines))
        for number in range(FEW)
    ]

    assert {200} == {answer.status for answer in answers}
    assert 0 == rows.looks


def test_a_part_looks_where_it_is_asked_to() -> None:
    """A part of a list counts, cuts and goes through what it stands for."""
    looks: list[int] = []

    def at(place: int) -> str:
        looks.append(place)
        return "abcdefgh"[place]

    part = ListPart(at, range(2, 8))
    assert (6, ["d", "e"], "h") == (len(part), part[1:3], part[-1])
    assert [3, 4, 7] == looks
    assert list("cdefgh") == list(part)
