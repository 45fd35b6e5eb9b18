"""Invoiced: lists, their filters and their order.

The account may hold the records of others, so each list is narrowed to what the test
has made.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import A_DATE, Account, Record, refused

unconfirmed, documented = pytest.mark.unconfirmed, pytest.mark.documented
FILTER = documented("invoiced.list.filter")
FOLDED = unconfirmed("invoiced.list.filter-folded")
UNKNOWN = unconfirmed("invoiced.list.filter-unknown")
SORT_ODD = unconfirmed("invoiced.list.sort-odd")


@pytest.fixture
def abc(account: Account, later: Callable[[float], None]) -> list[Record]:
    """Return the customers A, B and C of one batch, two seconds apart."""
    batch = {"batch": account.new("batch")}
    made = []
    for letter in "ABC":
        name = account.new(letter)
        made.append(account.customer(name=name, notes="same", metadata=batch))
        later(2)
    return made


def shown(account: Account, abc: list[Record], **options: object) -> str:
    """Return which of a batch a list shows, by the first letter of the name."""
    found, _ = account.sdk.Customer.list(metadata=abc[0]["metadata"], **options)
    return "".join(each["name"][0] for each in found)


@cases(
    "sort, expected",
    [
        (None, "ABC", unconfirmed),
        ("name desc", "CBA", documented("invoiced.list.sort")),
        ("updated_at DESC", "CBA", documented("invoiced.list.sort")),
        ("notes asc", "ABC", unconfirmed),
        ("notes desc", "ABC", unconfirmed),
        ("notes desc,name desc", "CBA", documented("invoiced.list.sort")),
        ("notes asc, name desc", "CBA", documented("invoiced.list.sort")),
        ("email asc", "ABC", unconfirmed),
        ("shoe_size desc", "ABC", SORT_ODD),
        ("updated_at", "ABC", SORT_ODD),
        ("name down", "ABC", SORT_ODD),
        ("notes, name desc", "CBA", SORT_ODD),
    ],
)
def test_a_list_can_be_sorted(
    sort: str | None, expected: str, account: Account, abc: list[Record]
) -> None:
    """A sort is a list of fields with directions; ids decide between equals."""
    options = {} if sort is None else {"sort": sort}
    if sort in (None, "updated_at"):
        abc[0].save(phone="1")

    assert expected == shown(account, abc, **options)


@cases(
    "kind, query",
    {
        "items": ("Item", {"sort": "shoe_size asc"}, SORT_ODD),
        "customers": ("Customer", {"filter": {"shoe_size": 43}}, UNKNOWN),
        "invoices": ("Invoice", {"filter": {"shoe_size": 43}}, UNKNOWN),
        "unknown-on-items": ("Item", {"filter": {"shoe_size": 43}}, UNKNOWN),
        "metadata-key": (
            "Item",
            {"metadata": {"a.b": "1"}},
            unconfirmed("invoiced.list.filter-metadata-key"),
        ),
    },
)
def test_an_odd_query_is_refused(kind: str, query: Record, account: Account) -> None:
    """A sort of items and a filter by an unknown field answer 400."""
    assert (400, None) == refused(account.listed, kind, **query)


# Filters


@cases(
    "key, value, expected",
    {
        "number": ("number", None, "B", FILTER),
        "id": ("id", None, "B", FILTER),
        "name": ("name", None, "B", FILTER),
        "other-case": ("notes", "SAME", "ABC", FOLDED),
        "accents": ("notes", "sàmé", "ABC", FOLDED),
        "blank-at-the-end": ("notes", "same ", "ABC", FOLDED),
        "blank-in-front": ("notes", " same", "", FOLDED),
        "type": ("type", "company", "ABC", FILTER),
        "time": ("created_at", None, "B", FILTER),
        "true": ("active", 1, "ABC", FILTER),
        "false": ("active", 0, "", FILTER),
        "empty": ("email", "", "", unconfirmed),
        "zero": ("owner", "0", "", unconfirmed),
        "text-true": (
            "active",
            True,
            "",
            unconfirmed("invoiced.list.filter-text-as-zero"),
        ),
    },
)
def test_a_filter_matches_exactly(
    key: str, value: object, expected: str, account: Account, abc: list[Record]
) -> None:
    """A filter keeps the records that have exactly this value, or that of B."""
    value = abc[1][key] if value is None else value

    assert expected == shown(account, abc, filter={key: value})


@pytest.mark.unconfirmed("invoiced.list.filter-folded")
def test_ids_of_items_are_compared_exactly(account: Account) -> None:
    """A filter of an item's id in another case finds no item."""
    made = account.item()["id"]

    assert [] == account.listed("Item", filter={"id": made.upper()})


@pytest.mark.documented("invoiced.list.filter")
def test_filters_are_all_fulfilled(account: Account, abc: list[Record]) -> None:
    """Two filters keep what fulfils both."""
    both = [{"name": abc[1]["name"], "notes": notes} for notes in ("same", "another")]

    assert ["B", ""] == [shown(account, abc, filter=each) for each in both]


@pytest.mark.documented("invoiced.list.filter")
@cases(
    "asked, expected",
    [
        ({"status": "draft"}, "D"),
        ({"status": "not_sent"}, "O"),
        ({"status": "voided"}, "V"),
        ({"status": "past_due"}, "L"),
        ({"draft": 1}, "D"),
        ({"voided": 1}, "V"),
        ({"closed": 0}, "DOVL"),
        ({"currency": "eur"}, "L"),
        ({"due_date": A_DATE - 1}, "L"),
        ({"total": 10}, "DOVL"),
    ],
)
def test_invoices_can_be_filtered(
    asked: Record, expected: str, account: Account
) -> None:
    """Invoices are found by state, currency and dates, not only by fields sent."""
    customer = account.customer()["id"]
    account.invoice(customer=customer, name="Draft", draft=True)
    account.invoice(customer=customer, name="Open")
    account.invoice(customer=customer, name="Void").void()
    late = {"due_date": A_DATE - 1, "currency": "EUR"}
    account.invoice(customer=customer, name="Late", **late)
    found, _ = account.sdk.Invoice.list(filter={"customer": customer, **asked})

    assert expected == "".join(each["name"][0] for each in found)


@cases(
    "query, expected",
    {
        "owing": ({"open_balance": 1}, "D", documented("invoiced.list.open-balance")),
        "free": ({"open_balance": 0}, "F", documented("invoiced.list.open-balance")),
        "card": ({"payment_source": 1}, "", documented("invoiced.list.payment-source")),
        "no-card": (
            {"payment_source": 0},
            "DF",
            documented("invoiced.list.payment-source"),
        ),
    },
)
def test_customers_are_asked_what_they_owe(
    query: Record, expected: str, account: Account
) -> None:
    """An open invoice makes a debtor, a draft does not, and nobody has a card."""
    batch = {"batch": account.new("batch")}
    both = [account.customer(name=name, metadata=batch) for name in ("Debtor", "Free")]
    account.invoice(customer=both[0]["id"])
    account.invoice(customer=both[1]["id"], draft=True)

    assert expected == shown(account, both, **query)


@pytest.mark.unconfirmed("invoiced.list.customer-filters")
@pytest.mark.parametrize(
    ("owner", "expected"), [(7, "A"), (8, ""), ("me", "")], ids=repr
)
def test_customers_of_an_owner(
    owner: object, expected: str, account: Account, abc: list[Record]
) -> None:
    """Owner keeps the customers of a user."""
    abc[0].save(owner=7)

    assert expected == shown(account, abc, owner=owner)


@pytest.mark.unconfirmed("invoiced.exclude")
def test_keys_can_be_left_out(account: Account) -> None:
    """Exclude leaves keys out of a list and of one record; the id stays."""
    made = account.invoice()
    left_out = {"exclude": "items,notes,id"}
    (listed,) = account.raw.get(
        "/invoices", params={"filter[id]": made["id"], **left_out}
    ).json()
    one = account.raw.get(f"/invoices/{made['id']}", params=left_out).json()

    assert [made.keys() - {"items", "notes"}] * 2 == [listed.keys(), one.keys()]


@pytest.mark.unconfirmed("invoiced.list.uncounted")
def test_a_list_can_do_without_a_count(account: Account) -> None:
    """paginate=none leaves out the headers about pages."""
    account.customer()
    answer = account.raw.get("/customers", params={"paginate": "none"})

    assert (200, None, None) == (
        answer.status_code,
        answer.headers.get("Link"),
        answer.headers.get("X-Total-Count"),
    )


# Times


@cases(
    "asked, expected",
    {
        "before-all": (
            lambda a, _c: {"updated_after": a - 60},
            "ABC",
            documented("invoiced.list.updated-after"),
        ),
        "first": (
            lambda a, _c: {"updated_after": a},
            "BC",
            unconfirmed("invoiced.list.updated-after-exclusive"),
        ),
        "last": (
            lambda _a, c: {"updated_after": c},
            "",
            unconfirmed("invoiced.list.updated-after-exclusive"),
        ),
        "after-all": (
            lambda _a, c: {"updated_after": c + 60},
            "",
            documented("invoiced.list.updated-after"),
        ),
        "no-time": (lambda _a, _c: {"updated_after": "soon"}, "ABC", unconfirmed),
        "before": (
            lambda a, _c: {"updated_before": a + 1},
            "A",
            unconfirmed("invoiced.list.updated-before"),
        ),
        "before-first": (
            lambda a, _c: {"updated_before": a},
            "",
            unconfirmed("invoiced.list.updated-before"),
        ),
        "between": (
            lambda a, c: {"updated_after": a, "updated_before": c},
            "B",
            unconfirmed(
                "invoiced.list.updated-after-exclusive", "invoiced.list.updated-before"
            ),
        ),
    },
)
def test_customers_can_be_bound_by_their_last_change(
    asked: Callable[[int, int], Record],
    expected: str,
    account: Account,
    abc: list[Record],
) -> None:
    """updated_after and updated_before leave out the very second."""
    ends = abc[0]["updated_at"], abc[2]["updated_at"]

    assert expected == shown(account, abc, **asked(*ends))


@pytest.mark.documented("invoiced.list.updated-after")
def test_an_edit_is_seen(account: Account, abc: list[Record]) -> None:
    """updated_after keeps what was made before and changed since; nothing deleted."""
    since = abc[1]["updated_at"]
    abc[0].save(notes="other")
    abc[2].delete()

    assert "A" == shown(account, abc, updated_after=since)


@pytest.mark.documented("invoiced.list.updated-after")
def test_changed_invoices_are_listed(
    account: Account, later: Callable[[float], None]
) -> None:
    """An edit and a void are changes of an invoice."""
    customer = account.customer()["id"]
    made = [account.invoice(customer=customer) for _ in range(3)]
    since = made[2]["updated_at"]
    later(2)
    made[0].void()
    made[1].save(notes="Thank you")
    mine = {"customer": customer}

    assert [each["id"] for each in made[:2]] == account.listed(
        "Invoice", filter=mine, updated_after=since
    )


@pytest.mark.unconfirmed("invoiced.list.updated-after-items")
def test_items_ignore_updated_after(account: Account) -> None:
    """The list of items ignores updated_after, which is documented."""
    made = account.item()
    since = {"updated_after": made["updated_at"] + 10}

    assert [made["id"]] == account.listed("Item", filter={"id": made["id"]}, **since)


@pytest.mark.documented("invoiced.list.date-range")
@cases(
    "asked, expected",
    [
        ({"start_date": A_DATE + 200}, "BC"),
        ({"end_date": A_DATE + 200}, "AB"),
        ({"start_date": A_DATE + 200, "end_date": A_DATE + 200}, "B"),
        ({"start_date": "soon"}, "ABC"),
    ],
)
def test_dates_are_bounded(asked: Record, expected: str, account: Account) -> None:
    """start_date and end_date keep the invoices of these dates, both included."""
    customer = account.customer()["id"]
    for name, date in (("A", 100), ("B", 200), ("C", 300)):
        account.invoice(customer=customer, name=name, date=A_DATE + date)
    found, _ = account.sdk.Invoice.list(filter={"customer": customer}, **asked)

    assert expected == "".join(each["name"] for each in found)
