"""What a charge invoice is made of: item prices by their quantity, and charges."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours
from dataflow.twin.chargebee.errors import RefusalError, missing, wrong_value
from dataflow.twin.chargebee.invoice_import import FIRST_LINE
from dataflow.twin.chargebee.params import Param, Values, moment, text, whole
from dataflow.twin.chargebee.records import Record, dropped, number, objects
from dataflow.twin.chargebee.site import ITEM_PRICES, Site

ITEM_PRICE = (
    Param("item_price_id", text(100), required=True),
    Param("quantity", whole(1)),
    Param("unit_price", whole(0)),
    Param("date_from", moment),
    Param("date_to", moment),
)
CHARGE = (
    Param("amount", whole(1), required=True),
    Param("description", text(250), required=True),
    Param("date_from", moment),
    Param("date_to", moment),
)

_FLAT, _PER_UNIT = "flat_fee", "per_unit"


def charged_lines(site: Site, values: Values) -> list[Record]:
    """Return the lines of a new invoice; without any it is refused."""
    prices = objects(values, "item_prices")
    sold = [_sold(site, values, at, each) for at, each in enumerate(prices)]
    plain = [_plain(each) for each in objects(values, "charges")]
    if not sold and not plain:
        raise missing("item_prices[item_price_id][0]")
    return [_line(site, values, each) for each in (*sold, *plain)]


def _line(site: Site, values: Values, own: Record) -> Record:
    date = values.get("invoice_date") or site.clock.seconds()
    return {
        "id": f"li_Tw{site.count('line'):012d}",
        "date_from": date,
        "date_to": date,
        **FIRST_LINE,
        "customer_id": values["customer_id"],
        **dropped(own),
    }


def _plain(sent: Record) -> Record:
    return {
        "entity_type": "adhoc",
        "quantity": 1,
        "unit_amount": sent["amount"],
        **sent,
    }


def _sold(site: Site, values: Values, at: int, sent: Record) -> Record:
    named = f"item_prices[item_price_id][{at}]"
    price = site.refer(ITEM_PRICES, sent, "item_price_id", named)
    _refuse_misfits(values, price, named)
    quantity = number(sent, "quantity") or 1
    unit = (
        number(sent, "unit_price") if "unit_price" in sent else number(price, "price")
    )
    is_flat = price["pricing_model"] == _FLAT
    return {
        "description": price.get("external_name", price["name"]),
        "entity_type": f"{price['item_type']}_item_price",
        "entity_id": price["id"],
        "pricing_model": price["pricing_model"],
        "unit_amount": unit,
        "quantity": 1 if is_flat else quantity,
        "amount": unit if is_flat else unit * quantity,
        "date_from": sent.get("date_from"),
        "date_to": sent.get("date_to"),
    }


def _refuse_misfits(values: Values, price: Record, named: str) -> None:
    """Raise for a price that cannot stand on this invoice: mostly unconfirmed."""
    if price["item_type"] == "plan":
        raise wrong_value(named, "is a plan's", behaviours.CHARGED_ONCE)
    if price["pricing_model"] not in {_FLAT, _PER_UNIT}:
        raise wrong_value(named, "has tiers", behaviours.NO_TIERS)
    if price.get("currency_code") != values["currency_code"]:
        text = "The currency of the item price is another one"
        raise RefusalError(
            400,
            "invalid_request",
            text,
            behaviours.CURRENCY_MISMATCH,
            param=named,
            legacy="currency_mismatched",
        )
