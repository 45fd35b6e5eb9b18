"""Lists of the Invoiced twin: pages, order and filters."""

from __future__ import annotations

from typing import Any

import invoiced
import pytest

from dataflow.twin.clock import START, ManualClock
from dataflow.twin.invoiced import InvoicedTwin
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced.routes import RESOURCES
from tests.twin.invoiced.calling import Raw, names, refused, rests_on

FIVE = [{"unit_cost": 5}]


@pytest.mark.usefixtures("abc")
def test_a_list_has_all_records_by_id(invoiced_client: invoiced.Client) -> None:
    """Records come in the order of their ids unless told."""
    assert ["A", "B", "C"] == names(invoiced_client.Customer.list())


@pytest.mark.usefixtures("abc")
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name desc", ["C", "B", "A"]),
        ("updated_at DESC", ["C", "B", "A"]),
        ("notes asc", ["A", "B", "C"]),
        ("notes desc", ["A", "B", "C"]),
        ("notes desc,name desc", ["C", "B", "A"]),
        ("notes asc, name desc", ["C", "B", "A"]),
        ("shoe_size desc", ["A", "B", "C"]),
        ("email asc", ["A", "B", "C"]),
    ],
)
def test_a_list_can_be_sorted(
    invoiced_client: invoiced.Client, sort: str, expected: list[str]
) -> None:
    """A sort is a list of fields with directions; ids decide between equals."""
    assert expected == names(invoiced_client.Customer.list(sort=sort))


@pytest.mark.parametrize(
    ("kind", "sort"), [("Customer", "name"), ("Item", "shoe_size asc")]
)
def test_an_odd_sort_is_refused(
    invoiced_client: invoiced.Client, kind: str, sort: str
) -> None:
    """A sort without direction, or of an item's unknown field, answers 400."""
    listing = getattr(invoiced_client, kind).list

    assert (400, None) == refused(lambda: listing(sort=sort))


@pytest.mark.usefixtures("abc")
@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("name", "B", ["B"]),
        ("name", "b", []),
        ("number", "CUST-00003", ["C"]),
        ("id", 1_000_001, ["A"]),
        ("type", "company", ["A", "B", "C"]),
        ("created_at", START + 1, ["B"]),
        ("active", 1, ["A", "B", "C"]),
        ("active", 0, []),
        ("email", "", []),
        ("owner", "0", []),
    ],
)
def test_a_filter_matches_exactly(
    invoiced_client: invoiced.Client, field: str, value: object, expected: list[str]
) -> None:
    """A filter keeps the records that have exactly this value."""
    listed = invoiced_client.Customer.list(filter={field: value})

    assert expected == names(listed)


@pytest.mark.usefixtures("abc")
def test_filters_add_up(invoiced_client: invoiced.Client) -> None:
    """A record must pass all filters."""
    listed = invoiced_client.Customer.list(filter={"notes": "same", "name": "B"})

    assert ["B"] == names(listed)


@pytest.mark.usefixtures("abc")
def test_a_truth_of_python_finds_the_opposite(
    invoiced_client: invoiced.Client, invoiced_twin: InvoicedTwin
) -> None:
    """The text True compares as 0: active=True finds none of the active."""
    listed, _ = invoiced_client.Customer.list(filter={"active": True})

    assert [] == listed
    assert rests_on(invoiced_twin, b.FILTER_TEXT_AS_ZERO)


@pytest.mark.parametrize("kind", ["Customer", "Invoice", "Item"])
def test_an_unknown_filter_is_refused(
    invoiced_client: invoiced.Client, kind: str
) -> None:
    """A filter of a field that the kind has not answers 400."""
    listing = getattr(invoiced_client, kind).list

    assert (400, None) == refused(lambda: listing(filter={"shoe_size": 43}))


def test_every_filter_of_every_kind_can_be_asked(
    invoiced_client: invoiced.Client,
) -> None:
    """No field that can be filtered and sorted by is missing on a record."""
    customer = invoiced_client.Customer.create(name="Acme")
    invoiced_client.Invoice.create(customer=customer["id"])
    invoiced_client.Item.create(name="Delivery")

    for kind, resource in RESOURCES.items():
        for field in resource.listing.texts | resource.listing.numbers:
            asked = {f"filter[{field}]": "1", "sort": f"{field} asc"}
            answer = invoiced_client.request("GET", f"/{kind}", asked)

            assert 200 == answer["code"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"status": "draft"}, ["Draft"]),
        ({"status": "not_sent"}, ["Open"]),
        ({"status": "voided"}, ["Void"]),
        ({"status": "past_due"}, ["Late"]),
        ({"draft": 1}, ["Draft"]),
        ({"voided": 1}, ["Void"]),
        ({"currency": "eur"}, ["Late"]),
        ({"due_date": START - 1}, ["Late"]),
        ({"total": 5}, ["Draft", "Open", "Void", "Late"]),
    ],
)
def test_invoices_can_be_filtered(
    invoiced_client: invoiced.Client, asked: dict[str, object], expected: list[str]
) -> None:
    """Invoices are found by state, currency and dates, not only by fields sent."""
    customer = invoiced_client.Customer.create(name="Acme")["id"]
    make = invoiced_client.Invoice.create
    make(customer=customer, items=FIVE, name="Draft", draft=True)
    make(customer=customer, items=FIVE, name="Open")
    make(customer=customer, items=FIVE, name="Void").void()
    make(
        customer=customer,
        items=FIVE,
        name="Late",
        due_date=START - 1,
        currency="EUR",
    )

    assert expected == names(invoiced_client.Invoice.list(filter=asked))


def test_invoices_can_be_found_by_customer(
    invoiced_client: invoiced.Client, abc: list[Any]
) -> None:
    """The filter for a customer keeps its invoices alone."""
    for customer in abc:
        invoiced_client.Invoice.create(customer=customer["id"], name=customer["name"])

    listed = invoiced_client.Invoice.list(filter={"customer": abc[1]["id"]})
    assert ["B"] == names(listed)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"start_date": 200}, ["B", "C"]),
        ({"end_date": 200}, ["A", "B"]),
        ({"start_date": 200, "end_date": 200}, ["B"]),
        ({"start_date": "soon"}, ["A", "B", "C"]),
    ],
)
def test_invoices_can_be_bound_by_date(
    invoiced_client: invoiced.Client, asked: dict[str, object], expected: list[str]
) -> None:
    """start_date and end_date include what bears exactly that date."""
    customer = invoiced_client.Customer.create(name="Acme")["id"]
    for name, date in (("A", 100), ("B", 200), ("C", 300)):
        invoiced_client.Invoice.create(customer=customer, name=name, date=date)

    assert expected == names(invoiced_client.Invoice.list(**asked))


@pytest.mark.usefixtures("abc")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"updated_after": START - 1}, ["A", "B", "C"]),
        ({"updated_after": START}, ["B", "C"]),
        ({"updated_after": START + 2}, []),
        ({"updated_after": "soon"}, ["A", "B", "C"]),
        ({"updated_before": START + 1}, ["A"]),
        ({"updated_after": START, "updated_before": START + 2}, ["B"]),
    ],
)
def test_customers_can_be_bound_by_their_last_change(
    invoiced_client: invoiced.Client, asked: dict[str, object], expected: list[str]
) -> None:
    """updated_after and updated_before leave out the very second."""
    assert expected == names(invoiced_client.Customer.list(**asked))


@pytest.mark.usefixtures("abc")
@pytest.mark.parametrize(("second", "assumed"), [(START, True), (START + 9, False)])
def test_what_is_left_out_of_a_second_is_noted(
    invoiced_client: invoiced.Client,
    invoiced_twin: InvoicedTwin,
    second: int,
    *,
    assumed: bool,
) -> None:
    """A poll rests on an assumption only if something changed in its very second."""
    invoiced_client.Customer.list(updated_after=second)

    assert assumed == rests_on(invoiced_twin, b.UPDATED_AFTER_EXCLUSIVE)


def test_what_is_edited_has_changed(
    invoiced_client: invoiced.Client, abc: list[Any]
) -> None:
    """An edit brings an old record into the list of what changed."""
    abc[0].save(notes="other")

    listed = invoiced_client.Customer.list(updated_after=START + 1)
    assert ["A", "C"] == names(listed)


def test_what_is_deleted_has_not_changed(
    invoiced_client: invoiced.Client, abc: list[Any]
) -> None:
    """A deleted record leaves no trace in the list of what changed."""
    abc[2].delete()

    assert [] == invoiced_client.Customer.list(updated_after=START + 1)[0]


def test_changed_invoices_are_listed(
    invoiced_client: invoiced.Client, invoiced_clock: ManualClock
) -> None:
    """A void is a change of an invoice."""
    customer = invoiced_client.Customer.create(name="Acme")["id"]
    make = invoiced_client.Invoice.create
    first, _ = (make(customer=customer, items=FIVE, name=name) for name in "AB")
    invoiced_clock.advance(1)
    first.void()

    assert ["A"] == names(invoiced_client.Invoice.list(updated_after=START))


def test_the_list_of_items_ignores_updated_after(
    invoiced_client: invoiced.Client, invoiced_twin: InvoicedTwin
) -> None:
    """Items cannot be asked for by their last change."""
    invoiced_client.Item.create(name="Delivery")

    listed = invoiced_client.Item.list(updated_after=START + 9)

    assert ["Delivery"] == names(listed)
    assert rests_on(invoiced_twin, b.UPDATED_AFTER_ITEMS)


@pytest.mark.parametrize("kind", ["Customer", "Item"])
def test_records_are_found_by_metadata(
    invoiced_client: invoiced.Client, kind: str
) -> None:
    """metadata[key] keeps what has exactly this value, and misses no key."""
    resource = getattr(invoiced_client, kind)
    resource.create(name="A", metadata={"foreign-id": "x1"})
    resource.create(name="B", metadata={"foreign-id": "x2"})
    resource.create(name="C")

    assert ["B"] == names(resource.list(metadata={"foreign-id": "x2"}))


def test_numbers_in_metadata_are_found_as_texts(
    invoiced_client: invoiced.Client,
) -> None:
    """A number in metadata is found by its digits."""
    invoiced_client.Customer.create(name="A", metadata={"foreign": 5})

    assert ["A"] == names(invoiced_client.Customer.list(metadata={"foreign": 5}))


@pytest.mark.usefixtures("abc")
def test_an_odd_metadata_key_is_ignored(invoiced_client: invoiced.Client) -> None:
    """A metadata key with a dot filters no customers."""
    listed = invoiced_client.Customer.list(metadata={"a.b": "1"})

    assert ["A", "B", "C"] == names(listed)


def test_an_odd_metadata_key_is_refused_on_items(
    invoiced_client: invoiced.Client,
) -> None:
    """A metadata key with a dot answers 400 on items."""
    listing = invoiced_client.Item.list

    assert (400, None) == refused(lambda: listing(metadata={"a.b": "1"}))


@pytest.mark.parametrize("name", ["advanced_filter", "paginate"])
def test_what_is_not_built_is_refused(
    invoiced_client: invoiced.Client, name: str
) -> None:
    """A real parameter that the twin has not answers 400 instead of wrong records."""
    listing = invoiced_client.Customer.list

    assert (400, name) == refused(lambda: listing(**{name: "1"}))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"open_balance": 1}, ["Debtor"]),
        ({"open_balance": 0}, ["Free"]),
        ({"payment_source": 1}, []),
        ({"payment_source": 0}, ["Debtor", "Free"]),
    ],
)
def test_customers_are_asked_what_they_owe(
    invoiced_client: invoiced.Client, query: dict[str, int], names: list[str]
) -> None:
    """An open invoice makes a debtor, a draft does not, and nobody has a card."""
    debtor, free = (
        invoiced_client.Customer.create(name=name)["id"] for name in ("Debtor", "Free")
    )
    lines = [{"unit_cost": 10}]
    invoiced_client.Invoice.create(customer=debtor, items=lines)
    invoiced_client.Invoice.create(customer=free, items=lines, draft=True)

    found = invoiced_client.Customer.list(**query)[0]
    assert names == [customer["name"] for customer in found]


@pytest.mark.parametrize("path", ["/invoices", "/invoices/{}"])
def test_a_customer_can_be_expanded(invoiced_raw: Raw, path: str) -> None:
    """expand=customer puts the whole customer in the place of its id."""
    customer = invoiced_raw("POST", "/customers", json={"name": "Acme"}).json()
    invoice = invoiced_raw("POST", "/invoices", json={"customer": customer["id"]})

    address = path.format(invoice.json()["id"])
    answer = invoiced_raw("GET", address, params={"expand": "customer"}).json()
    shown = answer[0] if isinstance(answer, list) else answer
    assert customer == shown["customer"]
