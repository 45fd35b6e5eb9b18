"""Records of runs are removed as far as the vendors allow. Twins are the vendors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dataflow.record_types.model import CARRIER, CUSTOMER, FAMILY, ITEM, ORDER, Kind
from dataflow.sandbox.cleanup import CHARGEBEE, INVOICED, Leftover, find_leftovers
from tests.sandbox.accounts import MARKS, OLD, RUN, Accounts
from tests.sandbox.records import Run, invoice, item, leave, order


def find(there: Accounts) -> list[Leftover]:
    """Return what a sweep would find."""
    return find_leftovers(there.invoiced, there.chargebee, MARKS)


def clean(there: Accounts, leftovers: list[Leftover]) -> dict[str, tuple[str, str]]:
    """Remove these, and return the result and the reason of each by its name."""
    removed = there.cleaner.remove(leftovers)
    return {str(each): (each.result, each.reason) for each in removed}


def pay(there: Accounts, run: Run) -> None:
    """Pay a run's invoice, which then stays for good."""
    bill = there.invoiced.get(ORDER, run.invoice)
    assert bill is not None
    there.invoiced.pay(bill)


# Records that cannot be deleted


def price_item(there: Accounts, _run: Run) -> None:
    """Give an item of the run a price."""
    price = {"id": "p", "name": "P", "item_id": f"item-{RUN}", "currency_code": "EUR"}
    there.seed("/item_prices", **price, price=1)


def add_legacy_order(there: Accounts, _run: Run) -> None:
    """Create an order that was not imported."""
    there.switch(legacy_orders=True)
    there.seed("/orders", id=f"{RUN}-2", invoice_id=f"invoice-{RUN}")


def void(there: Accounts, run: Run) -> None:
    """Void an invoice of the run."""
    there.invoiced.void(run.invoice)


def use_family(there: Accounts, _run: Run) -> None:
    """Put an item of a stranger into a family of the run."""
    there.twins.chargebee.seed([item("theirs", f"{RUN}-family")])


def pay_carrier(there: Accounts, _run: Run) -> None:
    """Pay the invoice of an order of the run."""
    payment = {"payment_method": "cash", "amount": 4000}
    there.seed(f"/invoices/invoice-{RUN}/record_payment", transaction=payment)


def nothing(_there: Accounts, _run: Run) -> None:
    """Change nothing."""


_PAID = (
    "Invoiced refused the call with status 400: This invoice cannot be voided because"
    " it has"
    " a payment applied."
)


@pytest.mark.parametrize(
    ("prepare", "name", "result"),
    [
        (price_item, f"Chargebee item item-{RUN}", ("archived", "")),
        (add_legacy_order, f"Chargebee order {RUN}-2", ("cancelled", "")),
        (pay, "Invoiced invoice {0.invoice}", ("left", _PAID)),
        (pay, "Invoiced customer {0.person}", ("deactivated", "")),
        (void, "Invoiced invoice {0.invoice}", ("deleted", "")),
        (
            use_family,
            f"Chargebee item_family {RUN}-family",
            ("left", "it contains item theirs"),
        ),
        # An order's invoice has no mark, and goes with the order or the customer.
        (nothing, f"Chargebee invoice invoice-{RUN}", ("deleted", "")),
        (pay_carrier, f"Chargebee invoice invoice-{RUN}", ("deleted", "")),
    ],
    ids=[
        "priced item",
        "legacy order",
        "paid invoice",
        "customer with documents",
        "voided invoice",
        "family in use",
        "invoice of an order",
        "paid invoice of an order",
    ],
)
def test_a_record_is_removed_as_far_as_its_kind_allows(
    there: Accounts,
    prepare: Callable[[Accounts, Run], None],
    name: str,
    result: tuple[str, str],
) -> None:
    """A record that cannot be deleted is put away, or left with the vendor's reason."""
    run = leave(there, RUN)
    prepare(there, run)

    assert result == clean(there, find(there))[name.format(run)]


def test_an_archived_item_and_an_inactive_customer_are_so(there: Accounts) -> None:
    """The results that are reported are those at the vendors."""
    run = leave(there, RUN)
    price_item(there, run)
    pay(there, run)
    clean(there, find(there))
    person = there.invoiced.get(CUSTOMER, run.person)

    assert ("archived", False) == (
        there.chargebee.get(ITEM, f"item-{RUN}")["status"],
        person and person["active"],
    )


def test_one_refusal_does_not_stop_the_rest(there: Accounts) -> None:
    """All other records are removed, whichever one is left."""
    run = leave(there, RUN)
    pay(there, run)
    clean(there, find(there))

    stay = {f"Invoiced invoice {run.invoice}", f"Invoiced customer {run.person}"}
    family = f"Chargebee item_family of-{run.item}"
    assert {family, *stay} == run.names & there.names()


def test_a_customer_may_be_deleted_later(there: Accounts) -> None:
    """A site that deletes customers later is not waited for, and is not reported."""
    there.switch(customer_delete_delay=300)
    run = leave(there, RUN)
    left = there.cleaner.clean(find(there))
    there.advance(301)
    customers = {name for name in run.names if name.startswith("Chargebee customer ")}

    assert ([], set()) == (left, customers & there.names())


# Invoices of orders


def test_an_invoice_of_a_stranger_stays(there: Accounts) -> None:
    """An order of the run on a stranger's invoice goes; the invoice is reported."""
    there.seed("/customers", id="theirs")
    there.twins.chargebee.seed(
        [invoice("inv-theirs", "theirs"), order(f"{RUN}-1", "inv-theirs")]
    )
    results = clean(there, find(there))

    assert (
        "deleted",
        "it belongs to customer theirs, which no run created",
        "payment_due",
    ) == (
        results[f"Chargebee order {RUN}-1"][0],
        results["Chargebee invoice inv-theirs"][1],
        there.chargebee.get(CARRIER, "inv-theirs")["status"],
    )


def test_an_invoice_with_another_order_stays(there: Accounts) -> None:
    """An invoice that carries a stranger's order too is left to its customer."""
    leave(there, RUN)
    there.twins.chargebee.seed([order("theirs", f"invoice-{RUN}")])
    results = clean(there, [each for each in find(there) if each.kind is ORDER])

    assert (
        "it belongs to order theirs, which no run created"
        == (results[f"Chargebee invoice invoice-{RUN}"][1])
    )


# The read before each removal


@pytest.mark.parametrize(
    ("kind", "record_id", "values"),
    [
        (CUSTOMER, f"customer-{RUN}", {"meta_data": '{"dataflow_run": "mine now"}'}),
        (CUSTOMER, f"customer-{RUN}", {"meta_data": f'{{"dataflow_run": "{OLD}"}}'}),
        (ITEM, f"item-{RUN}", {"metadata": "{}"}),
    ],
    ids=["another mark", "another run", "no mark"],
)
def test_a_record_that_lost_its_mark_is_left(
    there: Accounts, kind: Kind, record_id: str, values: dict[str, str]
) -> None:
    """A record that has become another's since it was found is not touched."""
    leave(there, RUN)
    leftovers = find(there)
    there.chargebee.edit(kind, record_id, values)
    before = there.chargebee.get(kind, record_id)
    result = clean(there, leftovers)[f"Chargebee {kind.name} {record_id}"]

    assert (("left", "it no longer has the mark of this run"), before) == (
        result,
        there.chargebee.get(kind, record_id),
    )


def test_a_counterpart_of_another_record_is_left(there: Accounts) -> None:
    """A counterpart whose mark names another record now stays, with its pair."""
    run = leave(there, RUN)
    leftovers = find(there)
    meta_data = {"meta_data": '{"invoiced_id": "999"}'}
    there.chargebee.edit(CUSTOMER, run.counterpart, meta_data)
    results = clean(there, leftovers)

    assert (
        ("left", "it no longer has the mark of this run"),
        ("left", "its counterpart in Chargebee is left"),
        False,
    ) == (
        results[f"Chargebee customer {run.counterpart}"],
        results[f"Invoiced customer {run.person}"],
        there.chargebee.get(CUSTOMER, run.counterpart)["deleted"],
    )


def test_the_mark_in_invoiced_is_read_again(there: Accounts) -> None:
    """A pair whose Invoiced record has lost its mark is not touched on either side."""
    run = leave(there, RUN)
    leftovers = find(there)
    there.invoiced.edit(CUSTOMER, run.person, {"metadata": {"kept_by": "me"}})
    results = clean(there, leftovers)

    assert ("left", "left") == (
        results[f"Invoiced customer {run.person}"][0],
        results[f"Chargebee customer {run.counterpart}"][0],
    )


def test_a_record_that_is_gone_is_no_failure(there: Accounts) -> None:
    """A record that others have removed meanwhile counts as removed."""
    run = leave(there, RUN)
    leftovers = find(there)
    there.invoiced.delete(ORDER, run.invoice)
    there.chargebee.delete(CUSTOMER, f"customer-{RUN}")
    results = clean(there, leftovers)

    assert ("gone already", "gone already", []) == (
        results[f"Invoiced invoice {run.invoice}"][0],
        results[f"Chargebee customer customer-{RUN}"][0],
        there.cleaner.clean(leftovers),
    )


@pytest.mark.parametrize("record_id", ["a/b", " a", "../customers"])
def test_an_id_that_cannot_be_sent_removes_nothing(
    there: Accounts, record_id: str
) -> None:
    """An id that the SDK would send as another one removes no other record."""
    there.seed("/customers", id="a", meta_data={"dataflow_run": str(RUN)})
    before = there.state()
    there.cleaner.clean([Leftover(CHARGEBEE, CUSTOMER, record_id, RUN)])

    assert before == there.state()


# After a scenario


def of_scenario(run: Run) -> list[Leftover]:
    """Return what a scenario knows: its own records, and the counterparts."""
    return [
        Leftover(INVOICED, CUSTOMER, run.person, RUN),
        Leftover(INVOICED, ORDER, run.invoice, RUN),
        Leftover(INVOICED, ITEM, run.item, RUN),
        Leftover(CHARGEBEE, CUSTOMER, run.counterpart, RUN, run.person),
        Leftover(CHARGEBEE, ORDER, f"invoiced-{run.invoice}", RUN, run.invoice),
        Leftover(CHARGEBEE, ITEM, run.item, RUN, run.item),
    ]


def test_known_ids_are_removed_without_a_list(there: Accounts) -> None:
    """A caller that knows the ids has the records removed, and no list is read."""
    run = leave(there, RUN)
    there.calls.clear()
    left = there.cleaner.clean(of_scenario(run))
    lists = ("/customers", "/invoices", "/items", "/orders")

    assert ([], []) == (
        left,
        [c for c in there.calls if c.startswith("GET") and c.endswith(lists)],
    )


def test_the_pairs_of_a_scenario_are_removed(there: Accounts) -> None:
    """After that, nothing of the pairs is left, and the rest of the run is."""
    run = leave(there, RUN)
    there.cleaner.clean(of_scenario(run))
    rest = {
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

    assert rest == run.names & there.names()


def test_a_counterpart_of_a_deleted_record_is_removed(there: Accounts) -> None:
    """A scenario that has deleted its record in Invoiced names the counterpart."""
    run = leave(there, RUN)
    there.invoiced.delete(ORDER, run.invoice)
    there.invoiced.delete(CUSTOMER, run.person)
    there.cleaner.clean(of_scenario(run))

    assert there.chargebee.get(CUSTOMER, run.counterpart)["deleted"]


def test_a_family_is_found_by_its_id_alone(there: Accounts) -> None:
    """A family that a sync created for an item of the run is not the run's."""
    run = leave(there, RUN)
    families = [each.id for each in find(there) if each.kind is FAMILY]

    assert ([f"{RUN}-family"], True) == (
        families,
        f"Chargebee item_family of-{run.item}" in run.names,
    )
