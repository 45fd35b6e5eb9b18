"""Chargebee: lists, their pages, filters and order.

The site may hold the records of others, so each list is narrowed to what the test has
made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.chargebee.site import Site, refused


def three(site: Site) -> tuple[list[str], dict[str, Any]]:
    """Make three customers of one company; return their ids, and what finds them."""
    company = site.new("Acme")
    ids = [site.customer(company=company)["id"] for _ in range(3)]
    return ids, {"company": {"is": company}, "sort_by": {"asc": "created_at"}}


@pytest.mark.documented
def test_a_page_leads_to_the_next(site: Site) -> None:
    """The offset of a page is where the next page begins."""
    ids, mine = three(site)
    first = site.sdk.Customer.list({**mine, "limit": 2})
    second = site.listed("customer", **mine, offset=first.next_offset)

    # What was made in one second may come in any order.
    assert set(ids) == {*second, *(row.customer.id for row in first.list)}


@pytest.mark.documented
def test_the_last_page_has_no_offset(site: Site) -> None:
    """A page has a next_offset only if more follow."""
    _, mine = three(site)

    assert site.sdk.Customer.list({**mine, "limit": 3}).next_offset is None


@pytest.mark.documented
def test_a_page_has_ten(site: Site) -> None:
    """A page has ten records unless told otherwise."""
    family = site.family()["id"]
    for _ in range(11):
        site.item(item_family_id=family)

    assert 10 == len(site.listed("item", item_family_id={"is": family}))


@pytest.mark.unconfirmed("chargebee.list.limit-out-of-range")
@pytest.mark.parametrize("limit", [0, 101])
def test_a_limit_is_from_1_to_100(limit: int, site: Site) -> None:
    """A limit of 0 or 101 is refused."""
    found = refused(lambda: site.listed("customer", limit=limit))

    assert (400, "param_wrong_value", "limit") == found


@pytest.mark.unconfirmed("chargebee.list.offset-malformed")
def test_an_odd_offset_is_refused(site: Site) -> None:
    """An offset that no list has given out is refused."""
    assert 400 == refused(lambda: site.listed("customer", offset="here"))[0]


@pytest.mark.documented
def test_a_list_can_be_sorted(site: Site, later: Callable[[float], None]) -> None:
    """A list can be sorted by the time of change, downwards."""
    ids, mine = three(site)
    later(2)
    site.sdk.Customer.update(ids[1], {"phone": "1"})
    mine["sort_by"] = {"desc": "updated_at"}

    assert ids[1] == site.listed("customer", **mine)[0]


@pytest.mark.unconfirmed("chargebee.list.unknown-sort")
def test_a_sort_by_something_else_is_refused(site: Site) -> None:
    """A list of customers cannot be sorted by company."""
    found = refused(lambda: site.listed("customer", sort_by={"asc": "company"}))

    assert 400 == found[0]


@pytest.mark.unconfirmed("chargebee.list.default-sort")
def test_a_list_is_in_the_order_of_creation(
    site: Site, later: Callable[[float], None]
) -> None:
    """A list of customers without sort_by shows the oldest first."""
    company = site.new("Acme")
    ids = []
    for _ in range(2):
        ids.append(site.customer(company=company)["id"])
        later(2)

    assert ids == site.listed("customer", company={"is": company})


@pytest.mark.unconfirmed
def test_a_record_is_listed_at_once(site: Site) -> None:
    """A new customer is in the list at once, where a lag of minutes is spoken of."""
    made = site.customer()

    assert [made["id"]] == site.listed("customer", id={"is": made["id"]})


# Filters


@pytest.mark.sdk
def test_in_takes_what_the_client_sends(site: Site) -> None:
    """The operand of in may be a list as Python writes it."""
    ids, mine = three(site)

    assert set(ids[:2]) == set(site.listed("customer", **mine, id={"in": ids[:2]}))


@pytest.mark.documented
def test_in_takes_json(site: Site) -> None:
    """The operand of in may be a list as JSON writes it."""
    made = site.customer()["id"]
    answer = site.raw.get("/customers", params={"id[in]": f'["{made}"]'})

    assert [made] == [row["customer"]["id"] for row in answer.json()["list"]]


@pytest.mark.sdk
@pytest.mark.parametrize(
    ("operator", "count"), [("is", 1), ("is_not", 0), ("starts_with", 1)]
)
def test_texts_have_operators(operator: str, count: int, site: Site) -> None:
    """A text can be compared in several ways."""
    made = site.customer(company=site.new("Acme"))
    conditions = {"company": {operator: made["company"]}}

    assert count == len(site.listed("customer", id={"is": made["id"]}, **conditions))


@pytest.mark.unconfirmed("chargebee.list.unknown-filter-ignored")
def test_an_unknown_filter_is_ignored(site: Site) -> None:
    """A filter that a list does not have is ignored without a word."""
    ids, mine = three(site)

    assert set(ids) == set(site.listed("customer", **mine, shoe_size={"is": 43}))


@pytest.mark.unconfirmed("chargebee.list.unknown-filter-ignored")
def test_orders_have_no_filter_of_customers(site: Site) -> None:
    """A list of orders ignores a filter of their customer."""
    made = site.order()
    mine = {"id": {"is": made["id"]}}

    assert [made["id"]] == site.listed("order", **mine, customer_id={"is": "nobody"})


@pytest.mark.unconfirmed("chargebee.list.filter-malformed")
def test_an_odd_operand_is_refused(site: Site) -> None:
    """A time that is no number is refused."""
    found = refused(lambda: site.listed("customer", updated_at={"after": "noon"}))

    assert 400 == found[0]


@pytest.mark.documented
def test_invoices_can_be_filtered_by_customer(site: Site) -> None:
    """A filter keeps the invoices of a customer."""
    made = site.invoice()
    mine = {"customer_id": {"is": made["customer_id"]}}

    assert [made["id"]] == site.listed("invoice", **mine)


# Times


@pytest.mark.unconfirmed("chargebee.list.after-exclusive")
@pytest.mark.parametrize(
    ("operator", "seconds", "count"),
    [("after", 0, 0), ("after", -1, 1), ("before", 0, 0), ("before", 1, 1)],
)
def test_after_and_before_are_exclusive(
    operator: str, seconds: int, count: int, site: Site
) -> None:
    """The operators after and before leave their own second out."""
    made = site.customer()
    mine = {"updated_at": {operator: made["updated_at"] + seconds}}

    assert count == len(site.listed("customer", id={"is": made["id"]}, **mine))


@pytest.mark.unconfirmed("chargebee.list.after-exclusive")
@pytest.mark.parametrize(("first", "last"), [(0, 1), (-1, 0)])
def test_between_is_inclusive(first: int, last: int, site: Site) -> None:
    """The operator between keeps both of its ends."""
    made = site.customer()
    ends = [made["updated_at"] + first, made["updated_at"] + last]
    listed = site.listed(
        "customer", id={"is": made["id"]}, updated_at={"between": ends}
    )

    assert [made["id"]] == listed


@pytest.mark.unconfirmed("chargebee.list.on-is-the-second")
def test_on_is_the_second(site: Site) -> None:
    """The operator on keeps what changed in this very second."""
    made = site.customer()
    listed = [
        site.listed("customer", id={"is": made["id"]}, updated_at={"on": moment})
        for moment in (made["updated_at"], made["updated_at"] - 1)
    ]

    assert [[made["id"]], []] == listed


@pytest.mark.documented
def test_an_edit_is_seen(site: Site, later: Callable[[float], None]) -> None:
    """A filter of updated_at keeps what was made before and changed since."""
    made = site.customer()
    later(2)
    site.update(made, company="Acme")
    since = {"updated_at": {"after": made["updated_at"]}}

    assert [made["id"]] == site.listed("customer", id={"is": made["id"]}, **since)


# The catalog


@pytest.mark.unconfirmed("chargebee.list.archived-listed")
def test_archived_items_are_listed(site: Site) -> None:
    """An archived item is listed without being asked for."""
    made = site.item()
    site.update(made, status="archived")

    assert [made["id"]] == site.listed("item", id={"is": made["id"]})


@pytest.mark.unconfirmed
def test_deleted_items_are_not_listed(site: Site) -> None:
    """A deleted item is not listed without being asked for."""
    made = site.item()
    site.delete(made)

    assert [] == site.listed("item", id={"is": made["id"]})


@pytest.mark.unconfirmed
def test_deleted_items_are_found_by_their_status(site: Site) -> None:
    """A deleted item is listed where its status is asked for."""
    made = site.item()
    site.delete(made)
    every = {"status": {"in": ["active", "archived", "deleted"]}}

    assert [made["id"]] == site.listed("item", id={"is": made["id"]}, **every)


@pytest.mark.documented
def test_an_invoices_orders_are_latest_first(
    site: Site, later: Callable[[float], None]
) -> None:
    """The orders of an invoice are listed with the latest on top."""
    invoice = site.invoice()["id"]
    made = []
    for created in (1_767_603_600, 1_767_603_700):
        made.append(site.order(invoice_id=invoice, created_at=created)["id"])
        later(2)
    listed = site.sdk.Order.orders_for_invoice(invoice).list

    assert made[::-1] == [row.order.id for row in listed]
