"""Records of ours are removed as far as the APIs allow. Twins are the vendors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dataflow.harness.vendors.kinds import CARRIER, CUSTOMER, FAMILY, ITEM, ORDER, Kind
from dataflow.sandbox.leftovers import CHARGEBEE, INVOICED, Leftover, find_leftovers
from dataflow.sandbox.outcomes import Outcome
from dataflow.twin.clock import START
from dataflow.twin.gateway import Seed
from dataflow.twin.messages import Arguments
from tests.sandbox.leftover_accounts import (
    MARKS,
    OLD,
    RUN,
    Accounts,
    Run,
    accounts,
    leave,
)


@pytest.fixture
def there() -> Iterator[Accounts]:
    """Serve both twins."""
    with accounts() as twins:
        yield twins


def found(there: Accounts) -> list[Leftover]:
    """Return what a sweep would find."""
    return find_leftovers(there.invoiced, there.chargebee, MARKS)


def became(there: Accounts, leftovers: list[Leftover]) -> dict[str, Outcome]:
    """Remove these, and return what became of each by its name."""
    outcomes = there.cleaner.removing(leftovers)
    return {str(each.leftover): each for each in outcomes}


def seed(there: Accounts, path: str, **body: Any) -> None:  # noqa: ANN401 - values of the API
    """Make a call to Chargebee that the harness has no word for."""
    there.twins.chargebee.seed([Seed(path, body)])


def names(run: Run, side: str, *nouns: str) -> set[str]:
    """Return the names of a run's records of some kinds on one side."""
    return {
        name
        for name in run.names
        if name.startswith(tuple(f"{side} {noun} " for noun in nouns))
    }


# What cannot be deleted


def test_a_priced_item_is_archived(there: Accounts) -> None:
    """An item that has a price cannot be deleted, and is archived."""
    leave(there, RUN)
    price = {"id": "p", "name": "P", "item_id": f"item-{RUN}", "currency_code": "EUR"}
    seed(there, "/item_prices", **price, price=1)
    outcome = became(there, found(there))[f"Chargebee item item-{RUN}"]
    item = there.chargebee.get(ITEM, f"item-{RUN}")

    assert ("archived", "", "archived") == (
        outcome.how,
        outcome.reason,
        item["status"],
    )


def test_an_order_that_was_not_imported_is_cancelled(there: Accounts) -> None:
    """An order that cannot be deleted is cancelled."""
    switches: dict[str, Any] = {"legacy_orders": True}
    there.twins.chargebee.set_switch("switches", Arguments(switches))
    leave(there, RUN)
    seed(there, "/orders", id=f"{RUN}-2", invoice_id=f"invoice-{RUN}")
    outcome = became(there, found(there))[f"Chargebee order {RUN}-2"]

    assert "cancelled" == outcome.how


def pay(there: Accounts, run: Run) -> None:
    """Pay a run's invoice, which then stays for good."""
    invoice = there.invoiced.get(ORDER, run.invoice)
    assert invoice is not None
    there.invoiced.pay(invoice)


def test_a_paid_invoice_is_left_with_its_reason(there: Accounts) -> None:
    """What the vendor refuses to remove is told in the vendor's words."""
    run = leave(there, RUN)
    pay(there, run)
    outcome = became(there, found(there))[f"Invoiced invoice {run.invoice}"]

    assert (
        "left",
        (
            "Invoiced refused it with status 400: This invoice cannot be voided because"
            " it has a payment applied."
        ),
    ) == (outcome.how, outcome.reason)


def test_a_customer_with_documents_is_deactivated(there: Accounts) -> None:
    """A customer whose invoice stays cannot be deleted, and is deactivated."""
    run = leave(there, RUN)
    pay(there, run)
    outcome = became(there, found(there))[f"Invoiced customer {run.person}"]
    person = there.invoiced.get(CUSTOMER, run.person)

    assert ("deactivated", False) == (outcome.how, person and person["active"])


def test_one_refusal_does_not_stop_the_rest(there: Accounts) -> None:
    """What can be removed is removed, whatever else is left."""
    run = leave(there, RUN)
    pay(there, run)
    became(there, found(there))

    stay = {f"Invoiced invoice {run.invoice}", f"Invoiced customer {run.person}"}
    family = f"Chargebee item_family of-{run.item}"
    assert {family, *stay} == run.names & there.there()


def test_a_voided_invoice_is_deleted(there: Accounts) -> None:
    """A voided invoice is no more worth than an open one."""
    run = leave(there, RUN)
    there.invoiced.void(run.invoice)
    outcome = became(there, found(there))[f"Invoiced invoice {run.invoice}"]

    assert "deleted" == outcome.how


def test_a_family_that_others_use_stays(there: Accounts) -> None:
    """A family of ours with an item of somebody else's in it is left."""
    leave(there, RUN)
    item = {"id": "theirs", "name": "Theirs", "type": "charge"}
    seed(there, "/items", **item, item_family_id=f"{RUN}-family")
    outcome = became(there, found(there))[f"Chargebee item_family {RUN}-family"]

    assert ("left", "item theirs is in it") == (outcome.how, outcome.reason)


def test_a_customer_is_deleted_in_its_own_time(there: Accounts) -> None:
    """A site that deletes customers later is not waited for, and is not reported."""
    switches: dict[str, Any] = {"customer_delete_delay": 300}
    there.twins.chargebee.set_switch("switches", Arguments(switches))
    run = leave(there, RUN)
    left = there.cleaner.clean(found(there))
    there.clock.advance(301)

    assert ([], set()) == (left, names(run, CHARGEBEE, "customer") & there.there())


# Invoices that carry orders


def test_the_invoice_of_an_order_goes_along(there: Accounts) -> None:
    """An order's invoice bears no mark, and goes with the order and the customer."""
    leave(there, RUN)
    outcome = became(there, found(there))[f"Chargebee invoice invoice-{RUN}"]

    assert "deleted" == outcome.how


def test_a_paid_carrier_goes_with_its_customer(there: Accounts) -> None:
    """An invoice that cannot be deleted goes when its customer is."""
    leave(there, RUN)
    seed(
        there,
        f"/invoices/invoice-{RUN}/record_payment",
        transaction={"payment_method": "cash", "amount": 4000},
    )
    outcome = became(there, found(there))[f"Chargebee invoice invoice-{RUN}"]

    assert ("deleted", "") == (outcome.how, outcome.reason)


def stranger_s_invoice(there: Accounts) -> None:
    """Make somebody else's customer with an invoice."""
    seed(there, "/customers", id="theirs")
    lines = [{"description": "Rent", "amount": 10}]
    invoice = {"id": "inv-theirs", "customer_id": "theirs", "currency_code": "EUR"}
    seed(
        there,
        "/invoices/import_invoice",
        **invoice,
        date=START,
        total=10,
        status="payment_due",
        line_items=lines,
    )


def order(there: Accounts, order_id: str, invoice_id: str) -> None:
    """Import an order for an invoice."""
    dates = dict.fromkeys(("created_at", "order_date", "shipping_date"), START)
    ids = {"id": order_id, "invoice_id": invoice_id}
    seed(there, "/orders/import_order", **ids, status="queued", **dates)


def test_an_invoice_of_somebody_else_stays(there: Accounts) -> None:
    """An order of ours on a stranger's invoice goes; the invoice is told of."""
    stranger_s_invoice(there)
    order(there, f"{RUN}-1", "inv-theirs")
    came = became(there, found(there))

    assert (
        "deleted",
        "it is one of customer theirs, who is not ours",
        "payment_due",
    ) == (
        came[f"Chargebee order {RUN}-1"].how,
        came["Chargebee invoice inv-theirs"].reason,
        there.chargebee.get(CARRIER, "inv-theirs")["status"],
    )


def test_an_invoice_that_carries_another_order_is_not_touched(there: Accounts) -> None:
    """An invoice that a stranger's order stands on is left to its customer's fate."""
    leave(there, RUN)
    order(there, "theirs", f"invoice-{RUN}")
    leftovers = [each for each in found(there) if each.kind is ORDER]
    came = became(there, leftovers)

    assert "it carries order theirs, which is not ours" == (
        came[f"Chargebee invoice invoice-{RUN}"].reason
    )


# The second look


@pytest.mark.parametrize(
    ("kind", "record_id", "values"),
    [
        (CUSTOMER, f"customer-{RUN}", {"meta_data": '{"dataflow_run": "mine now"}'}),
        (CUSTOMER, f"customer-{RUN}", {"meta_data": f'{{"dataflow_run": "{OLD}"}}'}),
        (ITEM, f"item-{RUN}", {"metadata": "{}"}),
    ],
)
def test_what_bears_our_mark_no_more_is_left(
    there: Accounts, kind: Kind, record_id: str, values: dict[str, str]
) -> None:
    """A record that has become another's since it was found is not touched."""
    leave(there, RUN)
    leftovers = found(there)
    there.chargebee.edit(kind, record_id, values)
    before = there.chargebee.get(kind, record_id)
    came = became(there, leftovers)[f"Chargebee {kind.name} {record_id}"]

    assert ("left", "it bears no mark of this run any more", before) == (
        came.how,
        came.reason,
        there.chargebee.get(kind, record_id),
    )


def test_a_counterpart_that_was_given_to_another_is_left(there: Accounts) -> None:
    """A counterpart whose mark names another record now is not touched."""
    run = leave(there, RUN)
    leftovers = found(there)
    key = f"invoiced-{run.person}"
    there.chargebee.edit(CUSTOMER, key, {"meta_data": '{"invoiced_id": "999"}'})
    came = became(there, leftovers)

    assert ("left", False) == (
        came[f"Chargebee customer {key}"].how,
        there.chargebee.get(CUSTOMER, key)["deleted"],
    )


def test_what_counterparts_are_found_by_stays_with_them(there: Accounts) -> None:
    """While a counterpart is left, its record in Invoiced is too: else it is lost."""
    run = leave(there, RUN)
    leftovers = found(there)
    key = f"invoiced-{run.person}"
    there.chargebee.edit(CUSTOMER, key, {"meta_data": '{"invoiced_id": "999"}'})
    came = became(there, leftovers)[f"Invoiced customer {run.person}"]

    assert ("left", "its counterpart in Chargebee is left") == (came.how, came.reason)


def test_the_mark_in_invoiced_is_looked_at_again(there: Accounts) -> None:
    """A pair whose Invoiced record has lost its mark is not touched on either side."""
    run = leave(there, RUN)
    leftovers = found(there)
    there.invoiced.edit(CUSTOMER, run.person, {"metadata": {"kept_by": "me"}})
    came = became(there, leftovers)

    assert ("left", "left") == (
        came[f"Invoiced customer {run.person}"].how,
        came[f"Chargebee customer invoiced-{run.person}"].how,
    )


def test_what_is_gone_already_is_no_matter(there: Accounts) -> None:
    """What somebody else has removed meanwhile is done."""
    run = leave(there, RUN)
    leftovers = found(there)
    there.invoiced.delete(ORDER, run.invoice)
    there.chargebee.delete(CUSTOMER, f"customer-{RUN}")
    came = became(there, leftovers)

    assert ("gone already", "gone already", []) == (
        came[f"Invoiced invoice {run.invoice}"].how,
        came[f"Chargebee customer customer-{RUN}"].how,
        there.cleaner.clean(leftovers),
    )


@pytest.mark.parametrize("record_id", ["a/b", " a", "../customers"])
def test_an_id_that_cannot_be_sent_leads_nowhere(
    there: Accounts, record_id: str
) -> None:
    """An id that the SDK would send as another one removes no other record."""
    seed(there, "/customers", id="a", meta_data={"dataflow_run": str(RUN)})
    before = there.state()
    there.cleaner.clean([Leftover(CHARGEBEE, CUSTOMER, record_id, RUN)])

    assert before == there.state()


# After a scenario


def made(run: Run) -> list[Leftover]:
    """Return what a scenario knows of: what it has made, and the counterparts."""
    return [
        Leftover(INVOICED, CUSTOMER, run.person, RUN),
        Leftover(INVOICED, ORDER, run.invoice, RUN),
        Leftover(INVOICED, ITEM, run.item, RUN),
        Leftover(CHARGEBEE, CUSTOMER, f"invoiced-{run.person}", RUN, run.person),
        Leftover(CHARGEBEE, ORDER, f"invoiced-{run.invoice}", RUN, run.invoice),
        Leftover(CHARGEBEE, ITEM, run.item, RUN, run.item),
    ]


def test_a_scenario_is_cleaned_without_a_list(there: Accounts) -> None:
    """Who knows the ids has them removed, and no list is read."""
    run = leave(there, RUN)
    there.asked.clear()
    left = there.cleaner.clean(made(run))
    lists = [call for call in there.asked if call.startswith("GET") and _is_list(call)]

    assert ([], []) == (left, lists)


def _is_list(call: str) -> bool:
    return call.rpartition("/")[2] in {"customers", "invoices", "items", "orders"}


def test_a_scenario_s_pairs_are_gone(there: Accounts) -> None:
    """After that, nothing of the pairs is left, and the rest of the run is."""
    run = leave(there, RUN)
    there.cleaner.clean(made(run))
    alone = {
        f"Chargebee {noun}"
        for noun in (
            f"customer customer-{RUN}",
            f"invoice invoice-{RUN}",
            f"item item-{RUN}",
            f"item_family {RUN}-family",
            f"item_family of-{run.item}",
            f"order {RUN}",
        )
    }

    assert alone == run.names & there.there()


def test_a_counterpart_of_a_deleted_record_is_cleaned(there: Accounts) -> None:
    """A scenario that has deleted its record in Invoiced names the counterpart."""
    run = leave(there, RUN)
    there.invoiced.delete(ORDER, run.invoice)
    there.invoiced.delete(CUSTOMER, run.person)
    there.cleaner.clean(made(run))

    assert there.chargebee.get(CUSTOMER, f"invoiced-{run.person}")["deleted"]


def test_families_are_told_apart(there: Accounts) -> None:
    """A family is ours by its id alone; one that a sync made for our item is not."""
    run = leave(there, RUN)
    families = [each.id for each in found(there) if each.kind is FAMILY]

    assert ([f"{RUN}-family"], True) == (
        families,
        f"Chargebee item_family of-{run.item}" in run.names,
    )
