"""Chargebee: the pages of lists, and queries that no list understands."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cases import cases
from tests.contract.chargebee.site import Record, Site, refused, wrong

# Queries that are refused


@cases(
    "name, values",
    {
        "limit": (
            "limit",
            ["0", "101", "many"],
            pytest.mark.unconfirmed("chargebee.list.limit-out-of-range"),
        ),
        "offset": (
            "offset",
            ["somewhere", "[1e999,1]"],
            pytest.mark.unconfirmed("chargebee.list.offset-malformed"),
        ),
        "sort": (
            "sort_by[asc]",
            ["company"],
            pytest.mark.unconfirmed("chargebee.list.unknown-sort"),
        ),
        "direction": (
            "sort_by[up]",
            ["created_at"],
            pytest.mark.unconfirmed("chargebee.list.unknown-sort"),
        ),
        "time": (
            "updated_at[after]",
            ["yesterday", "1767603600000"],
            pytest.mark.unconfirmed("chargebee.list.filter-malformed"),
        ),
        "range": (
            "updated_at[between]",
            ["[1]"],
            pytest.mark.unconfirmed("chargebee.list.filter-malformed"),
        ),
        "list": (
            "id[in]",
            ["ada", "[[1]]"],
            pytest.mark.unconfirmed("chargebee.list.filter-malformed"),
        ),
        "boolean": (
            "auto_close_invoices[is]",
            ["perhaps"],
            pytest.mark.unconfirmed("chargebee.list.filter-malformed"),
        ),
    },
)
def test_an_odd_query_is_refused(name: str, values: list[str], site: Site) -> None:
    """A limit, offset, order or filter that cannot be read is refused by its name."""
    answers = [site.raw.get("/customers", params={name: each}) for each in values]
    param = name.removesuffix("[asc]").removesuffix("[up]")

    assert [wrong(param)] * len(values) == [
        (answer.status_code, answer.json()["api_error_code"], answer.json()["param"])
        for answer in answers
    ]


@pytest.mark.unconfirmed("chargebee.list.limit-out-of-range")
@pytest.mark.parametrize("limit", [0, 101])
def test_the_client_is_refused_a_limit(limit: int, site: Site) -> None:
    """A limit of 0 or 101 is refused to the client too."""
    assert wrong("limit") == refused(site.listed, "customer", limit=limit)


# Pages


@pytest.mark.documented
def test_a_page_has_ten(site: Site) -> None:
    """A page has ten records unless told otherwise."""
    family = site.family()["id"]
    for _ in range(11):
        site.item(item_family_id=family)

    assert 10 == len(site.listed("item", item_family_id={"is": family}))


@pytest.mark.documented
@pytest.mark.parametrize(
    ("limit", "keys"), [(2, ["list"]), (1, ["list", "next_offset"])]
)
def test_the_last_page_has_no_offset(limit: int, keys: list[str], site: Site) -> None:
    """A page has a next_offset only if more follow."""
    company = site.new("Acme")
    for _ in range(2):
        site.customer(company=company)
    asked: dict[str, str | int] = {"company[is]": company, "limit": limit}

    assert keys == list(site.raw.get("/customers", params=asked).json())


@pytest.mark.unconfirmed
def test_an_offset_is_a_list_of_texts(site: Site) -> None:
    """An offset is a JSON list of texts inside of a text, in milliseconds."""
    company = site.new("Acme")
    made, _ = site.customer(company=company), site.customer(company=company)
    asked: dict[str, str | int] = {"company[is]": company, "limit": 1}
    answer = site.raw.get("/customers", params=asked).json()

    assert str(made["created_at"]) == json.loads(answer["next_offset"])[0][:-3]


def pages(site: Site, query: Record) -> list[str]:
    """Return the ids of customers on pages of two each."""
    found: list[str] = []
    asked = {**query, "limit": 2}
    while True:
        answer = site.sdk.Customer.list(asked)
        found += [row.customer.id for row in answer.list]
        if not answer.next_offset:
            return found
        asked["offset"] = answer.next_offset


@pytest.mark.documented
@cases(
    "ask",
    {
        "plain": lambda _: {},
        "created-desc": lambda _: {"sort_by": {"desc": "created_at"}},
        "updated-asc": lambda _: {"sort_by": {"asc": "updated_at"}},
        "updated-desc": lambda _: {"sort_by": {"desc": "updated_at"}},
        "after": lambda made: {"updated_at": {"after": made[0]["updated_at"] - 1}},
        "in": lambda made: {"id": {"in": [one["id"] for one in made]}},
        "in-desc": lambda made: {
            "id": {"in": [one["id"] for one in made]},
            "sort_by": {"desc": "updated_at"},
        },
    },
)
def test_pages_neither_skip_nor_repeat(
    ask: Callable[[list[Record]], Record], site: Site
) -> None:
    """Pages hold each record once, also when many have the same time."""
    company = site.new("Acme")
    made = [site.customer(company=company) for _ in range(5)]
    query = {"company": {"is": company}, **ask(made)}

    assert sorted([one["id"] for one in made]) == sorted(pages(site, query))


@pytest.mark.documented
@pytest.mark.parametrize("by", ["name", "id"])
def test_items_are_paged_by_text(by: str, site: Site) -> None:
    """Pages of items can be in the order of a text."""
    family = site.family()["id"]
    for word in ("saw", "axe", "pin"):
        site.item(id=site.new(word), name=site.new(word), item_family_id=family)
    mine = {"item_family_id": {"is": family}, "sort_by": {"asc": by}}
    first = site.sdk.Item.list({**mine, "limit": 2})
    rest = site.listed("item", **mine, offset=first.next_offset)

    assert ["axe", "pin", "saw"] == [
        name.partition("-")[0] for name in [*(row.item.id for row in first.list), *rest]
    ]
