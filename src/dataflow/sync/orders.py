"""Create, replace and remove Chargebee orders with their backing invoices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

from dataflow.sync import create
from dataflow.sync.backing_invoices import BackingInvoices
from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.http import Record
from dataflow.sync.copied_fields import (
    fields_at_import,
    find_lost_fields,
    find_missing_fields,
)
from dataflow.sync.create import FoundRecord
from dataflow.sync.errors import DuplicateError, NotFoundError, RefusedError
from dataflow.sync.matching import (
    backing_invoice_id,
    find_generation,
    is_counterpart,
    is_created_by_sync,
    is_deleted,
    propose_order_ids,
    read_candidate,
)
from dataflow.sync.model import Links, RecordState, SupersededOrder
from dataflow.sync.payments import (
    PaymentPolicy,
    name_payment,
)
from dataflow.sync.record_types import ORDER

#: Set by the backing invoice; `import_order` has no parameter for a currency.
SET_BY_INVOICE = frozenset({"customer_id", "currency_code"})

#: An order without one of these is not the counterpart of its invoice; it is imported
#: without any other parameter that is refused.
ESSENTIAL = frozenset(
    {"id", "invoice_id", "customer_id", "reference_id", "status", "created_at"}
)

#: The number of generations to try for an order.
ATTEMPTS = 100


class IdOwner(Enum):
    """The owner of the record that has an id already."""

    SYNC = auto()  # the sync, for an order that is not live any more
    OTHER = auto()  # the user or another program


@dataclass(frozen=True, slots=True)
class Draft:
    """An order to import and its backing invoice, without ids; `note` on deviations."""

    left_id: str
    order: Record
    invoice: Record
    note: str = ""

    @property
    def customer_id(self) -> str:
        """Return the Chargebee customer of both."""
        return str(self.invoice["customer_id"])


@dataclass(frozen=True, slots=True)
class Orders:
    """Imports, replaces and removes orders; reports what could not be done."""

    right: Chargebee
    links: Links
    report: Callable[[str], None]
    policy: PaymentPolicy = PaymentPolicy.MIRROR

    @property
    def backing_invoices(self) -> BackingInvoices:
        """Return the backing invoices of these orders."""
        return BackingInvoices(self.right, self.report)

    def create_first(self, left: Record, wanted: Mapping[str, object]) -> FoundRecord:
        """Return an order for an invoice without one."""
        return self._import(self._draft(left, wanted, {}), 1)

    def create_replacement(
        self,
        left: Record,
        old: Record,
        wanted: Mapping[str, object],
        listed: frozenset[str],
    ) -> FoundRecord:
        """Return an order that replaces `old`, with the user's edits of that."""
        copied = fields_at_import(old, self._find_customer(left, wanted))
        unlisted = {name: copied[name] for name in copied.keys() - listed}
        draft = self._draft(left, wanted, unlisted)
        found = self._import(draft, find_generation(draft.left_id, str(old["id"])) + 1)
        for text in find_lost_fields(found.record, old):
            self.report(f"order {found.record['id']} replaces {old['id']}: {text}.")
        return FoundRecord(self._copy_fields(found.record, old, listed), found.existed)

    def remove_superseded(
        self, order: SupersededOrder, new_id: str | None, listed: frozenset[str]
    ) -> Record | None:
        """Remove a superseded order and its backing invoice; return the new order.

        Edits of the old order since, except of the `listed` properties, are copied to
        `new_id`. An order that cannot be deleted is cancelled; raises RefusedError if
        it cannot be cancelled either.
        """
        old = self.right.find(ORDER, order.right_id)
        new = self.right.find(ORDER, new_id) if new_id else None
        if old is not None and not is_deleted(old):
            if not _is_removable(old, order.left_id):
                self.report(
                    f"order {order.right_id} stays: it is no more known as ours."
                )
                return new
            if new is not None and not is_deleted(new):
                new = self._copy_fields(new, old, listed)
        is_gone = old is None or is_deleted(old) or self._remove(old)
        if order.invoice_id == backing_invoice_id(order.right_id):
            deleted = [order.right_id] if is_gone else []
            self.backing_invoices.clear(order.left_id, order.invoice_id, deleted)
        return new

    def remove_leftovers(self, left_id: str, start: int) -> None:
        """Void the backing invoices of orders not created, from `start` on."""
        invoices = self.backing_invoices
        for number in range(start, start + ATTEMPTS):
            ids = [backing_invoice_id(x) for x in propose_order_ids(left_id, number)]
            found = [x for x in ids if invoices.is_created_by_sync(left_id, x)]
            for invoice_id in found:
                invoices.clear(left_id, invoice_id)
            if not found:
                return

    def _draft(
        self, left: Record, wanted: Mapping[str, object], copied: Mapping[str, object]
    ) -> Draft:
        left_id = str(left["id"])
        currency = str(wanted.get("currency_code") or str(left["currency"]).upper())
        own = {k: v for k, v in wanted.items() if k not in SET_BY_INVOICE}
        both = {"customer_id": self._find_customer(left, wanted)}
        order = {**create.order_fields(left), **copied, **own, "reference_id": left_id}
        invoice = create.backing_invoice_fields(left, currency, self.policy)
        note = create.describe_rounding(left, currency)
        return Draft(left_id, {**order, **both}, {**invoice, **both}, note)

    def _find_customer(self, left: Record, wanted: Mapping[str, object]) -> str:
        linked = self.links.right_of("customer", str(left["customer"]))
        return str(wanted.get("customer_id") or linked)

    def _import(self, draft: Draft, start: int) -> FoundRecord:
        number, latest = start, 0
        for _ in range(ATTEMPTS):
            for right_id in propose_order_ids(draft.left_id, number):
                found = self._try(draft, right_id)
                if isinstance(found, FoundRecord):
                    return found
                if found is IdOwner.SYNC:
                    break
            # Each refused attempt has used one up: continue at the latest.
            latest = latest or self.backing_invoices.find_latest(draft.left_id)
            number = max(number + 1, latest)
        raise RefusedError(
            self.right.api.vendor,
            400,
            f"every id for the order of {draft.left_id} is taken",
        )

    def _try(self, draft: Draft, right_id: str) -> FoundRecord | IdOwner:
        """Import an order, or return the owner of the id: an answer may be lost."""
        invoice_id = backing_invoice_id(right_id)
        invoice = {**name_payment(draft.invoice, right_id), "id": invoice_id}
        if self.backing_invoices.provide(draft.left_id, invoice):
            order = {**draft.order, "id": right_id, "invoice_id": invoice_id}
            with suppress(DuplicateError):
                return FoundRecord(self._import_order(draft, order))
        found = self._find_existing(draft, right_id)
        if (
            not isinstance(found, FoundRecord)
            or found.record.get("invoice_id") != invoice_id
        ):
            self.backing_invoices.clear(draft.left_id, invoice_id)
        return found

    def _import_order(self, draft: Draft, params: Record) -> Record:
        """Import an order; if it is refused, remove its backing invoice as well."""
        try:
            order = self.right.import_order(params)
        except (NotFoundError, RefusedError) as error:
            if (refused := _find_refused(error)) in params.keys() - ESSENTIAL:
                rest = {name: params[name] for name in params if name != refused}
                return self._import_order(draft, rest)
            if not isinstance(error, DuplicateError):
                self.backing_invoices.clear(draft.left_id, str(params["invoice_id"]))
            raise
        if draft.note:
            self.report(draft.note)
        return order

    def _find_existing(self, draft: Draft, right_id: str) -> FoundRecord | IdOwner:
        left_id = draft.left_id
        order = self.right.find(ORDER, right_id)
        if order is None:
            invoice_id = backing_invoice_id(right_id)
            own = self.backing_invoices.is_created_by_sync(left_id, invoice_id)
        elif is_counterpart(ORDER, order, left_id, draft.customer_id):
            return FoundRecord(order, existed=True)
        else:
            own = is_created_by_sync(ORDER, order, left_id)
        return IdOwner.SYNC if own else IdOwner.OTHER

    def _copy_fields(self, new: Record, old: Record, listed: frozenset[str]) -> Record:
        missing = find_missing_fields(new, old)
        values = {name: value for name, value in missing.items() if name not in listed}
        if not values:
            return new
        try:
            return self.right.update(ORDER, str(new["id"]), values)
        except RefusedError:
            for name, value in values.items():
                new = self._write(new, name, value)
        return new

    def _write(self, order: Record, name: str, value: object) -> Record:
        try:
            return self.right.update(ORDER, str(order["id"]), {name: value})
        except RefusedError as error:
            self.report(f"order {order['id']} has no {name} of {value!r}: {error}")
        return order

    def _remove(self, order: Record) -> bool:
        """Delete an order, or cancel it; return whether it is deleted."""
        order_id = str(order["id"])
        try:
            self.right.delete_order(order_id)
        except NotFoundError:
            return True
        except RefusedError:
            if order.get("status") != "cancelled":
                self.right.cancel_order(order_id)
            return False
        return True


def _find_refused(error: NotFoundError | RefusedError) -> str:
    """Return the name of the parameter that was refused, without its parts."""
    param = error.param if isinstance(error, RefusedError) else None
    return (param or "").partition("[")[0]


def _is_removable(order: Record, left_id: str) -> bool:
    candidate = read_candidate(ORDER, order)
    if candidate is None or candidate.left_id != left_id:
        return False
    if candidate.is_kept and candidate.state is RecordState.LIVE:
        return False
    return candidate.is_created_by_sync or candidate.mark == left_id
