"""Records of the twin have the shape of recorded ones.

The samples hold the properties that recorded records always show, with made-up values.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.twin.chargebee.acme import Acme, Record

SAMPLES = Path(__file__).parent / "records"


@pytest.fixture
def made(shop: Acme) -> dict[str, Record]:
    """Make one record of each kind with as little as possible."""
    return {
        "customer": shop.customer(),
        "invoice": shop.retrieved("Invoice", "inv_1"),
        "item": shop.item(),
        "item_family": shop.retrieved("ItemFamily", "tools"),
        "item_price": shop.price(price=100, currency_code="EUR"),
        "order": shop.order(),
    }


KINDS = sorted(path.stem for path in SAMPLES.glob("*.json"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_has_the_recorded_shape(made: dict[str, Record], kind: str) -> None:
    """A record shows all that recorded ones always show, each in the same type."""
    sample = json.loads((SAMPLES / f"{kind}.json").read_text())

    assert shape(sample) == {
        name: found for name, found in shape(made[kind]).items() if name in sample
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_has_no_null(made: dict[str, Record], kind: str) -> None:
    """A record leaves out what it has no value for."""
    assert None not in made[kind].values()


@pytest.mark.parametrize(
    ("kind", "lines"), [("invoice", "line_items"), ("order", "order_line_items")]
)
def test_a_line_has_the_recorded_shape(
    made: dict[str, Record], kind: str, lines: str
) -> None:
    """A line shows all that recorded ones always show, each in the same type."""
    sample = json.loads((SAMPLES / f"{kind}.json").read_text())[lines][0]

    assert shape(sample) == {
        name: found
        for name, found in shape(made[kind][lines][0]).items()
        if name in sample
    }


def shape(record: Record) -> dict[str, str]:
    """Return the type of each property."""
    return {name: type(value).__name__ for name, value in record.items()}
