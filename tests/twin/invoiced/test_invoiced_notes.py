"""What the Invoiced twin notes: which of its answers rest on an assumption."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.twin.clock import START, ManualClock
from dataflow.twin.evidence import Behaviour, Evidence
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced import behaviours as b
from tests.cases import cases
from tests.contract.invoiced.account import Account, refused

# Notes


def test_the_unconfirmed_can_be_listed() -> None:
    """What a real account must confirm has names, each of them once."""
    found = [x.name for x in b.ALL if x.evidence is Evidence.UNCONFIRMED]

    assert "invoiced.invoice.customer-immutable" in found
    assert len(b.ALL) == len({behaviour.name for behaviour in b.ALL})


def test_the_unconfirmed_name_what_would_settle_them() -> None:
    """Each unconfirmed behaviour names its source and what would settle it."""
    unconfirmed = {x for x in b.ALL if x.evidence is Evidence.UNCONFIRMED}

    assert unconfirmed == {x for x in b.ALL if x.settled_by}
    assert all("; " in x.settled_by for x in unconfirmed)


def test_a_contract_test_that_would_settle_a_behaviour_exists() -> None:
    """A behaviour that its contract test would settle is the mark of one."""
    suite = Path(__file__).parents[2] / "contract" / "invoiced"
    text = "".join(path.read_text("utf-8") for path in suite.glob("test_*.py"))
    awaited = {x.name for x in b.ALL if "its contract test" in x.settled_by}

    assert awaited
    assert set() == {name for name in awaited if f'"{name}"' not in text}


def merge(account: Account, twin: InvoicedTwin) -> None:
    """Merge one customer into another."""
    twin.merge(*(str(account.customer()["id"]) for _ in range(2)))


def exceed(account: Account) -> None:
    """Send an invoice over more than the customer's limit."""
    customer = account.customer(credit_limit=5)["id"]
    refused(account.invoice, customer=customer)


def shift(account: Account, twin: InvoicedTwin) -> None:
    """Ask for a second page, sorted, after a record changed since the first."""
    made, options = account.customer(), {"sort": "updated_at asc", "per_page": 1}
    account.listed("Customer", **options)
    assert isinstance(twin._clock, ManualClock)
    twin._clock.advance(2)
    made.save(notes="moved")
    account.listed("Customer", page=2, **options)


def count_late(account: Account) -> None:
    """Ask for a second page after something was made since the first."""
    account.listed("Customer")
    account.customer()
    account.listed("Customer", page=2)


@cases(
    "behaviour, use",
    {
        behaviour.name: (behaviour, use)
        for behaviour, use in {
            b.KEYS_IGNORED: lambda one, _: one.customer(shoe_size=43),
            b.BODY_MALFORMED: lambda one, _: one.raw.post(
                "/customers", content="{", headers={"content-type": "application/json"}
            ),
            b.BODY_TYPE: lambda one, _: one.raw.post("/customers", content="{}"),
            b.FORM_TEXTS: lambda one, _: one.raw.post("/customers", data={"name": "A"}),
            b.EVENT_UNCHANGED: lambda one, _: one.events(one.customer()),
            b.INVOICE_CUSTOMER_FIXED: lambda one, _: refused(
                one.invoice().save, customer=5
            ),
            b.CUSTOMER_LIMIT: lambda one, _: exceed(one),
            b.FILTER_TEXT_AS_ZERO: lambda one, _: one.listed(
                "Customer", filter={"active": True}
            ),
            b.UPDATED_AFTER_ITEMS: lambda one, _: one.listed(
                "Item", updated_after=START
            ),
            b.LIST_SHIFTS: shift,
            b.LIST_COUNT_CACHED: lambda one, _: count_late(one),
            b.LIST_IN_TURN_FAR: lambda one, _: refused(
                one.listed, "Customer", page=101
            ),
            b.PAYMENT_VOID: lambda one, _: one.payment(one.invoice(), 10).delete(),
            b.CURRENCY_DIGITS: lambda one, _: one.invoice(currency="kwd"),
            b.VALUE_CAST: lambda one, _: one.customer(taxable="yes"),
            b.PAYMENT_TAKEN: lambda one, _: one.payment(one.invoice(draft=True), 5),
            b.MERGED: merge,
        }.items()
    },
)
def test_what_an_answer_rests_on_is_noted(
    account: Account,
    twin: InvoicedTwin,
    behaviour: Behaviour,
    use: Callable[[Account, InvoicedTwin], object],
) -> None:
    """What is only assumed is noted as unconfirmed once an answer rests on it."""
    before = behaviour in twin.evidence.unconfirmed()
    use(account, twin)

    assert (False, True) == (before, behaviour in twin.evidence.unconfirmed())


@pytest.mark.parametrize(("second", "is_assumed"), [(START, True), (START + 9, False)])
def test_what_is_left_out_of_a_second_is_noted(
    account: Account, twin: InvoicedTwin, second: int, *, is_assumed: bool
) -> None:
    """A poll rests on an assumption only if something changed in its very second."""
    account.customer()
    account.listed("Customer", updated_after=second)

    assert is_assumed == (b.UPDATED_AFTER_EXCLUSIVE in twin.evidence.unconfirmed())
