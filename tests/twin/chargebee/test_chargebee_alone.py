"""What no real site shows at will: times by the clock, numbers, resets, and notes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dataflow.twin.chargebee import ChargebeeTwin
from dataflow.twin.chargebee import behaviours as b
from dataflow.twin.clock import START, ManualClock
from dataflow.twin.evidence import Behaviour, Evidence
from tests.cases import cases
from tests.contract.chargebee.site import WRONG_STATE, Record, Site, refused

KEY = {"chargebee-idempotency-key": "k1"}


# An empty site


def test_an_empty_site_tells_nothing(site: Site) -> None:
    """A site on which nothing has happened has no events."""
    assert [] == site.listed("event")


def test_a_reset_empties(site: Site, twin: ChargebeeTwin) -> None:
    """A reset leaves an empty site, which knows no idempotency key."""
    site.raw.post("/customers", headers=KEY)
    twin.reset()
    before = site.listed("customer")
    site.raw.post("/customers", headers=KEY)

    assert ([], 1) == (before, len(site.listed("customer")))


@pytest.mark.parametrize("kind", ["customer", "event"])
def test_no_id_comes_twice(kind: str, site: Site, twin: ChargebeeTwin) -> None:
    """An id that was generated before a reset is not generated after it."""
    site.sdk.Customer.create({})
    before = site.listed(kind)
    twin.reset()
    site.sdk.Customer.create({})

    assert [True] == [each not in before for each in site.listed(kind)]


def test_orders_are_numbered(ada: Site) -> None:
    """Orders without an id are numbered from one on, past the ids that were chosen."""
    first = ada.order(id=None, invoice_id="inv")["id"]
    ada.order(id="2", invoice_id="inv")

    assert ("1", "3") == (first, ada.order(id=None, invoice_id="inv")["id"])


def test_charge_invoices_are_numbered(ada: Site) -> None:
    """Charge invoices are given numbers that no other invoice has."""
    ada.invoice(id="2", customer_id="ada")

    assert ["1", "3"] == [ada.charge()["id"], ada.charge()["id"]]


@pytest.mark.parametrize(
    "body", [b"", b'{"first_name": "Ada"}', b"a[=1&]b=2&[c]=3&d[]=4", b"&&==;"]
)
def test_nonsense_is_answered(site: Site, body: bytes) -> None:
    """A body that is no form counts as one without parameters."""
    assert 200 == site.raw.post("/customers", content=body).status_code


# Times


def test_a_customer_has_the_time_of_the_clock(site: Site, clock: ManualClock) -> None:
    """A customer's times are those of the clock; its version counts milliseconds."""
    clock.advance(1.5)
    made = site.customer()
    clock.advance(60)
    now = site.update(made, first_name="Ada")

    assert (START + 1, START * 1000 + 1500, START + 61) == (
        made["created_at"],
        made["resource_version"],
        now["updated_at"],
    )


@pytest.mark.parametrize(("seconds", "made"), [(1799, 1), (1800, 2)])
def test_a_key_is_forgotten(
    site: Site, clock: ManualClock, seconds: int, made: int
) -> None:
    """An idempotency key is remembered for thirty minutes."""
    site.raw.post("/customers", headers=KEY)
    clock.advance(seconds)
    site.raw.post("/customers", headers=KEY)

    assert made == len(site.listed("customer"))


# Orders that a site makes


@pytest.fixture
def pay(site: Site, twin: ChargebeeTwin) -> Callable[[], Record]:
    """Return what pays an invoice for something to ship, on a site with orders."""
    twin.switches.orders = True
    return lambda: site.pay(site.charge(site.shippable()))


def test_a_site_without_orders_makes_none(
    site: Site, twin: ChargebeeTwin, pay: Callable[[], Record]
) -> None:
    """Orders are made only where they are switched on."""
    twin.switches.orders = False

    assert [] == site.orders(pay())


def test_a_site_without_orders_takes_none(ada: Site, twin: ChargebeeTwin) -> None:
    """Where orders are not enabled no import of one is taken."""
    twin.switches.without_orders = True

    assert (400, "configuration_incompatible", None) == refused(
        ada.order, invoice_id="inv"
    )


def test_a_site_can_make_orders_for_what_is_due(
    site: Site, twin: ChargebeeTwin
) -> None:
    """A site may make orders for unpaid invoices, and notes a later payment on them."""
    twin.switches.orders = True
    twin.switches.order_generation = "unpaid"
    made = site.charge(site.shippable())
    before = site.orders(made)
    site.pay(made)

    assert [["not_paid"], ["paid"]] == [
        [order["payment_status"] for order in orders]
        for orders in (before, site.orders(made))
    ]


@pytest.mark.parametrize(("seconds", "count"), [(3.9, 0), (4, 1), (100, 1)])
def test_an_order_takes_its_time(  # noqa: PLR0913, PLR0917 - fixtures
    site: Site,
    twin: ChargebeeTwin,
    clock: ManualClock,
    pay: Callable[[], Record],
    seconds: float,
    count: int,
) -> None:
    """An order is there when its delay is over, was made then, and not before."""
    twin.switches.order_delay = 4
    paid = pay()
    clock.advance(seconds)

    assert [(START + 4, START + 4, START)] * count == [
        (order["created_at"], order["updated_at"], order["order_date"])
        for order in site.orders(paid)
    ]


def test_a_voided_invoice_has_no_order_made(
    site: Site, twin: ChargebeeTwin, clock: ManualClock
) -> None:
    """An invoice that is voided before its order's time has none."""
    twin.switches.orders = True
    twin.switches.order_generation = "unpaid"
    twin.switches.order_delay = 4
    made = site.charge(site.shippable())
    site.void(made)
    clock.advance(4)

    assert [] == site.orders(made)


@pytest.mark.parametrize("legacy_orders", [True])
def test_an_old_site_creates_orders(ada: Site) -> None:
    """A site of the old kind creates orders, and does not delete them."""
    made = ada.sdk.Order.create({"invoice_id": "inv"}).order.raw_data

    assert ("1", "new", "ada") == (made["id"], made["status"], made["customer_id"])
    assert WRONG_STATE == refused(ada.delete, made)


# Notes


def change_order(site: Site, **params: object) -> None:
    """Change an order by a call that may be refused."""
    order = site.order()
    site.raw.post(f"/orders/{order['id']}", data=params)


@cases(
    "name, use",
    {
        name: (f"chargebee.{name}", use)
        for name, use in {
            "record.update-without-change": lambda site: site.update(
                site.customer(company="Acme"), company="Acme"
            ),
            "currency-code.stored-as-sent": lambda site: site.customer(
                preferred_currency_code="eur"
            ),
            "order.several-of-one-invoice": lambda site: [
                site.order(invoice_id="inv") for _ in range(2)
            ],
            "parameter.unknown-ignored": lambda site: change_order(site, total=7),
            "order.customer-immutable": lambda site: change_order(
                site, currency_code="USD"
            ),
            "event.every-write": lambda site: site.listed("event"),
            "order.generated-for-charges": lambda site: site.orders(
                site.pay(site.charge(site.shippable()))
            ),
            "idempotency.refusal-replayed": lambda site: [
                site.raw.post("/customers", data={"email": "ada"}, headers=KEY)
                for _ in range(2)
            ],
        }.items()
    },
)
def test_what_an_answer_rests_on_is_noted(
    ada: Site, twin: ChargebeeTwin, name: str, use: Callable[[Site], object]
) -> None:
    """What is only assumed is noted as unconfirmed once an answer rests on it."""
    twin.switches.orders = True
    twin.evidence.clear()
    use(ada)

    assert name in {behaviour.name for behaviour in twin.evidence.unconfirmed()}


def test_an_ignored_address_is_noted_once(ada: Site, twin: ChargebeeTwin) -> None:
    """An update with a billing address rests on that assumption, and on no other."""
    twin.evidence.clear()
    sent = {"billing_address[city]": "Paris", "phone": 1}
    ada.raw.post("/customers/ada", data=sent)

    assert ["chargebee.customer.update-ignores-billing-info"] == [
        behaviour.name for behaviour in twin.evidence.unconfirmed()
    ]


def test_a_site_may_have_high_amounts(ada: Site, twin: ChargebeeTwin) -> None:
    """The switch high_value_currency admits what is refused otherwise."""
    twin.switches.high_value_currency = True
    amount = 3_000_000_000
    lines = [{"description": "A ship", "amount": amount}]
    made = ada.invoice(customer_id="ada", total=amount, line_items=lines)

    assert amount == made["total"]


def test_the_unconfirmed_name_what_would_settle_them() -> None:
    """Each unconfirmed behaviour names its source and what would settle it."""
    known = [each for each in vars(b).values() if isinstance(each, Behaviour)]
    unconfirmed = {x.name for x in known if x.evidence is Evidence.UNCONFIRMED}

    assert unconfirmed == {x.name for x in known if "; " in x.settled_by}
