"""Accounts filled by calls that the twin itself judges."""

from __future__ import annotations

import pytest

from dataflow.twin.chargebee import types
from dataflow.twin.chargebee.profile import encode_form
from dataflow.twin.clock import START
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.gateway import Seed
from dataflow.twin.messages import ControlError, Json
from tests.twin.controls.bench import Bench

INVOICE: dict[str, Json] = {
    "id": "inv_1",
    "customer_id": "$0.customer.id",
    "currency_code": "EUR",
    "date": START,
    "total": 300,
    "line_items": [
        {"description": "A nail", "amount": 100},
        {"description": "A hammer", "amount": 200},
    ],
}


def test_invoiced_is_seeded(bench: Bench) -> None:
    """What was seeded is there, made by the twin's own rules."""
    bench.pair.invoiced.seed([Seed("/customers", {"name": "Ada"})])
    (customer,), _ = bench.invoiced.Customer.list()

    assert ("Ada", "CUST-00001") == (customer["name"], customer["number"])


def test_a_seed_names_an_earlier_record(bench: Bench) -> None:
    """A seed can name the id that an earlier one was given."""
    ada, bill = bench.pair.invoiced.seed(
        [Seed("/customers", {"name": "Ada"}), Seed("/invoices", {"customer": "$0.id"})]
    )

    assert isinstance(ada, dict)
    assert isinstance(bill, dict)
    assert ada["id"] == bill["customer"]


def test_a_path_names_an_earlier_record(bench: Bench) -> None:
    """A path can name it too, and a method other than POST is said."""
    bench.pair.invoiced.seed(
        [
            Seed("/customers", {"name": "Ada"}),
            Seed("/customers/$0.id", {"name": "Bob"}, "PATCH"),
        ]
    )

    assert ["Bob"] == bench.names()


def test_chargebee_is_seeded(bench: Bench) -> None:
    """Nested parameters reach Chargebee's twin as its clients send them."""
    bench.pair.chargebee.seed(
        [
            Seed("/customers", {"id": "ada", "billing_address": {"zip": "1"}}),
            Seed("/invoices/import_invoice", INVOICE),
        ]
    )
    invoice = bench.chargebee.Invoice.retrieve("inv_1").invoice

    assert ("ada", ["A nail", "A hammer"]) == (
        invoice.customer_id,
        [line.description for line in invoice.line_items],
    )


def test_parameters_become_a_form() -> None:
    """Attributes come first and indexes second, booleans are words, null is empty."""
    values: dict[str, Json] = {
        "a": {"b": [{"c": 1}, {"c": True}]},
        "d": ["x", "y"],
        "e": None,
        "metadata": {"k": 1},
    }

    expected = {
        "a": {"b": {"c": {"0": "1", "1": "true"}}},
        "d": {"0": "x", "1": "y"},
        "e": "",
        "metadata": '{"k": 1}',
    }
    assert expected == types.nest_pairs(types.decode_body(encode_form(values)))


@pytest.mark.parametrize(
    ("seed", "complaint"),
    [
        (Seed("/customers", {"name": ""}), "Seed 1, POST /customers, was refused"),
        (Seed("/nowhere"), "404"),
        (Seed("/customers/$7.id"), "No earlier answer has \\$7.id"),
        (Seed("/customers", {"name": "$0.nothing"}), "\\$0.nothing"),
    ],
)
def test_a_seed_that_is_refused(bench: Bench, seed: Seed, complaint: str) -> None:
    """A seed that the twin refuses is told, with its number and the answer."""
    with pytest.raises(ControlError, match=complaint):
        bench.pair.invoiced.seed([Seed("/customers", {"name": "Ada"}), seed])


def test_seeds_before_a_refused_one_stay(bench: Bench) -> None:
    """What was made before the refusal is there."""
    with pytest.raises(ControlError):
        bench.pair.invoiced.seed(
            [Seed("/customers", {"name": "Ada"}), Seed("/nowhere")]
        )

    assert ["Ada"] == bench.names()


def test_seeds_meet_no_faults(bench: Bench) -> None:
    """Seeds go past faults, limit and log."""
    twin = bench.pair.invoiced
    fault = twin.faults.add(Fault(kind=FaultKind.SERVER_ERROR))
    twin.limit.most = 0
    twin.seed([Seed("/customers", {"name": "Ada"})])

    assert (0, {}) == (fault.matched, twin.calls.counts())
