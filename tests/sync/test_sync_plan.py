"""The plan as a table: what is remembered and seen, and what is to be done."""

from __future__ import annotations

import pytest

from dataflow.sync.actions import (
    Action,
    Adopt,
    Break,
    Create,
    Forget,
    Mend,
    PatchLeft,
    PatchRight,
    Rebase,
    Replace,
    Retire,
)
from dataflow.sync.mapping import lens
from dataflow.sync.merge import Verdict, judge
from dataflow.sync.model import (
    Bar,
    Changes,
    Claim,
    Flow,
    Issue,
    Link,
    Links,
    Retired,
    Seen,
    Sort,
    Standing,
)
from dataflow.sync.plan import plan
from dataflow.sync.record_types import CUSTOMER, ITEM, ORDER
from dataflow.sync.values import Value

PHONE = lens("phone", "phone", "string")
NAME = "phone|phone"
CURRENCY = lens("currency", "currency_code", "string")
CUSTOMERS = Flow(CUSTOMER, (PHONE,))
ORDERS = Flow(ORDER, (CURRENCY, lens("customer", "customer_id", "string")))


@pytest.mark.parametrize(
    ("base", "now", "verdict"),
    [
        ((1, 1), (1, 1), Verdict.AGREED),
        ((1, 1), (2, 1), Verdict.TO_RIGHT),
        ((1, 1), (1, 2), Verdict.TO_LEFT),
        ((1, 1), (2, 2), Verdict.REBASE),
        ((1, 1), (2, 3), Verdict.BOTH),
        ((1, 1), (None, 1), Verdict.TO_RIGHT),
        ((1, 1), (1, None), Verdict.TO_LEFT),
        ((1, 1), (None, 2), Verdict.BOTH),
        ((1, 2), (1, 2), Verdict.STANDS),
        ((1, 2), (3, 2), Verdict.TO_RIGHT),
        ((1, 2), (1, 3), Verdict.TO_LEFT),
        ((1, 2), (2, 2), Verdict.REBASE),
        ((None, None), (1, None), Verdict.TO_RIGHT),
        (None, (1, 1), Verdict.REBASE),
        (None, (None, None), Verdict.REBASE),
        (None, (1, None), Verdict.TO_RIGHT),
        (None, (None, 1), Verdict.TO_LEFT),
        (None, (1, 2), Verdict.BOTH),
    ],
)
def test_the_base_decides(
    base: tuple[Value, Value] | None, now: tuple[Value, Value], verdict: Verdict
) -> None:
    """What differs from the base has changed, and is carried over if it did alone."""
    judged = judge(CUSTOMERS, PHONE, base, now)

    assert verdict is judged


@pytest.mark.parametrize(
    ("base", "now", "verdict"),
    [
        (("EUR", "EUR"), ("USD", "EUR"), Verdict.REPLACE),
        (None, ("USD", "EUR"), Verdict.REPLACE),
        (("EUR", "EUR"), ("EUR", "USD"), Verdict.TO_LEFT),
        (("EUR", "EUR"), ("GBP", "USD"), Verdict.BOTH),
        (("EUR", "USD"), ("EUR", "USD"), Verdict.STANDS),
    ],
)
def test_what_an_order_does_not_take_replaces_it(
    base: tuple[Value, Value] | None, now: tuple[Value, Value], verdict: Verdict
) -> None:
    """An order's currency changes only with the order."""
    judged = judge(ORDERS, CURRENCY, base, now)

    assert verdict is judged


def test_what_invoiced_does_not_take_is_a_conflict() -> None:
    """A price of an item cannot be edited in Invoiced, so nothing is tried."""
    row = lens("unit_cost", "description", "string")

    judged = judge(Flow(ITEM, (row,)), row, ("1", "1"), ("1", "2"))

    assert Verdict.FIXED_LEFT is judged


def left(value: Value = None, **more: object) -> Seen:
    """Return a person seen in Invoiced."""
    return Seen("7", {NAME: value}, 100, **more)  # type: ignore[arg-type]


def right(value: Value = None, **more: object) -> Seen:
    """Return its counterpart seen in Chargebee."""
    return Seen("r7", {NAME: value}, 200, **more)  # type: ignore[arg-type]


def linked(link: Link | None = None, kind: str = "customer") -> Links:
    """Return a memory of one pair, agreed on 1."""
    links = Links()
    links.put(kind, link or Link("7", "r7", {NAME: ("1", "1")}))
    return links


def actions(links: Links, *seen: Seen, **more: object) -> list[type[Action]]:
    """Return the kinds of actions planned for customers."""
    changes = Changes(
        left={one.id: one for one in seen if one.id == "7"},
        right={one.id: one for one in seen if one.id != "7"},
        **more,  # type: ignore[arg-type]
    )
    steps = plan(CUSTOMERS, links, changes)
    return [type(action) for step in steps for action in step.actions]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((left("1"), right("1")), []),
        ((left("2"), right("1")), [PatchRight]),
        ((left("1"), right("2")), [PatchLeft]),
        ((left("2"), right("2")), [Rebase]),
        ((left("2"), right("3")), [Issue]),
        ((left("2"),), []),
        ((right("2"),), []),
        ((left(gone=True), right("1")), [Break, Issue]),
        ((left("2"), right(gone=True)), [Break, Issue]),
        ((left(gone=True), right(gone=True)), [Forget]),
    ],
)
def test_a_pair(seen: tuple[Seen, ...], expected: list[type[Action]]) -> None:
    """A pair is decided on when both sides were seen; a deletion on its own."""
    assert expected == actions(linked(), *seen)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((left(gone=True), right("1")), [Issue]),
        ((left("1"), right("1")), [Mend]),
        ((left("2"), right("1")), [Mend, PatchRight]),
        ((left(gone=True), right(gone=True)), [Forget]),
        ((right("2"),), []),
    ],
)
def test_a_broken_pair(seen: tuple[Seen, ...], expected: list[type[Action]]) -> None:
    """A broken pair rests until the deleted side is back."""
    broken = Link("7", "r7", {NAME: ("1", "1")}, gone="Invoiced")

    assert expected == actions(linked(broken), *seen)


@pytest.mark.parametrize(
    ("seen", "marked", "expected"),
    [
        (left("1"), (), [Create]),
        (left("1"), ("7",), [Adopt]),
        (left("1"), ("copy", "7"), [Adopt]),
        (left("1"), ("7", "invoiced-7"), [Issue]),
        (left("1"), ("copy", "copy-2"), [Issue]),
        (left(gone=True), (), []),
        (left("1", bar=Bar("is a company")), (), []),
        (left("1", bar=Bar("is a company")), ("7",), [Adopt]),
        (left("1", bar=Bar("is a draft", Sort.WAITING)), (), [Issue]),
    ],
)
def test_a_newcomer(
    seen: Seen, marked: tuple[str, ...], expected: list[type[Action]]
) -> None:
    """A record without a link is made, adopted or put off; never guessed."""
    claims = {"7": tuple(claim(right_id) for right_id in marked)}

    assert expected == actions(Links(), seen, claims=claims)


def claim(right_id: str, left_id: str = "7", **more: object) -> Claim:
    """Return a claim by the mark; ids that the sync gives show who made it."""
    made = right_id.removeprefix("invoiced-").partition("-")[0] == left_id
    carrier = f"inv-{right_id}"
    known = {"mark": left_id, "made": made, "invoice_id": carrier, **more}
    return Claim(left_id, right_id, **known)  # type: ignore[arg-type]


def invoice(currency: str = "EUR", customer: str = "7") -> Seen:
    """Return an invoice seen in Invoiced."""
    values = {"currency|currency_code": currency, "customer|customer_id": customer}
    return Seen("9", values, 100, record={"customer": int(customer)})


def test_an_invoice_waits_for_its_customer() -> None:
    """An invoice of an unlinked customer says whom it needs."""
    (step,) = plan(ORDERS, Links(), Changes(left={"9": invoice()}))

    assert [("7", Sort.WAITING)] == [(one.needs, one.sort) for one in step.issues]


def test_the_newest_of_our_orders_is_adopted() -> None:
    """Older ones that were replaced, and what deleted ones left, are cleared away."""
    claims = (
        claim("9-2", "9"),
        claim("9-10", "9"),
        claim("9", "9", standing=Standing.GONE),
        claim("somebody's", "9", standing=Standing.GONE),
    )
    changes = Changes(left={"9": invoice()}, claims={"9": claims})
    others = (Retired("9", "9", "inv-9"), Retired("9", "9-2", "inv-9-2"))

    (step,) = plan(ORDERS, linked(), changes)

    assert (Adopt(invoice(), "9-10", others),) == step.actions


def test_a_replaced_order_is_cleared_away_first() -> None:
    """What an earlier run left to be cleared away needs no change to be noticed."""
    links, retired = Links(), Retired("9", "9-1", "inv-9-1")
    links.retire("order", retired)

    (step,) = plan(ORDERS, links, Changes())

    assert (Retire(retired),) == step.actions


def test_a_replacement_waits_for_its_customer() -> None:
    """An invoice moved to a customer without a counterpart keeps its order."""
    links = linked(kind="customer")
    base = {
        "currency|currency_code": ("EUR", "EUR"),
        "customer|customer_id": ("7", "7"),
    }
    links.put("order", Link("9", "r9", base))
    order = Seen("r9", dict(invoice().values))
    changes = Changes(left={"9": invoice(customer="8")}, right={"r9": order})

    (step,) = plan(ORDERS, links, changes)

    assert [("8", Sort.WAITING)] == [(one.needs, one.sort) for one in step.issues]


def test_a_replacement_holds_all_values() -> None:
    """The new order has the new currency and the old customer."""
    links = linked(kind="customer")
    base = {
        "currency|currency_code": ("EUR", "EUR"),
        "customer|customer_id": ("7", "7"),
    }
    links.put("order", Link("9", "r9", base))
    order = Seen("r9", dict(invoice().values))
    changes = Changes(left={"9": invoice("USD")}, right={"r9": order})

    (step,) = plan(ORDERS, links, changes)
    (deed,) = step.actions

    assert isinstance(deed, Replace)
    assert invoice("USD").values == deed.values


def test_a_conflict_shows_both_values_and_times() -> None:
    """What a person needs to decide stands in one sentence."""
    changes = Changes(left={"7": left("12")}, right={"r7": right("13")})

    (step,) = plan(CUSTOMERS, linked(), changes)
    text = step.issues[0].text

    assert ["'12'", "'13'", "00:01:40Z", "00:03:20Z"] == [
        part for part in ("'12'", "'13'", "00:01:40Z", "00:03:20Z") if part in text
    ]
