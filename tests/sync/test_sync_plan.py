"""The plan as a table: what is remembered and seen, and what is to be done."""

from __future__ import annotations

import pytest

from dataflow.sync.actions import (
    Action,
    Adopt,
    Create,
    FindTimes,
    Forget,
    MarkDeleted,
    PatchLeft,
    PatchRight,
    Rebase,
    RemoveSuperseded,
    Replace,
    Restore,
    Step,
)
from dataflow.sync.mapping import make_lens
from dataflow.sync.merge import Resolution, resolve
from dataflow.sync.model import (
    Candidate,
    Changes,
    EditTime,
    EditTimes,
    Exclusion,
    Flow,
    Issue,
    IssueKind,
    Link,
    Links,
    Observed,
    RecordState,
    SupersededOrder,
)
from dataflow.sync.plan import decide
from dataflow.sync.record_types import CUSTOMER, ITEM, ORDER
from dataflow.sync.values import Value

PHONE = make_lens("phone", "phone", "string")
NAME = "phone|phone"
CURRENCY = make_lens("currency", "currency_code", "string")
CUSTOMERS = Flow(CUSTOMER, (PHONE,))
ORDERS = Flow(ORDER, (CURRENCY, make_lens("customer", "customer_id", "string")))


def plan(flow: Flow, links: Links, changes: Changes) -> list[Step]:
    """Return the steps of a run, one for each record that needs a decision."""
    kind = flow.kind.name
    left_ids = dict.fromkeys(x.left_id for x in links.list_superseded(kind))
    left_ids |= dict.fromkeys(changes.left)
    of_right = (links.left_of(kind, right_id) for right_id in changes.right)
    left_ids |= dict.fromkeys(left_id for left_id in of_right if left_id is not None)
    steps = (decide(flow, links, changes, left_id) for left_id in left_ids)
    return [step for step in steps if step is not None]


@pytest.mark.parametrize(
    ("base", "now", "verdict"),
    [
        ((1, 1), (1, 1), Resolution.AGREED),
        ((1, 1), (2, 1), Resolution.TO_RIGHT),
        ((1, 1), (1, 2), Resolution.TO_LEFT),
        ((1, 1), (2, 2), Resolution.REBASE),
        ((1, 1), (2, 3), Resolution.UNTIMED),
        ((1, 1), (None, 1), Resolution.EMPTIED),
        ((1, 1), (1, None), Resolution.EMPTIED),
        ((1, 1), (None, None), Resolution.REBASE),
        ((1, 1), (None, 2), Resolution.TO_LEFT),
        ((1, 1), (2, None), Resolution.TO_RIGHT),
        ((1, None), (1, None), Resolution.KNOWN_CONFLICT),
        ((1, 2), (1, 2), Resolution.KNOWN_CONFLICT),
        ((1, 2), (3, 2), Resolution.TO_RIGHT),
        ((1, 2), (1, 3), Resolution.TO_LEFT),
        ((1, 2), (2, 2), Resolution.REBASE),
        ((None, None), (1, None), Resolution.TO_RIGHT),
        (None, (1, 1), Resolution.REBASE),
        (None, (None, None), Resolution.REBASE),
        (None, (1, None), Resolution.TO_RIGHT),
        (None, (None, 1), Resolution.TO_LEFT),
        (None, (1, 2), Resolution.NEVER_AGREED),
    ],
)
def test_the_base_decides(
    base: tuple[Value, Value] | None, now: tuple[Value, Value], verdict: Resolution
) -> None:
    """What differs from the base has changed, and is carried over if it did alone."""
    judged = resolve(CUSTOMERS, PHONE, base, now)

    assert verdict is judged


@pytest.mark.parametrize(
    ("base", "now", "verdict"),
    [
        (("EUR", "EUR"), ("USD", "EUR"), Resolution.REPLACE),
        (None, ("USD", "EUR"), Resolution.REPLACE),
        (("EUR", "EUR"), ("EUR", "USD"), Resolution.TO_LEFT),
        (("EUR", "EUR"), ("GBP", "USD"), Resolution.UNTIMED),
        (("EUR", "USD"), ("EUR", "USD"), Resolution.KNOWN_CONFLICT),
    ],
)
def test_what_an_order_does_not_take_replaces_it(
    base: tuple[Value, Value] | None, now: tuple[Value, Value], verdict: Resolution
) -> None:
    """An order's currency changes only with the order."""
    judged = resolve(ORDERS, CURRENCY, base, now)

    assert verdict is judged


def test_what_invoiced_does_not_take_is_a_conflict() -> None:
    """A price of an item cannot be edited in Invoiced, so nothing is tried."""
    row = make_lens("unit_cost", "description", "string")

    judged = resolve(Flow(ITEM, (row,)), row, ("1", "1"), ("1", "2"))

    assert Resolution.FIXED_LEFT is judged


def left(value: Value = None, **more: object) -> Observed:
    """Return a person seen in Invoiced."""
    return Observed("7", {NAME: value}, 100, **more)  # type: ignore[arg-type]


def right(value: Value = None, **more: object) -> Observed:
    """Return its counterpart seen in Chargebee."""
    return Observed("r7", {NAME: value}, 200, **more)  # type: ignore[arg-type]


def linked(link: Link | None = None, kind: str = "customer") -> Links:
    """Return a memory of one pair, agreed on 1."""
    links = Links()
    links.put(kind, link or Link("7", "r7", {NAME: ("1", "1")}))
    return links


def actions(links: Links, *seen: Observed, **more: object) -> list[type[Action]]:
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
        ((left("2"), right("3")), [FindTimes]),
        ((left("2"),), []),
        ((right("2"),), []),
        ((left(is_deleted=True), right("1")), [MarkDeleted, Issue]),
        ((left("2"), right(is_deleted=True)), [MarkDeleted, Issue]),
        ((left(is_deleted=True), right(is_deleted=True)), [Forget]),
    ],
)
def test_a_pair(seen: tuple[Observed, ...], expected: list[type[Action]]) -> None:
    """A pair is decided on when both sides were seen; a deletion on its own."""
    assert expected == actions(linked(), *seen)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ((left(is_deleted=True), right("1")), [Issue]),
        ((left("1"), right("1")), [Restore]),
        ((left("2"), right("1")), [Restore, PatchRight]),
        ((left(is_deleted=True), right(is_deleted=True)), [Forget]),
        ((right("2"),), []),
    ],
)
def test_a_broken_pair(
    seen: tuple[Observed, ...], expected: list[type[Action]]
) -> None:
    """A broken pair rests until the deleted side is back."""
    broken = Link("7", "r7", {NAME: ("1", "1")}, deleted_in="Invoiced")

    assert expected == actions(linked(broken), *seen)


@pytest.mark.parametrize(
    ("seen", "marked", "expected"),
    [
        (left("1"), (), [Create]),
        (left("1"), ("7",), [Adopt]),
        (left("1"), ("copy", "7"), [Adopt]),
        (left("1"), ("7", "invoiced-7"), [Issue]),
        (left("1"), ("copy", "copy-2"), [Issue]),
        (left(is_deleted=True), (), []),
        (left("1", exclusion=Exclusion("is a company")), (), []),
        (left("1", exclusion=Exclusion("is a company")), ("7",), [Adopt]),
        (left("1", exclusion=Exclusion("is a draft", IssueKind.WAITING)), (), [Issue]),
    ],
)
def test_a_newcomer(
    seen: Observed, marked: tuple[str, ...], expected: list[type[Action]]
) -> None:
    """A record without a link is made, adopted or put off; never guessed."""
    claims = {"7": tuple(claim(right_id) for right_id in marked)}

    assert expected == actions(Links(), seen, candidates=claims)


def claim(right_id: str, left_id: str = "7", **more: object) -> Candidate:
    """Return a claim by the mark; ids that the sync gives show who made it."""
    made = right_id.removeprefix("invoiced-").partition("-")[0] == left_id
    carrier = f"inv-{right_id}"
    known = {"mark": left_id, "is_created_by_sync": made, "invoice_id": carrier, **more}
    return Candidate(left_id, right_id, **known)  # type: ignore[arg-type]


def invoice(currency: str = "EUR", customer: str = "7") -> Observed:
    """Return an invoice seen in Invoiced."""
    values = {"currency|currency_code": currency, "customer|customer_id": customer}
    return Observed("9", values, 100, record={"customer": int(customer)})


def test_an_invoice_waits_for_its_customer() -> None:
    """An invoice of an unlinked customer says whom it needs."""
    (step,) = plan(ORDERS, Links(), Changes(left={"9": invoice()}))

    assert [("7", IssueKind.WAITING)] == [(one.needs, one.kind) for one in step.issues]


def test_the_newest_of_our_orders_is_adopted() -> None:
    """Older ones that were replaced, and what deleted ones left, are cleared away."""
    claims = (
        claim("9-2", "9"),
        claim("9-10", "9"),
        claim("9", "9", state=RecordState.DELETED),
        claim("somebody's", "9", state=RecordState.DELETED),
    )
    changes = Changes(left={"9": invoice()}, candidates={"9": claims})
    others = (
        SupersededOrder("9", "9", "inv-9"),
        SupersededOrder("9", "9-2", "inv-9-2"),
    )

    (step,) = plan(ORDERS, linked(), changes)

    assert (Adopt(invoice(), "9-10", others),) == step.actions


def test_a_replaced_order_is_cleared_away_first() -> None:
    """What an earlier run left to be cleared away needs no change to be noticed."""
    links, retired = Links(), SupersededOrder("9", "9-1", "inv-9-1")
    links.supersede("order", retired)

    (step,) = plan(ORDERS, links, Changes())

    assert (RemoveSuperseded(retired),) == step.actions


def test_a_replacement_waits_for_its_customer() -> None:
    """An invoice moved to a customer without a counterpart keeps its order."""
    links = linked(kind="customer")
    base = {
        "currency|currency_code": ("EUR", "EUR"),
        "customer|customer_id": ("7", "7"),
    }
    links.put("order", Link("9", "r9", base))
    order = Observed("r9", dict(invoice().values))
    changes = Changes(left={"9": invoice(customer="8")}, right={"r9": order})

    (step,) = plan(ORDERS, links, changes)

    assert [("8", IssueKind.WAITING)] == [(one.needs, one.kind) for one in step.issues]


def test_a_replacement_holds_all_values() -> None:
    """The new order has the new currency and the old customer."""
    links = linked(kind="customer")
    base = {
        "currency|currency_code": ("EUR", "EUR"),
        "customer|customer_id": ("7", "7"),
    }
    links.put("order", Link("9", "r9", base))
    order = Observed("r9", dict(invoice().values))
    changes = Changes(left={"9": invoice("USD")}, right={"r9": order})

    (step,) = plan(ORDERS, links, changes)
    (deed,) = step.actions

    assert isinstance(deed, Replace)
    assert invoice("USD").values == deed.values


def test_a_conflict_shows_both_values_and_times() -> None:
    """What a person needs to decide stands in one sentence."""
    ends = EditTime(100, 100), EditTime(None, 200)
    times = {("7", NAME): EditTimes(("12", "13"), *ends)}
    changes = Changes({"7": left("12")}, {"r7": right("13")}, times=times)

    (step,) = plan(CUSTOMERS, linked(), changes)
    text = step.issues[0].text

    assert ["'12'", "'13'", "00:01:40Z", "00:03:20Z"] == [
        part for part in ("'12'", "'13'", "00:01:40Z", "00:03:20Z") if part in text
    ]
