"""Records of the twin have the shape of recorded and of documented ones.

The samples are a customer as it was recorded, and an invoice and an item as they are
documented: their properties and types, with made-up values.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.twin.invoiced.calling import Raw

SAMPLES = Path(__file__).parent / "records"

Record: TypeAlias = dict[str, Any]

#: Each is made with what its sample was made with, as far as that can be sent.
BODIES: dict[str, tuple[str, Record]] = {
    "customer": ("/customers", {"name": "Ada Ek", "country": "SE", "type": "person"}),
    "invoice": (
        "/invoices",
        {
            "currency": "eur",
            "payment_terms": "NET 14",
            "items": [{"name": "Tea", "type": "product", "quantity": 2}],
            "taxes": [{"amount": 1}],
        },
    ),
    "item": ("/items", {"id": "tea", "name": "Tea", "type": "product"}),
}


@pytest.fixture
def made(invoiced_raw: Raw) -> dict[str, Record]:
    """Make one record of each kind."""
    records: dict[str, Record] = {}
    for kind, (path, body) in BODIES.items():
        owner = {"customer": records["customer"]["id"]} if kind == "invoice" else {}
        records[kind] = invoiced_raw("POST", path, json={**body, **owner}).json()
    return records


def sample_of(kind: str) -> Record:
    """Return the sample of a kind."""
    found: Record = json.loads((SAMPLES / f"{kind}.json").read_text("utf-8"))
    return found


def kinds_of(value: Any) -> set[str]:  # noqa: ANN401 - JSON
    """Return the type of a value as JSON has it; money may be whole."""
    return {"number"} if type(value) in {int, float} else {type(value).__name__}


def misfits(sample: Record, record: Record) -> list[str]:
    """Return how a record differs in shape from a sample; null fits everything."""
    lacking = [f"{name} is missing" for name in sample if name not in record]
    return lacking + [
        f"{name} is {record[name]!r}, and in the sample {value!r}"
        for name, value in sample.items()
        if name in record
        and None not in (value, record[name])
        and kinds_of(value) != kinds_of(record[name])
    ]


@pytest.mark.parametrize("kind", BODIES)
def test_a_record_has_the_shape_of_its_sample(
    kind: str, made: dict[str, Record]
) -> None:
    """A record shows all that its sample shows, each in the same type."""
    assert [] == misfits(sample_of(kind), made[kind])


def test_a_customer_shows_nothing_but_what_was_recorded(
    made: dict[str, Record],
) -> None:
    """The recorded customer is whole: what it does not show, none does."""
    assert sample_of("customer").keys() == made["customer"].keys()


@pytest.mark.parametrize("part", ["items", "taxes"])
def test_a_line_has_the_shape_of_its_sample(part: str, made: dict[str, Record]) -> None:
    """The lines and taxes of an invoice are shown as those of its sample are."""
    [sample], [line] = sample_of("invoice")[part], made["invoice"][part]

    assert [] == misfits(sample, line)
