"""The taxes, the discounts and the total of an imported invoice."""

from __future__ import annotations

from dataflow.twin.chargebee import behaviours, types
from dataflow.twin.chargebee.errors import missing, wrong_value
from dataflow.twin.chargebee.types import Record, Values, number, objects
from dataflow.twin.evidence import EvidenceLog
from dataflow.twin.resource import Field

TAX = (
    Field("name", types.Text(100), required=True),
    Field("rate", types.Number(0, 100), required=True),
    Field("amount", types.Amount(0)),
    Field("description", types.Text(50)),
    Field(
        "juris_type",
        types.OneOf("country federal state county city special unincorporated other"),
    ),
    Field("juris_name", types.Text(250)),
    Field("juris_code", types.Text(250)),
)
DISCOUNT = (
    Field("line_item_id", types.Text(40)),
    Field(
        "entity_type",
        types.OneOf(
            "item_level_coupon document_level_coupon promotional_credits"
            " item_level_discount document_level_discount"
        ),
        required=True,
    ),
    Field("entity_id", types.Text(100)),
    Field("description", types.Text(250)),
    Field("amount", types.Amount(0), required=True),
)

#: The vendor numbers the taxes of a line from 1 to 10.
_NUMBERS = range(1, 11)
LINE_TAXES = (
    *(Field(f"tax{n}_name", types.Text(50)) for n in _NUMBERS),
    *(Field(f"tax{n}_amount", types.Amount(0)) for n in _NUMBERS),
)


def split_taxes(lines: list[Record]) -> tuple[list[Record], list[Record]]:
    """Return the lines with their tax in sum, and all taxes of lines one by one."""
    sums, taxes = [], []
    for at, line in enumerate(lines):
        own = [_read_tax(at, line, number) for number in _NUMBERS]
        found = [tax for tax in own if tax]
        total = sum(number(tax, "tax_amount") for tax in found)
        bare = {k: v for k, v in line.items() if k not in _LINE_TAX_NAMES}
        sums.append({**bare, "is_taxed": bool(found), "tax_amount": total})
        taxes += found
    return sums, taxes


_LINE_TAX_NAMES = {field.name for field in LINE_TAXES}


def _read_tax(at: int, line: Record, which: int) -> Record:
    name, amount = line.get(f"tax{which}_name"), line.get(f"tax{which}_amount")
    if (name is None) != (amount is None):
        lacking = "name" if name is None else "amount"
        raise missing(f"line_items[tax{which}_{lacking}][{at}]")
    if name is None:
        return {}
    return {
        "line_item_id": line["id"],
        "tax_name": name,
        "tax_amount": amount,
        "object": "line_item_tax",
    }


def check_taxes(values: Values, line_taxes: list[Record]) -> None:
    """Refuse taxes without a rate or a line, or on a pending invoice: documented."""
    named = {tax["name"] for tax in objects(values, "taxes")}
    if named and values.get("status") == "pending":
        text = "do not belong to a pending invoice"
        raise wrong_value("taxes", text, behaviours.TAXES_BELONG_TOGETHER)
    for tax in line_taxes:
        if tax["tax_name"] not in named:
            text = f"{tax['tax_name']} is not on a line"
            raise wrong_value("taxes[name]", text, behaviours.TAXES_BELONG_TOGETHER)
    if named and not line_taxes:
        raise missing("line_items[tax1_name][0]")
    for at, discount in enumerate(objects(values, "discounts")):
        is_coupon = str(discount["entity_type"]).endswith("_coupon")
        if is_coupon and not discount.get("line_item_id"):
            raise missing(f"discounts[line_item_id][{at}]")


def check_total(values: Values, lines: list[Record], evidence: EvidenceLog) -> None:
    """Refuse a total that is not lines - discounts + taxes + rounding: unconfirmed."""
    amounts = [number(line, "amount") for line in lines]
    is_inclusive = values.get("price_type") == "tax_inclusive"
    tax = 0 if is_inclusive else sum(number(line, "tax_amount") for line in lines)
    discount = sum(number(each, "amount") for each in objects(values, "discounts"))
    total = number(values, "total")
    if sum(amounts) - discount + tax + number(values, "round_off") != total:
        text = f"{total} is not the sum of the line items, discounts and taxes"
        raise wrong_value("total", text, behaviours.TOTAL_IS_THE_SUM)
    if 0 in (total, *amounts):
        evidence.cite(behaviours.ZERO_AMOUNTS)
    if min(amounts) < 0:
        evidence.cite(behaviours.NEGATIVE_LINES)


def sums(values: Values, lines: list[Record], line_taxes: list[Record]) -> Record:
    """Return the sums of an invoice; without taxes or discounts it lists none."""
    totals: Record = {
        "sub_total": sum(number(line, "amount") for line in lines),
        "round_off_amount": number(values, "round_off"),
        "new_sales_amount": number(values, "total"),
    }
    if line_taxes:
        totals["tax"] = sum(number(line, "tax_amount") for line in lines)
        totals["taxes"] = [
            _show_tax(tax, line_taxes) for tax in objects(values, "taxes")
        ]
        totals["line_item_taxes"] = [*line_taxes]
    if discounts := objects(values, "discounts"):
        totals["discounts"] = [{**each, "object": "discount"} for each in discounts]
    return totals


def _show_tax(tax: Record, line_taxes: list[Record]) -> Record:
    own = (each for each in line_taxes if each["tax_name"] == tax["name"])
    amount = tax.get("amount", sum(number(each, "tax_amount") for each in own))
    shown: Record = {name: tax[name] for name in ("name", "description") if name in tax}
    return {**shown, "amount": amount, "object": "tax"}
