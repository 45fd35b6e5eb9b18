"""Create, read, update and delete customers; the keys are recorded."""

from __future__ import annotations

from collections.abc import Iterable

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events, types
from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.errors import RefusalError, refuse_blocked
from dataflow.twin.invoiced.invoice_states import is_owed
from dataflow.twin.invoiced.lists import ListSpec, Query, Resource, Test
from dataflow.twin.invoiced.types import Reader, metadata, read_leniently
from dataflow.twin.messages import Json, split_words

#: Documented are company and person; the other two are unconfirmed.
TYPES = ("company", "government", "non_profit", "person")

BLOCKED = split_words("created_at object sign_up_url statement_pdf_url updated_at")

_TEXTS = split_words(
    "attention_to address1 address2 avalara_entity_use_code avalara_exemption_number"
    " city notes phone postal_code state tax_id"
)
_FLAGS = ("active", "chase", "credit_hold", "taxable")
_WHOLES = split_words(
    "ach_gateway cc_gateway chasing_cadence next_chase_step owner parent_customer"
    " sign_up_page"
)
#: Shown by the recorded customer, and null on a plain account.
_NULLS = split_words(
    "ach_gateway_id cc_gateway_id credit_limit currency email language"
    " late_fee_schedule late_fee_schedule_id network_connection network_connection_id"
    " payment_source payment_terms sign_up_url"
)


def _read_type(param: str, value: Json) -> Json:
    if value in TYPES:
        return value
    message = "Type must be one of the allowed values"
    raise RefusalError(message, b.CUSTOMER_TYPE, param=param)


READERS: dict[str, Reader] = {
    "name": types.name,
    "number": types.number,
    "email": types.email,
    "type": _read_type,
    "currency": types.currency,
    "country": types.country,
    "language": types.language,
    "autopay": types.autopay,
    "autopay_delay_days": types.integer,
    "credit_limit": types.amount,
    "taxes": types.no_rates,
    "metadata": metadata,
    "payment_terms": types.limit_text(types.LONGEST_NAME),
    **dict.fromkeys(_TEXTS, types.text),
    **dict.fromkeys(_FLAGS, types.boolean),
    **dict.fromkeys(_WHOLES, types.reference),
    "parent_customer": types.integer,
}


def create(account: Account, body: dict[str, Json]) -> Record:
    """Store a new customer; only its name is required (documented)."""
    refuse_blocked(body, BLOCKED, "Customer")
    if body.get("name") is None:
        raise RefusalError("Name is missing", b.CUSTOMER_NAME, param="name")
    given = _read(
        account, {k: v for k, v in body.items() if (k, v) != ("number", None)}
    )
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
    refuse_blocked(body, BLOCKED, "Customer")
    record = old | _read(account, body) | {"updated_at": account.now()}
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


def show(account: Account, record: Record) -> Record:
    """Return a customer as it is shown."""
    account.cite(b.CUSTOMER_SHAPE)
    return record


def _read(account: Account, body: dict[str, Json]) -> Record:
    given = read_leniently(account, body, READERS, ("disabled_payment_methods",))
    if given.get("type") in ("government", "non_profit"):
        account.cite(b.CUSTOMER_TYPE_WIDER)
    return given


def _make_blank(account: Account) -> Record:
    identifier, now = account.next_id(), account.now()
    statement = f"{account.public}/statements/{identifier}"
    return {
        **dict.fromkeys((*_TEXTS, *_WHOLES, *_NULLS)),
        "active": True,
        "autopay": False,
        "autopay_delay_days": -1,
        "bill_to_parent": False,
        "chase": True,
        "consolidated": False,
        "convenience_fee": True,
        "country": None,
        "created_at": now,
        "credit_hold": False,
        "id": identifier,
        "metadata": {},
        "object": "customer",
        "statement_pdf_url": f"{statement}/pdf",
        "statement_url": statement,
        "taxable": True,
        "taxes": [],
        "type": "company",
        "updated_at": now,
    }


def _make_special_tests(account: Account, query: Query) -> Iterable[Test]:
    """Yield the tests of customers alone; no customer here has a stored card."""
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
    texts=frozenset(
        split_words("name number email type currency country language payment_terms")
        + _TEXTS
    ),
    numbers=frozenset(
        (
            *split_words(
                "id created_at updated_at autopay autopay_delay_days credit_limit"
            ),
            *(*_FLAGS, *_WHOLES),
        )
    ),
    special=_make_special_tests,
)

RESOURCE = Resource(create, retrieve, update, delete, show, LISTING)
