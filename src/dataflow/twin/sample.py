"""Sample data: invented records of both systems, some linked, made by calls.

Ada, paper and the paid invoice are linked as the reference sync links them. The other
records are for a sync to create, or of one system alone. Each record is created by a
call, so that the sample obeys the rules of the twins.
"""

from __future__ import annotations

from dataflow.twin.gateway import Seed
from dataflow.twin.messages import Json
from dataflow.twin.pair import TwinPair

_DAY = 86_400


def fill(pair: TwinPair) -> None:
    """Fill two empty twins; the dates are near the present of their clock."""
    now = round(pair.invoiced.clock.seconds())
    ada, _, _, _, _, _, _, paid, *_ = pair.invoiced.seed(_left(now))
    pair.chargebee.seed(_right(now, _id(ada), _id(paid)))


def is_empty(pair: TwinPair) -> bool:
    """Return whether no event of any record is known."""
    events = [Seed("/events", method="GET")]
    invoiced, chargebee = pair.invoiced.seed(events), pair.chargebee.seed(events)
    return ([[]], [{"list": []}]) == (invoiced, chargebee)


def _id(record: Json) -> str:
    assert isinstance(record, dict)
    return str(record["id"])


def _left(now: int) -> list[Seed]:
    """Return the calls to Invoiced; `$0` to `$4` are its customers."""
    return [
        _customer("Ada Brook", "person", "usd", "ada@example.com"),
        _customer("Bruno Keller", "person", "eur", "bruno@example.com"),
        _customer("Chie Mori", "person", "jpy", "chie@example.com"),
        _customer("Larch Boats Ltd", "company", "gbp", "office@example.com"),
        _customer("Blue Kettle Tea", "company", "usd", "tea@example.com"),
        _item("paper", "Paper", 4.5),
        _item("workshop", "Workshop, one day", 480),
        # Paid, past due, open, in a currency without cents, draft, closed, voided.
        _invoice("$0.id", "usd", now - 9 * _DAY, 90),
        _invoice("$1.id", "eur", now - 60 * _DAY, 480, payment_terms="NET 30"),
        _invoice("$1.id", "eur", now - 2 * _DAY, 19.99),
        _invoice("$2.id", "jpy", now - _DAY, 5200, payment_terms="NET 14"),
        _invoice("$3.id", "gbp", now, 960, draft=True),
        _invoice("$4.id", "usd", now - 5 * _DAY, 12.5, closed=True),
        _invoice("$0.id", "usd", now - 4 * _DAY, 45),
        Seed("/payments", {"amount": 90, "applied_to": [_share("$7.id", 90)]}),
        Seed("/invoices/$13.id/void"),
    ]


def _customer(name: str, kind: str, currency: str, email: str) -> Seed:
    who: dict[str, Json] = {"name": name, "type": kind, "email": email}
    return Seed("/customers", {**who, "currency": currency})


def _item(identifier: str, name: str, cost: float) -> Seed:
    named: dict[str, Json] = {"id": identifier, "name": name}
    return Seed("/items", {**named, "unit_cost": cost, "currency": "usd"})


def _invoice(
    customer: str, currency: str, date: int, cost: float, **more: Json
) -> Seed:
    lines: Json = [{"name": "Work", "quantity": 1, "unit_cost": cost}]
    body: dict[str, Json] = {"customer": customer, "currency": currency, "date": date}
    return Seed("/invoices", {**body, "items": lines, **more})


def _share(invoice: str, amount: float) -> Json:
    return {"type": "invoice", "invoice": invoice, "amount": amount}


def _right(now: int, ada: str, paid: str) -> list[Seed]:
    """Return the calls to Chargebee, with the ids of what is linked in Invoiced."""
    family: Json = "invoiced"
    return [
        Seed("/item_families", {"id": family, "name": "Invoiced"}),
        Seed(
            "/items",
            {
                "id": "paper",
                "name": "Paper",
                "item_family_id": family,
                "type": "charge",
                "metadata": {"invoiced_id": "paper"},
            },
        ),
        Seed(
            "/customers",
            {
                "id": ada,
                "first_name": "Ada",
                "last_name": "Brook",
                "email": "ada@example.com",
                "preferred_currency_code": "USD",
                "auto_collection": "off",
                "meta_data": {"invoiced_id": ada},
            },
        ),
        Seed("/customers", {"id": "dora", "first_name": "Dora", "last_name": "Quill"}),
        _import(paid, ada, now - 9 * _DAY, 9_000, currency_code="USD", status="paid"),
        _order(f"invoiced-{paid}", paid, now - 9 * _DAY, reference_id=paid),
        _import("dora-1", "dora", now - 3 * _DAY, 2_500, currency_code="EUR"),
        _order("dora-1", "dora-1", now - 3 * _DAY, note="Of Chargebee alone"),
    ]


def _import(
    identifier: str, customer: str, date: int, cents: int, **more: Json
) -> Seed:
    line: Json = {"description": "Work", "unit_amount": cents, "quantity": 1}
    body: dict[str, Json] = {
        "id": identifier,
        "customer_id": customer,
        "date": date,
        "total": cents,
    }
    return Seed("/invoices/import_invoice", {**body, "line_items": [line], **more})


def _order(identifier: str, invoice: str, date: int, **more: Json) -> Seed:
    dates = dict.fromkeys(("created_at", "order_date", "shipping_date"), date)
    body = {"id": identifier, "invoice_id": invoice, "status": "queued"}
    return Seed("/orders/import_order", {**body, **dates, **more})
