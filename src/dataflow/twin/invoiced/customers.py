"""Create, read, update and delete customers; the keys are recorded."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events, types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import RefusalError
from dataflow.twin.invoiced.fields import Compare, Field, Fields, Sent, fields
from dataflow.twin.invoiced.invoice_states import is_owed, status
from dataflow.twin.invoiced.lists import ListSpec, Query, Resource, Test
from dataflow.twin.invoiced.types import major, minor
from dataflow.twin.messages import Json

TEXT, NUMBER = Compare.TEXT, Compare.NUMBER

#: Documented are company and person; the other two are unconfirmed.
TYPES = ("company", "government", "non_profit", "person")


def _read_type(param: str, value: Json) -> Json:
    if value in TYPES:
        return value
    message = "Type must be one of the allowed values"
    raise RefusalError(message, b.CUSTOMER_TYPE, param=param)


_FLAG = (types.boolean, NUMBER)

FIELDS = Fields(
    "Customer",
    Field("name", types.name, TEXT, required=b.CUSTOMER_NAME),
    Field("number", types.number, TEXT, defaulted=True),
    Field("email", types.email, TEXT),
    Field("type", _read_type, TEXT, default="company"),
    Field("currency", types.currency, TEXT),
    Field("country", types.country, TEXT),
    Field("language", types.language, TEXT),
    Field("payment_terms", types.limit_text(types.LONGEST_NAME), TEXT),
    *fields(
        "attention_to address1 address2 avalara_entity_use_code"
        " avalara_exemption_number city notes phone postal_code state tax_id",
        types.text,
        TEXT,
    ),
    *fields("active chase taxable", *_FLAG, default=True),
    Field("convenience_fee", types.boolean, default=True),
    Field("credit_hold", *_FLAG, default=False),
    *fields("bill_to_parent consolidated", types.boolean, default=False),
    Field("autopay", types.autopay, NUMBER, default=False),
    Field("autopay_delay_days", types.integer, NUMBER, default=-1),
    Field("credit_limit", types.amount, NUMBER),
    Field("parent_customer", types.integer, NUMBER),
    *fields(
        "ach_gateway cc_gateway chasing_cadence next_chase_step owner sign_up_page",
        types.reference,
        NUMBER,
    ),
    Field("metadata", types.metadata, default={}),
    Field("taxes", types.no_rates, default=[]),
    Field("disabled_payment_methods", stored=False),
    *fields(
        "accounting_id accounting_system collection_mode default_source_id"
        " default_source_type",
        types.not_built,
        stored=False,
    ),
    *fields("late_fee_schedule network_connection payment_source", types.not_built),
    *fields("created_at updated_at", compare=NUMBER, sent=Sent.BLOCKED),
    *fields("object sign_up_url statement_pdf_url", sent=Sent.BLOCKED),
    Field("id", compare=NUMBER, sent=Sent.NEVER),
    *fields(
        "ach_gateway_id cc_gateway_id late_fee_schedule_id network_connection_id"
        " statement_url",
        sent=Sent.NEVER,
    ),
)


def create(account: Account, body: dict[str, Json]) -> Record:
    """Store a new customer; only its name is required (documented)."""
    FIELDS.check(account, body)
    given = _note_type(account, FIELDS.read_new(account, body))
    if "number" in given:
        account.customer_numbers.check(given["number"])
    else:
        account.cite(b.CUSTOMER_NUMBER)
        given["number"] = account.customer_numbers.generate()
    record = _make_blank(account) | given
    if given.get("country") is None:
        account.cite(b.CUSTOMER_COUNTRY)
        record["country"] = accounts.COUNTRY
    account.customers.put(record["id"], record)
    account.customer_numbers.take(record["number"], record["id"])
    events.log_event(account, "created", record)
    return record


def retrieve(account: Account, identifier: str) -> Record:
    """Return the customer that a path names."""
    return accounts.require_record(account.customers, "Customer", identifier)


def update(account: Account, identifier: str, body: dict[str, Json]) -> Record:
    """Store all changes of a PATCH, or none of them."""
    old = retrieve(account, identifier)
    FIELDS.check(account, body)
    given = _note_type(account, FIELDS.read_edit(account, body))
    record = old | given | {"updated_at": account.now()}
    account.customer_numbers.check(record["number"], record["id"])
    account.customer_numbers.free(old["number"])
    account.customer_numbers.take(record["number"], record["id"])
    account.customers.put(record["id"], record)
    events.log_change(account, old, record)
    return record


def delete(account: Account, identifier: str) -> None:
    """Delete a customer without invoices; drafts and voided ones count too."""
    record = retrieve(account, identifier)
    if account.invoices_of[record["id"]]:
        raise RefusalError(
            "Customers with transactions cannot be deleted", b.CUSTOMER_KEPT
        )
    account.customers.drop(record["id"])
    account.customer_numbers.free(record["number"])
    events.log_event(account, "deleted", record)


def merge(account: Account, identifier: str, body: dict[str, Json]) -> None:
    """Move another customer's records to this one, and delete it (unconfirmed)."""
    kept = retrieve(account, identifier)
    number = types.integer("customer", body.get("customer")) or 0
    moved = account.customers.get(int(str(number)))
    if moved is None:
        raise RefusalError(f"No such customer: {number}", b.MERGED)
    if moved is kept:
        raise RefusalError("A customer cannot be merged into itself.", b.MERGED)
    if not (kept["active"] and moved["active"]):
        raise RefusalError("Inactive customers cannot be merged", b.MERGED)
    move_records(account, moved, kept)


def move_records(account: Account, moved: Record, kept: Record) -> None:
    """Move all that a customer has to another, and delete it."""
    account.cite(b.MERGED)
    own = (account.invoices, account.payments, account.contacts, account.notes)
    for table in own:
        for record in list(table):
            if record["customer"] == moved["id"]:
                table.rewrite(record["id"], record | {"customer": kept["id"]})
    account.invoices_of[kept["id"]] += account.invoices_of.pop(moved["id"], 0)
    account.log.move(("customer", moved["id"]), ("customer", kept["id"]))
    account.customers.drop(moved["id"])
    account.customer_numbers.free(moved["number"])
    events.log_event(account, "merged", kept | {"original_customer": moved})


def sum_balance(account: Account, identifier: str, currency: str | None) -> Record:
    """Return what a customer owes in a currency, its own unless one is asked for."""
    customer = retrieve(account, identifier)
    currency = (currency or customer["currency"] or accounts.CURRENCY).lower()
    own = [each for each in account.invoices if each["customer"] == customer["id"]]
    owed = sum(
        minor(each["balance"], currency)
        for each in own
        if is_owed(each) and each["currency"] == currency
    )
    account.cite(b.CUSTOMER_BALANCE)
    return {
        "available_credits": 0,
        "currency": currency,
        "due_now": major(owed, currency),
        "history": [],
        "open_credit_notes": 0,
        "past_due": any(status(each) == "past_due" for each in own),
        "total_outstanding": major(owed, currency),
    }


def show(account: Account, record: Record) -> Record:
    """Return a customer as it is shown."""
    account.cite(b.CUSTOMER_SHAPE)
    return record


def _note_type(account: Account, given: Record) -> Record:
    if given.get("type") in ("government", "non_profit"):
        account.cite(b.CUSTOMER_TYPE_WIDER)
    return given


def _make_blank(account: Account) -> Record:
    identifier, now = account.next_id(), account.now()
    statement = f"{account.public}/statements/{identifier}"
    return {
        **FIELDS.first,
        "created_at": now,
        "id": identifier,
        "object": "customer",
        "statement_pdf_url": f"{statement}/pdf",
        "statement_url": statement,
        "updated_at": now,
    }


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


LISTING = ListSpec(
    table=lambda account: account.customers,
    fields=FIELDS,
    special=_make_special_tests,
    special_parameters=frozenset(
        ("late_fee_schedule_id", "open_balance", "owner", "payment_source")
    ),
)

RESOURCE = Resource(create, retrieve, update, delete, show, LISTING)
