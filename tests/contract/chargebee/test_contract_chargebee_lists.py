"""Chargebee: lists, their filters and order.

The site may hold the records of others, so each list is narrowed to what the test has
made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dataflow.twin.gateway import Gateway
from dataflow.twin.messages import Arguments
from tests.cases import cases
from tests.contract.chargebee.site import Record, Site


@pytest.fixture
def three(site: Site, later: Callable[[float], None]) -> list[Record]:
    """Make three customers of one company, two seconds apart."""
    company = site.new("Acme")
    made = []
    for name in ("Ada", "Bob", "Eve"):
        made.append(site.customer(company=company, first_name=name))
        later(2)
    return made


def named(site: Site, three: list[Record], **query: object) -> str:
    """Return which of the three a list shows, as initials."""
    mine = {"company": {"is": three[0]["company"]}, **query}
    return "".join(row["first_name"][0] for row in site.rows("customer", **mine))


# Filters


def times(operator: str, *places: int, plus: int = 0) -> Callable[..., Any]:
    """Return a query for the time of change of one or two of the three."""

    def query(three: list[Record]) -> Record:
        ends = [three[place]["updated_at"] + plus for place in places]
        return {"updated_at": {operator: ends if len(ends) > 1 else ends[0]}}

    return query


@pytest.mark.unconfirmed("chargebee.list.after-exclusive")
@cases(
    "ask, expected",
    {
        "after": (times("after", 0), "BE"),
        "after-a-second": (times("after", 1, plus=-1), "BE"),
        "before": (times("before", 2), "AB"),
        "before-a-second": (times("before", 2, plus=1), "ABE"),
        "between": (times("between", 0, 1), "AB"),
        "between-one": (times("between", 1, 1), "B"),
    },
)
def test_after_and_before_are_exclusive(
    ask: Callable[..., Record], expected: str, site: Site, three: list[Record]
) -> None:
    """After and before leave their own second out, between keeps both ends."""
    assert expected == named(site, three, **ask(three))


@pytest.mark.unconfirmed("chargebee.list.on-is-the-second")
@pytest.mark.parametrize(("plus", "expected"), [(0, "B"), (-1, "")])
def test_on_is_the_second(
    plus: int, expected: str, site: Site, three: list[Record]
) -> None:
    """The operator on keeps what changed in this very second."""
    assert expected == named(site, three, **times("on", 1, plus=plus)(three))


def ids(*three: Record) -> list[str]:
    """Return the ids of records."""
    return [record["id"] for record in three]


@pytest.mark.sdk
@cases(
    "ask, expected",
    {
        "created": (lambda t: {"created_at": {"after": t[1]["created_at"]}}, "E"),
        "is": (lambda t: {"id": {"is": t[1]["id"]}}, "B"),
        "is-not": (lambda t: {"id": {"is_not": t[1]["id"]}}, "AE"),
        "in": (lambda t: {"id": {"in": [*ids(t[2], t[0]), "zoe"]}}, "AE"),
        "not-in": (lambda t: {"id": {"not_in": ids(t[0], t[2])}}, "B"),
        "starts": (lambda t: {"id": {"starts_with": t[1]["id"]}}, "B"),
        "name": (lambda _: {"first_name": {"is": "Ada"}}, "A"),
        "name-starts": (lambda _: {"first_name": {"starts_with": "E"}}, "E"),
        "absent": (lambda _: {"last_name": {"is_present": "false"}}, "ABE"),
        "present": (lambda _: {"last_name": {"is_present": "true"}}, ""),
        "boolean": (lambda _: {"auto_close_invoices": {"is": False}}, ""),
        "two": (
            lambda t: {
                "id": {"in": ids(*t[:2])},
                "created_at": {"after": t[0]["created_at"]},
            },
            "B",
        ),
    },
)
def test_a_list_is_filtered(
    ask: Callable[..., Record], expected: str, site: Site, three: list[Record]
) -> None:
    """A list gives the records that fulfil all its filters."""
    assert expected == named(site, three, **ask(three))


@pytest.mark.documented
@cases(
    "ask, expected",
    {
        "created-desc": (lambda _: {"sort_by": {"desc": "created_at"}}, "EBA"),
        "updated-asc": (lambda _: {"sort_by": {"asc": "updated_at"}}, "ABE"),
        "updated-desc-after": (
            lambda t: {"sort_by": {"desc": "updated_at"}} | times("after", 0)(t),
            "EB",
        ),
        "updated-asc-before": (
            lambda t: {"sort_by": {"asc": "updated_at"}} | times("before", 2)(t),
            "AB",
        ),
        "created-desc-in": (
            lambda t: {
                "sort_by": {"desc": "created_at"},
                "id": {"in": ids(t[0], t[2])},
            },
            "EA",
        ),
    },
)
def test_a_list_can_be_sorted(
    ask: Callable[..., Record], expected: str, site: Site, three: list[Record]
) -> None:
    """A list can be sorted by a time, in both directions, whatever its filters."""
    assert expected == named(site, three, **ask(three))


@pytest.mark.documented("chargebee.list.default-sort")
def test_a_list_is_in_the_order_of_creation(site: Site, three: list[Record]) -> None:
    """A list of customers without sort_by shows the oldest first."""
    site.update(three[0], phone="1")

    assert "ABE" == named(site, three)


@pytest.mark.documented("chargebee.list.default-sort")
def test_items_show_the_newest_first(
    site: Site, later: Callable[[float], None]
) -> None:
    """A list of items without sort_by begins with the one that was made last."""
    family = site.family()["id"]
    first, second = (site.item(item_family_id=family) for _ in range(2))
    later(2)
    site.update(first, unit="box")

    assert ids(second, first) == site.listed("item", item_family_id={"is": family})


@pytest.mark.documented("chargebee.list.default-sort")
@pytest.mark.parametrize("kind", ["item_family", "item_price"])
def test_the_catalog_shows_the_newest_first(kind: str, site: Site) -> None:
    """Lists of families and prices without sort_by show the newest first."""
    made = [site.make(kind) for _ in range(3)]
    named = {"starts_with": made[0]["id"].rpartition("-")[0]}

    assert ids(*reversed(made)) == site.listed(kind, id=named)


@pytest.mark.unconfirmed
@pytest.mark.parametrize(
    ("spelling", "count"), [("True", 1), ("TRUE", 1), ("true", 1), ("False", 0)]
)
def test_a_boolean_has_several_spellings(spelling: str, count: int, site: Site) -> None:
    """Connectors send include_deleted=True, which is understood."""
    made = site.order()
    site.delete(made)
    asked = {"id[is]": made["id"], "include_deleted": spelling}
    answer = site.raw.get("/orders", params=asked).json()

    assert count == len(answer["list"])


@pytest.mark.documented
@pytest.mark.parametrize(
    "form", ['["{}","{}"]', "['{}', '{}']", '["{}", "{}"]', "[{}, {}]", "[{},{}]"]
)
def test_operands_have_two_notations(
    form: str, site: Site, three: list[Record]
) -> None:
    """Operands may be in JSON's notation, and in Python's as the client sends them."""
    operand = form.format(*ids(three[0], three[2]))
    answer = site.raw.get("/customers", params={"id[in]": operand}).json()

    assert ids(three[0], three[2]) == [row["customer"]["id"] for row in answer["list"]]


@pytest.mark.unconfirmed
def test_operands_may_be_numbers(site: Site, three: list[Record]) -> None:
    """The ends of a range may be numbers without quotes."""
    ends = f"[{three[0]['updated_at']},{three[1]['updated_at']}]"
    asked = {"company[is]": three[0]["company"], "updated_at[between]": ends}
    answer = site.raw.get("/customers", params=asked).json()

    assert ids(*three[:2]) == [row["customer"]["id"] for row in answer["list"]]


@pytest.mark.documented
def test_an_edit_is_seen(site: Site, three: list[Record]) -> None:
    """A record that is changed is found by the time of that change, and no other."""
    site.update(three[0], phone="1")
    former = named(site, three, **times("on", 0)(three))
    since = named(site, three, **times("after", 2)(three))

    assert ("", "A") == (former, since)


@pytest.mark.unconfirmed("chargebee.record.without-change")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "ABE"),
        ({"updated_at": {"after": 0}}, "BE"),
        ({"updated_at": {"before": 9_999_999_999}}, "BE"),
    ],
    ids=["all", "after", "before"],
)
def test_a_record_without_change_is_not_found(
    query: Record, expected: str, site: Site, three: list[Record], twin: Gateway
) -> None:
    """A record of before 2016 is in no list that asks for a time of change."""
    known = {"kind": "customer", "id": three[0]["id"]}
    twin.set_switch("age", Arguments(known))

    assert expected == "".join(sorted(named(site, three, **query)))


@pytest.mark.unconfirmed("chargebee.list.unknown-filter-ignored")
def test_an_unknown_filter_is_ignored(site: Site, three: list[Record]) -> None:
    """A filter that a list does not have is ignored without a word."""
    others = {"shoe_size": {"is": 43}, "preferred_currency_code": {"is": "XXX"}}

    assert "ABE" == named(site, three, **others)


@pytest.mark.unconfirmed("chargebee.list.unknown-filter-ignored")
def test_orders_have_no_filter_of_customers(site: Site) -> None:
    """A list of orders ignores a filter of their customer."""
    made = site.order()
    mine = {"id": {"is": made["id"]}}

    assert [made["id"]] == site.listed("order", **mine, customer_id={"is": "nobody"})


@pytest.mark.documented
def test_orders_can_be_filtered_by_invoice(site: Site) -> None:
    """A list of orders can be asked for those of some invoices."""
    made, _ = site.order(), site.order()
    some = {"in": [made["invoice_id"], "none"]}

    assert [made["id"]] == site.listed("order", invoice_id=some)


@pytest.mark.documented
@pytest.mark.parametrize(
    ("operator", "bound", "count"),
    [
        ("is", 100, 1),
        ("lt", 100, 0),
        ("lte", 100, 1),
        ("gt", 99, 1),
        ("gte", 101, 0),
        ("between", [100, 100], 1),
    ],
)
def test_invoices_can_be_filtered(
    operator: str, bound: object, count: int, site: Site
) -> None:
    """A filter keeps the invoices of a customer, and of a range of totals."""
    made = site.invoice()
    mine = {"customer_id": {"is": made["customer_id"]}}

    assert [made["id"]] * count == site.listed(
        "invoice", **mine, total={operator: bound}
    )


@pytest.mark.unconfirmed("chargebee.list.archived-listed")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["active", "archived"]),
        ({"status": {"is": "archived"}}, ["archived"]),
        ({"status": {"in": ["active", "deleted"]}}, ["active", "deleted"]),
        ({"status": {"in": ["deleted"]}}, ["deleted"]),
    ],
)
def test_items_are_listed_by_status(
    query: Record, expected: list[str], site: Site
) -> None:
    """A list of items has active and archived ones unless it asks for a status."""
    family = site.family()["id"]
    _, archived, gone = (site.item(item_family_id=family) for _ in range(3))
    site.update(archived, status="archived")
    site.delete(gone)
    rows = site.rows("item", item_family_id={"is": family}, **query)

    assert expected == sorted(row["status"] for row in rows)


@pytest.mark.unconfirmed
def test_a_deletion_is_a_change(site: Site, later: Callable[[float], None]) -> None:
    """A deleted order is found by the time of its deletion."""
    made = site.order()
    later(2)
    site.delete(made)
    since = {"updated_at": {"after": made["updated_at"]}}

    assert [made["id"]] == site.listed(
        "order", id={"is": made["id"]}, include_deleted=True, **since
    )


@pytest.mark.unconfirmed
def test_a_record_is_listed_at_once(site: Site) -> None:
    """A new customer is in the list at once, where a lag of minutes is spoken of."""
    made = site.customer()

    assert [made["id"]] == site.listed("customer", id={"is": made["id"]})


@pytest.mark.unconfirmed("chargebee.list.filter-word")
@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("customer", {"auto_collection": {"is": "perhaps"}}),
        ("item", {"status": {"in": ["gone"]}}),
    ],
)
def test_a_filter_with_an_unknown_word_finds_nothing(
    kind: str, query: Record, site: Site
) -> None:
    """A filter with a word that its property never has is not refused."""
    site.make(kind)

    assert [] == site.listed(kind, **query)
