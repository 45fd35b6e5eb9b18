"""Contacts of customers, notes, and custom fields (documented in part, or sdk)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from dataflow.twin.invoiced import account as accounts
from dataflow.twin.invoiced import behaviours as b
from dataflow.twin.invoiced import events, types
from dataflow.twin.invoiced.account import Account, Record, Table
from dataflow.twin.invoiced.errors import RefusalError, make_not_found
from dataflow.twin.invoiced.fields import Compare, Field, Fields, Sent, fields
from dataflow.twin.invoiced.lists import ListSpec
from dataflow.twin.invoiced.types import Reader
from dataflow.twin.messages import Json

NUMBER = Compare.NUMBER
_ID = re.compile(r"[A-Za-z0-9_-]{2,40}")


@dataclass(frozen=True, slots=True)
class SideKind:
    """A kind of records without states; `complete` adds what a creation derives."""

    noun: str
    fields: Fields
    list_spec: ListSpec
    complete: Callable[[Account, Record], Record]
    has_events: bool = True

    def table(self, account: Account) -> Table[int]:
        """Return the records of this kind."""
        return self.list_spec.table(account)

    def create(
        self, account: Account, body: dict[str, Json], parents: Record
    ) -> Record:
        """Store a new record below its parents, such as a customer."""
        account.cite(b.SIDE_RECORDS)
        self.fields.check(account, body)
        given = self.fields.read_new(account, body) | parents
        now = {"created_at": account.now(), "updated_at": account.now()}
        record = self.fields.first | now | self.complete(account, given)
        key = account.next_id()
        record = {"id": key, **record}
        if "internal_id" in record:
            record["internal_id"] = key
        self.table(account).put(key, record)
        if self.has_events:
            events.log_event(account, "created", record)
        return record

    def retrieve(self, account: Account, identifier: str, parents: Record) -> Record:
        """Return the record that a path names, if it is below these parents."""
        account.cite(b.SIDE_RECORDS)
        record = accounts.require_record(self.table(account), self.noun, identifier)
        if any(record[name] != value for name, value in parents.items()):
            raise make_not_found(self.noun, identifier)
        return record

    def update(
        self, account: Account, identifier: str, body: dict[str, Json], parents: Record
    ) -> Record:
        """Store all changes of a PATCH, or none of them."""
        old = self.retrieve(account, identifier, parents)
        self.fields.check(account, body)
        given = self.fields.read_edit(account, body)
        record = old | given | {"updated_at": account.now()}
        self.table(account).put(int(identifier), record)
        if self.has_events:
            events.log_change(account, old, record)
        return record

    def delete(self, account: Account, identifier: str, parents: Record) -> None:
        """Remove a record."""
        record = self.retrieve(account, identifier, parents)
        self.table(account).drop(int(identifier))
        if self.has_events:
            events.log_event(account, "deleted", record)


def _complete_contact(account: Account, given: Record) -> Record:
    customer = accounts.require_record(
        account.customers, "Customer", str(given["customer"])
    )
    return {**given, "country": given.get("country") or customer["country"]}


_CONTACT = Fields(
    "Contact",
    Field("name", types.name, required=b.SIDE_RECORDS),
    Field("email", types.email),
    Field("country", types.country),
    *fields("address1 address2 city department phone postal_code state", types.text),
    *fields("title", types.text),
    Field("primary", types.boolean, default=True),
    *fields("send_new_invoices sms_enabled", types.boolean, default=False),
    *fields("customer_id role", types.not_built, stored=False),
    Field("object", sent=Sent.NEVER, default="contact"),
    *fields("id created_at updated_at", compare=NUMBER, sent=Sent.NEVER, stored=False),
    strict=b.SIDE_RECORDS,
)


def _complete_note(account: Account, given: Record) -> Record:
    customer, invoice = given.pop("customer_id", None), given.pop("invoice_id", None)
    if invoice is not None:
        found = accounts.require_record(account.invoices, "Invoice", str(invoice))
        customer = found["customer"]
    if customer is None:
        message = "Missing customer!"
        raise RefusalError(message, b.SIDE_RECORDS, param="customer")
    accounts.require_record(account.customers, "Customer", str(customer))
    return {**given, "customer": customer, "invoice": invoice}


def _find_note_value(_account: Account, record: Record, field: str) -> Json:
    value: Json = record[field.removesuffix("_id")]
    return value


_NOTE = Fields(
    "Note",
    Field("notes", types.text, required=b.SIDE_RECORDS),
    *fields(
        "customer_id invoice_id",
        types.reference,
        NUMBER,
        sent=Sent.CREATE,
        stored=False,
    ),
    Field("user_id", types.not_built, stored=False),
    *fields("customer invoice user", sent=Sent.NEVER),
    Field("object", sent=Sent.NEVER, default="note"),
    *fields("id created_at updated_at", compare=NUMBER, sent=Sent.NEVER, stored=False),
    strict=b.SIDE_RECORDS,
)


def _complete_custom_field(account: Account, given: Record) -> Record:
    key = given["id"], given["object"]
    if key in {(each["id"], each["object"]) for each in account.custom_fields}:
        message = f"Given ID is already taken by another custom field: {key[0]}"
        raise RefusalError(message, b.SIDE_RECORDS, param="id")
    return given


def _one_of(*words: str) -> Reader:
    def read(param: str, value: Json) -> Json:
        if value in words:
            return value
        message = f"{param.capitalize()} must be one of the allowed values"
        raise RefusalError(message, b.SIDE_RECORDS, param=param)

    return read


def _read_id(param: str, value: Json) -> Json:
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise RefusalError("Id is not valid", b.SIDE_RECORDS, param=param)


def _read_choices(_param: str, value: Json) -> Json:
    return value if isinstance(value, list) else []


_CUSTOM_FIELD = Fields(
    "CustomField",
    Field("id", _read_id, sent=Sent.CREATE, required=b.SIDE_RECORDS, stored=False),
    Field("name", types.text, required=b.SIDE_RECORDS),
    Field(
        "object",
        _one_of(
            *("credit_note", "customer", "estimate", "invoice", "item", "line_item"),
            *("payment", "plan", "subscription", "transaction"),
        ),
        required=b.SIDE_RECORDS,
    ),
    Field(
        "type",
        _one_of("string", "boolean", "double", "integer", "enum", "date", "money"),
        default="string",
    ),
    Field("choices", _read_choices, default=[]),
    Field("external", types.boolean, default=True),
    Field("internal_id", types.not_built),
    *fields("created_at updated_at", compare=NUMBER, sent=Sent.NEVER, stored=False),
)

CONTACTS = SideKind(
    "Contact",
    _CONTACT,
    ListSpec(table=lambda account: account.contacts, fields=_CONTACT),
    _complete_contact,
)
NOTES = SideKind(
    "Note",
    _NOTE,
    ListSpec(table=lambda account: account.notes, fields=_NOTE, value=_find_note_value),
    _complete_note,
)
CUSTOM_FIELDS = SideKind(
    "Custom field",
    _CUSTOM_FIELD,
    ListSpec(table=lambda account: account.custom_fields, fields=_CUSTOM_FIELD),
    _complete_custom_field,
    has_events=False,
)

#: How metadata is shown that has a custom field of these types.
_CASTS: dict[str, Reader] = {
    "boolean": types.boolean,
    "date": types.integer,
    "double": types.quantity,
    "integer": types.integer,
}


def cast_metadata(account: Account, record: Record) -> Record:
    """Return a record with its metadata in the types of its custom fields."""
    if not account.custom_fields.by_id():
        return record
    kinds = {
        each["id"]: _CASTS[each["type"]]
        for each in account.custom_fields
        if each["object"] == record["object"] and each["type"] in _CASTS
    }
    if not kinds.keys() & record.get("metadata", {}).keys():
        return record
    account.cite(b.CUSTOM_FIELD_TYPES)
    metadata = {
        key: kinds[key](key, value) if key in kinds else value
        for key, value in record["metadata"].items()
    }
    return record | {"metadata": metadata}
