"""Customers, as recorded; their merge and their balance."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from http import HTTPStatus

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events, types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.calls import Refusal, Resource
from dataflow.twin.invoiced.encoding import Body, Call
from dataflow.twin.invoiced.errors import RefusalError, encode_answer
from dataflow.twin.invoiced.fields import NUMBER, TEXT, Fields
from dataflow.twin.invoiced.invoice_states import is_owed, status
from dataflow.twin.invoiced.lists import ListSpec, Query, Test
from dataflow.twin.invoiced.metadata import read_metadata
from dataflow.twin.invoiced.types import Text, major, minor
from dataflow.twin.messages import Response
from dataflow.twin.resource import Field, Sent, fields, unread

FIELDS = Fields(
    "Customer",
    Field("name", types.NAME, required=True, filter=TEXT),
    Field("number", types.NUMBER, defaulted=True, filter=TEXT, unique=b.NUMBER_TAKEN),
    Field("email", types.email, filter=TEXT),
    # Documented are company and person; the other two are unconfirmed.
    Field(
        "type",
        types.OneOf("company government non_profit person", b.CUSTOMER_TYPE),
        default="company",
        filter=TEXT,
    ),
    Field("currency", types.currency, filter=TEXT),
    Field("country", types.country, filter=TEXT),
    Field("language", types.language, filter=TEXT),
    Field("payment_terms", Text(255), filter=TEXT),
    *fields(
        types.text,
        "attention_to address1 address2 avalara_entity_use_code"
        " avalara_exemption_number city notes phone postal_code state tax_id",
        filter=TEXT,
    ),
    *fields(types.boolean, "active chase taxable", default=True, filter=NUMBER),
    Field("convenience_fee", types.boolean, default=True),
    Field("credit_hold", types.boolean, default=False, filter=NUMBER),
    *fields(types.boolean, "bill_to_parent consolidated", default=False),
    Field("autopay", types.autopay, default=False, filter=NUMBER),
    Field("autopay_delay_days", types.integer, default=-1, filter=NUMBER),
    Field("credit_limit", types.amount, filter=NUMBER),
    Field("parent_customer", types.integer, filter=NUMBER),
    *fields(
        types.reference,
        "ach_gateway cc_gateway chasing_cadence next_chase_step owner sign_up_page",
        filter=NUMBER,
    ),
    Field("metadata", read_metadata, default={}),
    Field("taxes", types.no_rates, default=[]),
    Field("disabled_payment_methods", stored=False),
    *fields(
        types.not_built,
        "accounting_id accounting_system collection_mode default_source_id"
        " default_source_type",
        stored=False,
    ),
    *fields(types.not_built, "late_fee_schedule network_connection payment_source"),
    *fields(unread, "created_at updated_at", sent=Sent.BLOCKED, filter=NUMBER),
    *fields(unread, "sign_up_url statement_pdf_url", sent=Sent.BLOCKED),
    Field("object", sent=Sent.BLOCKED, default="customer"),
    Field("id", sent=Sent.NEVER, filter=NUMBER),
    *fields(
        unread,
        "ach_gateway_id cc_gateway_id late_fee_schedule_id network_connection_id"
        " statement_url",
        sent=Sent.NEVER,
    ),
    required=b.CUSTOMER_NAME,
)


def _complete(account: Account, old: Record, given: Record, _body: Body) -> Record:
    """Return the values as a customer stores them."""
    if given.get("type") in ("government", "non_profit"):
        account.cite(b.CUSTOMER_TYPE_WIDER)
    if old:
        return given
    if given.get("country") is None:
        account.cite(b.CUSTOMER_COUNTRY)
    identifier = account.next_id()
    statement = f"{account.public}/statements/{identifier}"
    return {
        "id": identifier,
        "statement_pdf_url": f"{statement}/pdf",
        "statement_url": statement,
        **given,
        "country": given.get("country") or accounts.COUNTRY,
    }


def merge(call: Call, identifier: str) -> Response:
    """Move another customer's records to this one, and delete it (unconfirmed)."""
    account, body = call.account, call.body()
    kept = CUSTOMER.find(account, identifier)
    number = types.integer("customer", body.get("customer")) or 0
    moved = account.customers.get(int(str(number)))
    if moved is None:
        raise RefusalError(f"No such customer: {number}", b.MERGED)
    if moved is kept:
        raise RefusalError("A customer cannot be merged into itself.", b.MERGED)
    if not (kept["active"] and moved["active"]):
        raise RefusalError("Inactive customers cannot be merged", b.MERGED)
    move_records(account, moved, kept)
    return encode_answer(HTTPStatus.NO_CONTENT)


def move_records(account: Account, moved: Record, kept: Record) -> None:
    """Move all that a customer has to another, and delete it."""
    account.cite(b.MERGED)
    own = (account.invoices, account.payments, account.contacts, account.notes)
    for table in own:
        for record in list(table):
            if record["customer"] == moved["id"]:
                table.put(record["id"], record | {"customer": kept["id"]})
    account.invoices_of[kept["id"]] += account.invoices_of.pop(moved["id"], 0)
    account.log.move(("customer", moved["id"]), ("customer", kept["id"]))
    CUSTOMER.remove(account, moved)
    events.log_event(account, "merged", kept | {"original_customer": moved})


def show_balance(call: Call, identifier: str) -> Response:
    """Answer what a customer owes in a currency, its own unless one is asked for."""
    account = call.account
    customer = CUSTOMER.find(account, identifier)
    asked = dict(call.request.query).get("currency")
    currency = (asked or customer["currency"] or accounts.CURRENCY).lower()
    own = [each for each in account.invoices if each["customer"] == customer["id"]]
    owed = sum(
        minor(each["balance"], currency)
        for each in own
        if is_owed(each) and each["currency"] == currency
    )
    account.cite(b.CUSTOMER_BALANCE)
    balance: Record = {
        "available_credits": 0,
        "currency": currency,
        "due_now": major(owed, currency),
        "history": [],
        "open_credit_notes": 0,
        "past_due": any(status(each) == "past_due" for each in own),
        "total_outstanding": major(owed, currency),
    }
    return encode_answer(HTTPStatus.OK, balance)


def _has_id(name: str, wanted: float, record: Record) -> bool:
    return bool(record[name] == wanted)


def _make_special_tests(account: Account, query: Query) -> Iterable[Test]:
    """Yield the tests of customers alone; no customer here has a stored card."""
    for name in ("late_fee_schedule_id", "owner"):
        if name in query.plain:
            account.cite(b.CUSTOMER_FILTERS)
            yield partial(_has_id, name, query.number(name) or 0)
    owing, sourced = query.number("open_balance"), query.number("payment_source")
    if owing is not None:
        account.cite(b.OPEN_BALANCE)
        debtors = {each["customer"] for each in account.invoices if is_owed(each)}
        yield lambda record: (record["id"] in debtors) == bool(owing)
    if sourced is not None:
        account.cite(b.PAYMENT_SOURCE)
        yield lambda _: not sourced


CUSTOMER = Resource(
    noun="Customer",
    spec=ListSpec(
        table=lambda account: account.customers,
        fields=FIELDS,
        special=_make_special_tests,
        special_parameters=frozenset(
            ("late_fee_schedule_id", "open_balance", "owner", "payment_source")
        ),
    ),
    cites=lambda _record: (b.CUSTOMER_SHAPE,),
    complete=_complete,
    refusals={
        "delete": (
            # Drafts and voided invoices count too.
            Refusal(
                lambda account, record, _body: account.invoices_of[record["id"]],
                b.CUSTOMER_KEPT,
                "Customers with transactions cannot be deleted",
            ),
        )
    },
    generated=b.CUSTOMER_NUMBER,
)
