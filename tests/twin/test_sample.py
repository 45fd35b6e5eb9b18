"""The sample: its records, and the links between them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from dataflow.twin.clock import ManualClock
from dataflow.twin.gateway import Gateway, Seed
from dataflow.twin.pair import TwinPair
from dataflow.twin.sample import fill


@pytest.fixture
def pair() -> TwinPair:
    """Return twins that hold the sample."""
    pair = TwinPair(ManualClock())
    fill(pair)
    return pair


def listed(twin: Gateway, path: str) -> Any:  # noqa: ANN401 - JSON
    """Return a list as the twin answers it."""
    (answer,) = twin.seed([Seed(path, method="GET")])
    return answer


def of_chargebee(pair: TwinPair, kind: str) -> list[dict[str, Any]]:
    """Return Chargebee's records of one kind."""
    return [each[kind] for each in listed(pair.chargebee, f"/{kind}s")["list"]]


def test_there_are_persons_and_companies(pair: TwinPair) -> None:
    """Some customers are persons, which a sync copies, and some are companies."""
    kinds = Counter(each["type"] for each in listed(pair.invoiced, "/customers"))

    assert {"person": 3, "company": 2} == kinds


def test_invoices_are_in_many_states(pair: TwinPair) -> None:
    """The sample has each state of an invoice that calls to the API can cause."""
    invoices = listed(pair.invoiced, "/invoices")

    assert ({"paid", "past_due", "not_sent", "draft", "voided"}, [True]) == (
        {each["status"] for each in invoices},
        [each["closed"] for each in invoices if each["total"] == 12.5],
    )


def test_invoices_are_in_several_currencies(pair: TwinPair) -> None:
    """One of the currencies has no cents."""
    found = {each["currency"] for each in listed(pair.invoiced, "/invoices")}

    assert {"usd", "eur", "gbp", "jpy"} == found


@pytest.mark.parametrize(
    ("kind", "linked_to", "mark"),
    [
        ("customer", "customer", "meta_data"),
        ("item", "item", "metadata"),
        ("order", "invoice", "reference_id"),
    ],
)
def test_one_of_each_is_linked(
    pair: TwinPair, kind: str, linked_to: str, mark: str
) -> None:
    """One record of each kind has the id of its Invoiced record."""
    known = {str(each["id"]) for each in listed(pair.invoiced, f"/{linked_to}s")}
    marks = [each[mark] for each in of_chargebee(pair, kind) if mark in each]
    (marked,) = [
        each["invoiced_id"] if isinstance(each, dict) else each for each in marks
    ]

    assert marked in known


def test_some_records_are_chargebees_alone(pair: TwinPair) -> None:
    """A customer and an order have no counterpart in Invoiced."""
    found = [
        {each["id"] for each in of_chargebee(pair, k)} for k in ("customer", "order")
    ]

    assert [True, True] == [bool(ids & {"dora", "dora-1"}) for ids in found]
