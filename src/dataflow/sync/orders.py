"""Create, replace and retire Chargebee orders with their backing invoices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

from dataflow.sync import create
from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.http import Record
from dataflow.sync.create import FoundRecord
from dataflow.sync.errors import DuplicateError, NotFoundError, RefusedError
from dataflow.sync.mapping import get_at_path
from dataflow.sync.matching import (
    backing_invoice_id,
    find_generation,
    is_backing_invoice,
    is_deleted,
    is_created_by_sync,
    is_counterpart,
    propose_ids,
    read_candidate,
    read_state,
)
from dataflow.sync.model import Links, RecordState, SupersededOrder
from dataflow.sync.record_types import ORDER

#: What makes an invoice the very one that an order needs.
TERMS = ("customer_id", "currency_code", "total")


@dataclass(frozen=True, slots=True)
class BackingInvoices:
    """Imports and voids carriers; `tell` is told of those that have to stay."""

    right: Chargebee
    report: Callable[[str], None]

    def provide(self, left_id: str, wanted: Record) -> bool:
        """Import a carrier, or find it there from an earlier try.

        Returned is whether it is there now: a stranger's invoice that has the id is
        not, nor is one of ours on other terms than `wanted`.
        """
        try:
            self.right.import_invoice(wanted)
        except DuplicateError:
            invoice = self.right.invoice(str(wanted["id"]))
            agrees = all(str(invoice.get(name)) == str(wanted[name]) for name in TERMS)
            return (
                agrees and _in_force(invoice) and is_backing_invoice(invoice, left_id)
            )
        return True

    def is_created_by_sync(self, left_id: str, invoice_id: str) -> bool:
        """Tell whether the sync made an invoice of this id, be it in force or not."""
        with suppress(NotFoundError):
            return is_backing_invoice(self.right.invoice(invoice_id), left_id)
        return False

    def clear(self, left_id: str, invoice_id: str) -> None:
        """Void a carrier of ours that carries no live order, if Chargebee lets it."""
        with suppress(NotFoundError):
            invoice = self.right.invoice(invoice_id)
            ours = _in_force(invoice) and is_backing_invoice(invoice, left_id)
            if ours and not self._has_live_order(invoice):
                self._void(invoice_id)

    def _void(self, invoice_id: str) -> None:
        try:
            self.right.void_invoice(invoice_id)
        except RefusedError as error:
            self.report(f"invoice {invoice_id} carries no order now: {error}")

    def _has_live_order(self, invoice: Record) -> bool:
        """Tell whether an order that is live stands on this invoice."""
        linked = invoice.get("linked_orders")
        linked = linked if isinstance(linked, list) else []
        named = [str(get_at_path(one, "id")) for one in linked]
        own = str(invoice["id"]).removeprefix(backing_invoice_id(""))
        orders = (self.right.find(ORDER, one) for one in dict.fromkeys([own, *named]))
        return any(
            order is not None
            and order.get("invoice_id") == invoice["id"]
            and read_state(order) is RecordState.LIVE
            for order in orders
        )


def _in_force(invoice: Record) -> bool:
    return not is_deleted(invoice) and invoice.get("status") != "voided"


#: An order can be imported with these, and edited afterwards (sdk).
WRITTEN = (
    *("note", "batch_id", "tracking_id", "tracking_url", "shipment_carrier"),
    *("order_date", "shipping_date", "shipped_at", "delivered_at"),
    *("cancelled_at", "cancellation_reason", "shipping_address"),
)

#: These only at the import, and this only by an edit (sdk).
AT_IMPORT = ("shipping_cut_off_date", "created_at")
BY_EDIT = ("fulfillment_status",)

#: What a cancelled order shows of that.
CANCELLING = frozenset({"status", "cancelled_at", "cancellation_reason"})

#: The reason that the sync gives itself when it cancels an order it may not delete.
REASON = "others"

#: The states that an order can be imported in (sdk).
STATES = frozenset(
    {"cancelled", "queued", "awaiting_shipment", "on_hold", "delivered", "shipped"}
    | {"partially_delivered", "returned"}
)

#: What a line has that nobody has written on.
UNTOUCHED = frozenset({None, "", "queued"})


def fields_at_import(old: Record) -> dict[str, object]:
    """Return what the new order is imported with."""
    names = (*WRITTEN, *AT_IMPORT)
    carried = {name: old[name] for name in names if old.get(name) is not None}
    return {**carried, "status": _first_status(old)}


def find_missing_fields(new: Record, old: Record) -> dict[str, object]:
    """Return what the new order still has to get from the old one, by an edit.

    What the new one lacks, it gets; where both hold something, the later written
    order has the say. Nothing is emptied.
    """
    later = _version(old) > _version(new)
    values = {
        name: old[name]
        for name in (*WRITTEN, *BY_EDIT)
        if old.get(name) is not None
        and (new.get(name) is None or (later and new[name] != old[name]))
    }
    if old.get("status") != new.get("status") and (
        later or new.get("status") == _first_status(old)
    ):
        values["status"] = old["status"]
    if old.get("status") == "cancelled" and old.get("cancellation_reason") == REASON:
        # The sync may have cancelled it itself, for the new one to take its place.
        values = {name: values[name] for name in values.keys() - CANCELLING}
    if lines := _find_missing_lines(new, old, later=later):
        values["order_line_items"] = lines
    return values


def find_lost_fields(new: Record, old: Record) -> Iterator[str]:
    """Yield, in words, what stands on the old order and has no place on the new one."""
    had, has = old.get("reference_id"), new.get("reference_id")
    if had not in {None, has}:
        yield f"its reference is {has}, no more {had}"
    if len(_lines(old)) == len(_lines(new)) == 1:
        return
    written = [
        str(line[name])
        for line in _lines(old)
        for name in ("sku", "status")
        if line.get(name) not in {*UNTOUCHED, old.get("status")}
    ]
    if written:
        yield f"what was written on its lines is lost ({', '.join(written)})"


def _first_status(old: Record) -> str:
    """Return the status to import with: never a live one for what is not live."""
    status = str(old.get("status"))
    if status in STATES:
        return status
    return "cancelled" if status == "voided" else "queued"


def _find_missing_lines(
    new: Record, old: Record, *, later: bool
) -> dict[str, list[object]]:
    """Return the edit that gives the one line what stands on the other's one line."""
    if not len(_lines(old)) == len(_lines(new)) == 1:
        return {}
    (line,), (had,) = _lines(new), _lines(old)
    first = {"sku": None, "status": new.get("status")}
    values = {
        name: [had[name]]
        for name, untouched in first.items()
        if had.get(name) not in {*UNTOUCHED, line.get(name)}
        and (later or line.get(name) == untouched)
    }
    return {"id": [line["id"]], **values} if values else {}


def _lines(order: Record) -> list[Mapping[str, object]]:
    lines = order.get("order_line_items")
    return lines if isinstance(lines, list) else []


def _version(order: Record) -> tuple[int, int]:
    """Return what grows with each edit: in seconds, and finer where it is told."""
    numbers = (order.get(name) for name in ("updated_at", "resource_version"))
    seconds, milliseconds = (x if isinstance(x, int) else 0 for x in numbers)
    return seconds, milliseconds


#: Come from the carrying invoice; `import_order` has no parameter for a currency.
FROM_CARRIER = frozenset({"customer_id", "currency_code"})

#: How many numbers are tried for an order before something else must be wrong.
ATTEMPTS = 20


class IdOwner(Enum):
    """Whose the record is that has an id already."""

    SPENT = auto()  # the sync's own, from an order that is no more
    STRANGE = auto()  # somebody else's


@dataclass(frozen=True, slots=True)
class Draft:
    """An order to be imported and the invoice to carry it, but for their ids.

    `note` says in what the invoice is not quite what it was in Invoiced.
    """

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
    """Imports, replaces and clears away orders; `tell` is told what went otherwise."""

    right: Chargebee
    links: Links
    report: Callable[[str], None]

    @property
    def backing_invoices(self) -> BackingInvoices:
        """Return what provides the invoices."""
        return BackingInvoices(self.right, self.report)

    def create_first(self, left: Record, wanted: Mapping[str, object]) -> FoundRecord:
        """Return an order for an Invoiced invoice that has none.

        `wanted` holds the listed properties in Chargebee's own names.
        """
        return self._import(self._draft(left, wanted, {}), 1)

    def create_replacement(
        self,
        left: Record,
        old: Record,
        wanted: Mapping[str, object],
        listed: frozenset[str],
    ) -> FoundRecord:
        """Return an order to stand in for `old`, with what people wrote on that.

        `listed` are the names of the listed properties, also of those that are empty.
        """
        written = fields_at_import(old)
        own = {name: written[name] for name in written.keys() - listed}
        draft = self._draft(left, wanted, own)
        found = self._import(draft, find_generation(draft.left_id, str(old["id"])) + 1)
        for lost in find_lost_fields(found.record, old):
            self.report(f"order {found.record['id']} replaces {old['id']}: {lost}.")
        return FoundRecord(self._copy_fields(found.record, old, listed), found.existed)

    def remove_superseded(
        self, retired: SupersededOrder, new_id: str | None, listed: frozenset[str]
    ) -> Record | None:
        """Clear away a replaced order and the invoice that carried it.

        What was written on it meanwhile goes to `new_id`, the order in its place,
        but for the `listed` properties; that order is returned. An order that cannot
        be deleted is cancelled; raises RefusedError when it cannot be that either.
        """
        old = self.right.find(ORDER, retired.right_id)
        new = self.right.find(ORDER, new_id) if new_id else None
        if old is not None and not is_deleted(old):
            if not _is_clearable(old, retired.left_id):
                self.report(
                    f"order {retired.right_id} stays: it is no more known as ours."
                )
                return new
            if new is not None and not is_deleted(new):
                new = self._copy_fields(new, old, listed)
            self._remove(old)
        if retired.invoice_id == backing_invoice_id(retired.right_id):
            self.backing_invoices.clear(retired.left_id, retired.invoice_id)
        return new

    def remove_leftovers(self, left_id: str, start: int) -> None:
        """Void the carriers of orders that were to be made and never were.

        `start` is the number of the first of them.
        """
        for number in range(start, start + ATTEMPTS):
            found = [
                backing_invoice_id(right_id)
                for right_id in propose_ids(left_id, number)
                if self.backing_invoices.is_created_by_sync(
                    left_id, backing_invoice_id(right_id)
                )
            ]
            for invoice_id in found:
                self.backing_invoices.clear(left_id, invoice_id)
            if not found:
                return

    def _draft(
        self, left: Record, wanted: Mapping[str, object], written: Mapping[str, object]
    ) -> Draft:
        left_id = str(left["id"])
        currency = str(wanted.get("currency_code") or str(left["currency"]).upper())
        customer = wanted.get("customer_id") or self.links.right_of(
            "customer", str(left["customer"])
        )
        own = {k: v for k, v in wanted.items() if k not in FROM_CARRIER}
        both = {"customer_id": customer}
        order = {**create.order_fields(left), **written, **own, "reference_id": left_id}
        invoice = create.backing_invoice_fields(left, currency)
        note = create.describe_rounding(left, currency)
        return Draft(left_id, {**order, **both}, {**invoice, **both}, note)

    def _import(self, draft: Draft, start: int) -> FoundRecord:
        for number in range(start, start + ATTEMPTS):
            for right_id in propose_ids(draft.left_id, number):
                found = self._try(draft, right_id)
                if isinstance(found, FoundRecord):
                    return found
                if found is IdOwner.SPENT:
                    break
        raise RefusedError(
            self.right.api.vendor,
            400,
            f"every id for the order of {draft.left_id} is taken",
        )

    def _try(self, draft: Draft, right_id: str) -> FoundRecord | IdOwner:
        """Import an order under this id, or return what has the id already.

        An id that is taken may be our own, from a call whose answer was lost.
        """
        wanted = {**draft.invoice, "id": backing_invoice_id(right_id)}
        if self.backing_invoices.provide(draft.left_id, wanted):
            order = {**draft.order, "id": right_id, "invoice_id": wanted["id"]}
            with suppress(DuplicateError):
                return FoundRecord(self._import_order(order, draft.note))
        existing = self._existing(draft, right_id)
        if isinstance(existing, FoundRecord) and _stands_on(existing.record, wanted):
            return existing
        self.backing_invoices.clear(draft.left_id, str(wanted["id"]))
        return existing

    def _import_order(self, order: Record, note: str) -> Record:
        try:
            made = self.right.import_order(order)
        except DuplicateError:
            raise
        except RefusedError:
            carrier_id = order["invoice_id"]
            self.report(
                f"invoice {carrier_id} is in Chargebee, and carries no order yet."
            )
            raise
        if note:
            self.report(note)
        return made

    def _existing(self, draft: Draft, right_id: str) -> FoundRecord | IdOwner:
        left_id = draft.left_id
        order = self.right.find(ORDER, right_id)
        if order is None:
            ours = self.backing_invoices.is_created_by_sync(
                left_id, backing_invoice_id(right_id)
            )
            return IdOwner.SPENT if ours else IdOwner.STRANGE
        if is_counterpart(ORDER, order, left_id, draft.customer_id):
            return FoundRecord(order, existed=True)
        return (
            IdOwner.SPENT
            if is_created_by_sync(ORDER, order, left_id)
            else IdOwner.STRANGE
        )

    def _copy_fields(self, new: Record, old: Record, listed: frozenset[str]) -> Record:
        owed = find_missing_fields(new, old)
        values = {name: value for name, value in owed.items() if name not in listed}
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

    def _remove(self, order: Record) -> None:
        order_id = str(order["id"])
        try:
            self.right.delete_order(order_id)
        except NotFoundError:
            return
        except RefusedError:
            if order.get("status") != "cancelled":
                self.right.cancel_order(order_id)


def _stands_on(order: Record, invoice: Record) -> bool:
    return order.get("invoice_id") == invoice["id"]


def _is_clearable(order: Record, left_id: str) -> bool:
    claim = read_candidate(ORDER, order)
    if claim is None or claim.left_id != left_id:
        return False
    return claim.is_created_by_sync or claim.mark == left_id
