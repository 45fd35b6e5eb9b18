"""Find the records that runs have left in both accounts, and remove them.

Only records of a run are removed. Right before each removal the record is read again,
unless it was read a moment ago. A refusal is reported with the vendor's reason, and the
other records are removed all the same. Records with the mark go last, so that a later
sweep can find what is left: first Chargebee's side, then Invoiced's, and a customer
after its documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dataflow.errors import NotFoundError, VendorRefusedError
from dataflow.record_types.model import (
    CARRIER,
    CUSTOMER,
    FAMILY,
    ITEM,
    KINDS,
    ORDER,
    Kind,
)
from dataflow.sandbox.lock import is_lock, spent
from dataflow.sandbox.run_mark import (
    RunMark,
    is_counterpart,
    run_in_chargebee,
    run_in_invoiced,
)
from dataflow.vendors.chargebee import ChargebeeSite, is_live
from dataflow.vendors.connection import Record
from dataflow.vendors.invoiced import InvoicedAccount
from dataflow.vendors.marks import Marks, MarksByKind

_ById: TypeAlias = Mapping[str, Record]
#: Records by id, of lists by side and kind.
Lists: TypeAlias = Mapping[tuple[str, Kind], _ById]

INVOICED, CHARGEBEE = InvoicedAccount.name, ChargebeeSite.name

#: Results of a removal, beside those of `_ALTERNATIVES`.
DELETED, GONE, LEFT = "deleted", "gone already", "left"

#: The order of the removals.
_ORDER = (
    (CHARGEBEE, ORDER),
    (CHARGEBEE, CUSTOMER),
    (CHARGEBEE, CARRIER),
    (CHARGEBEE, ITEM),
    (CHARGEBEE, FAMILY),
    (INVOICED, ORDER),
    (INVOICED, ITEM),
    (INVOICED, CUSTOMER),
)

#: What is done with a record that cannot be deleted, for kinds that allow something.
_ALTERNATIVES = {
    (CHARGEBEE, ORDER): "cancelled",
    (CHARGEBEE, CARRIER): "voided",
    (CHARGEBEE, ITEM): "archived",
    (INVOICED, ORDER): "voided",
    (INVOICED, CUSTOMER): "deactivated",
}

#: The SDKs put an id into the path of an address unchanged.
_CAN_BE_SENT = re.compile(r"(?!\.{1,2}$)[^/]+")


@dataclass
class Leftover:
    """A run's record, the one it is a counterpart `of`, and why it is left.

    `because` is why it belongs to the run.
    """

    side: str
    kind: Kind
    id: str
    run: RunMark
    of: str | None = None
    result: str = ""
    reason: str = ""
    because: str = "it has the mark of the run"

    @property
    def noun(self) -> str:
        """Return the name of the kind in this account."""
        return self.kind.left if self.side == INVOICED else self.kind.name

    def __str__(self) -> str:
        """Return the record as messages name it, as in `Chargebee order 17`."""
        return f"{self.side} {self.noun} {self.id}"


# Find


def find_leftovers(
    invoiced: InvoicedAccount, chargebee: ChargebeeSite, marks: MarksByKind
) -> list[Leftover]:
    """Read each list once; return the records with a run mark and counterparts."""
    invoiced.lists.clear()
    left = {kind: invoiced.list_all(kind) for kind in KINDS}
    known = Marks(marks, left[ORDER].__contains__)
    found = [each for kind in KINDS for each in _find_in_invoiced(kind, left[kind])]
    for kind in KINDS:
        right = _list_live(chargebee, kind)
        ours = {each.id: each for each in found if each.kind is kind}
        new = _find_in_chargebee(known, right, ours, left[kind], kind)
        found += new if kind is not ORDER else _keep_linked(new, right, found)
    return [*found, *_find_marked(FAMILY, _list_live(chargebee, FAMILY).values())]


def _keep_linked(
    orders: Iterable[Leftover], right: _ById, found: Iterable[Leftover]
) -> Iterator[Leftover]:
    """Yield the orders that have the mark, or a customer that belongs to a run.

    Any order may have the number of an invoice as its id or reference: the vendor's own
    link to the customer shows whose it is.
    """
    customers = {e.id for e in found if (e.side, e.kind) == (CHARGEBEE, CUSTOMER)}
    for order in orders:
        customer = str(right[order.id].get("customer_id"))
        if order.of is None:
            yield order
        elif customer in customers:
            order.because += f", and its customer {customer} belongs to a run"
            yield order


def _list_live(chargebee: ChargebeeSite, kind: Kind) -> _ById:
    # Whether a list leaves out deleted items or families by itself is unconfirmed.
    status = {"status": {"is": "active"}} if kind is ITEM else {}
    listed = chargebee.list_records(kind, **status)
    return {key: record for key, record in listed.items() if is_live(record)}


def _find_in_invoiced(kind: Kind, records: _ById) -> Iterator[Leftover]:
    for record_id, record in records.items():
        run = run_in_invoiced(record)
        if run is not None:
            yield Leftover(INVOICED, kind, record_id, run)


def _find_in_chargebee(
    marks: Marks, right: _ById, ours: Mapping[str, Leftover], left: _ById, kind: Kind
) -> list[Leftover]:
    old_locks = spent(right.values()) if kind is CUSTOMER else []
    marked = [
        each
        for each in _find_marked(kind, right.values())
        if not is_lock(each.id) or each.id in old_locks
    ]
    done = {each.id for each in marked}
    counterparts = _find_counterparts(marks, kind, right.values(), ours, left)
    return [*marked, *(each for each in counterparts if each.id not in done)]


def _find_marked(kind: Kind, records: Iterable[Record]) -> Iterator[Leftover]:
    for record in records:
        run = run_in_chargebee(kind, record)
        if run is not None:
            yield Leftover(CHARGEBEE, kind, str(record["id"]), run)


def _find_counterparts(
    marks: Marks,
    kind: Kind,
    records: Iterable[Record],
    ours: Mapping[str, Leftover],
    left: _ById,
) -> Iterator[Leftover]:
    of_kind = marks.by_kind[kind.name]
    texts = [(mark, {mark.text_of(key): key for key in ours}) for mark in of_kind]
    for record in records:
        # Thousands of records, hundreds of ours: each is compared with a few.
        named = {ids.get(mark.text_on(record) or "") for mark, ids in texts} - {None}
        for key in sorted(filter(None, named)):
            if is_counterpart(marks, kind, record, left[key]):
                yield Leftover(
                    CHARGEBEE,
                    kind,
                    str(record["id"]),
                    ours[key].run,
                    key,
                    because=f"it has the id of {ours[key]}, which has the mark",
                )
                break


# Remove


@dataclass
class Cleaner:
    """Removes records of runs from both accounts, as far as the vendors allow.

    `marks` are those of the sync, and `lists` need not be read again. No other list is
    read, except the items of a family: the caller names the records. The invoice of an
    order need not be named. A cleaner is used once.
    """

    invoiced: InvoicedAccount
    chargebee: ChargebeeSite
    marks: MarksByKind
    lists: Lists = field(default_factory=dict)
    _ours: dict[tuple[str, Kind, str], Leftover] = field(default_factory=dict)
    _customers: dict[str, str] = field(default_factory=dict)
    _kept: set[tuple[Kind, str]] = field(default_factory=set)

    def clean(self, leftovers: Iterable[Leftover]) -> list[Leftover]:
        """Remove these records, and return those that are left."""
        return [each for each in self.remove(leftovers) if each.result == LEFT]

    def remove(self, leftovers: Iterable[Leftover]) -> Iterator[Leftover]:
        """Yield each record after its removal; raises `VendorUnavailableError`."""
        self._ours = {(each.side, each.kind, each.id): each for each in leftovers}
        for side, kind in _ORDER:
            for each in self._of(side, kind):
                self._remove(each)
                if each.result == LEFT and each.of is not None:
                    self._kept.add((kind, each.of))
                if kind is not CARRIER:
                    yield each
        yield from self._of(CHARGEBEE, CARRIER)

    def _of(self, side: str, kind: Kind) -> list[Leftover]:
        return [
            each for (s, k, _), each in self._ours.items() if (s, k) == (side, kind)
        ]

    def _remove(self, each: Leftover) -> None:
        if each.kind is CARRIER and self._is_customer_gone(each):
            # A customer takes its invoices along (documented): one call for all.
            each.result = DELETED
            return
        if not _CAN_BE_SENT.fullmatch(each.id):
            each.result = LEFT
            each.reason = f"the id {each.id!r} cannot be sent in a call"
            return
        record = self._read(each)
        if record is None:
            each.result = GONE
            return
        each.reason = self._find_objection(each, record)
        each.result = LEFT if each.reason else self._delete(each, record)
        if (each.side, each.kind) == (CHARGEBEE, ORDER) and each.result != LEFT:
            self._add_carrier(each, record)

    def _is_customer_gone(self, carrier: Leftover) -> bool:
        key = (CHARGEBEE, CUSTOMER, self._customers.get(carrier.id, ""))
        return key in self._ours and self._ours[key].result in {DELETED, GONE}

    def _add_carrier(self, order: Leftover, record: Record) -> None:
        invoice_id = str(record["invoice_id"])
        self._customers[invoice_id] = str(record["customer_id"])
        key = (CHARGEBEE, CARRIER, invoice_id)
        self._ours.setdefault(key, Leftover(*key, order.run))

    def _read(self, each: Leftover) -> Record | None:
        """Return a record as it is now, None for one that is gone."""
        if each.side == INVOICED:
            return self._get_in_invoiced(each.kind, each.id)
        known = self.lists.get((CHARGEBEE, each.kind), {})
        record = known.get(each.id) or self.chargebee.find(each.kind, each.id)
        if record is None or record.get("deleted"):
            return None
        return record if each.kind is CARRIER or is_live(record) else None

    def _get_in_invoiced(self, kind: Kind, record_id: str) -> Record | None:
        known = self.lists.get((INVOICED, kind), {})
        return known.get(record_id) or self.invoiced.get(kind, record_id)

    def _find_objection(self, each: Leftover, record: Record) -> str:
        """Return why a record must be left, an empty text where it may be removed."""
        if str(record["id"]) != each.id:
            return "the vendor returns another record for this id"
        if each.kind is CARRIER:
            return self._find_objection_to_carrier(record)
        if not self._is_ours(each, record):
            return "it no longer has the mark of this run"
        if each.side == INVOICED and (each.kind, each.id) in self._kept:
            return "its counterpart in Chargebee is left"
        return self._find_objection_to_family(each) if each.kind is FAMILY else ""

    def _find_objection_to_carrier(self, invoice: Record) -> str:
        for order in invoice.get("linked_orders") or []:
            if (CHARGEBEE, ORDER, str(order["id"])) not in self._ours:
                return f"it belongs to order {order['id']}, which no run created"
        customer_id = str(invoice["customer_id"])
        customer = self._ours.get((CHARGEBEE, CUSTOMER, customer_id))
        record = self._read(customer) if customer else None
        if customer is None or record is None or not self._is_ours(customer, record):
            return f"it belongs to customer {customer_id}, which no run created"
        return ""

    def _find_objection_to_family(self, family: Leftover) -> str:
        items = self.chargebee.list_records(
            ITEM,
            item_family_id={"is": family.id},
            status={"in": ["active", "archived"]},
        )
        return f"it contains item {min(items)}" if items else ""

    def _is_ours(self, each: Leftover, record: Record) -> bool:
        if each.side == INVOICED:
            return run_in_invoiced(record) == each.run
        if each.of is None:
            return run_in_chargebee(each.kind, record) == each.run
        left = self._get_in_invoiced(each.kind, each.of)
        if left is not None and run_in_invoiced(left) != each.run:
            return False
        read = self._get_in_invoiced
        marks = Marks(self.marks, lambda text: read(ORDER, text) is not None)
        return is_counterpart(marks, each.kind, record, left or {"id": each.of})

    def _delete(self, each: Leftover, record: Record) -> str:
        """Delete a record, or do what its kind allows, and return the result."""
        try:
            side = self.invoiced if each.side == INVOICED else self.chargebee
            side.delete(each.kind, each.id)
        except NotFoundError:
            return GONE
        except VendorRefusedError as refusal:
            alternative = _ALTERNATIVES.get((each.side, each.kind))
            if alternative and (_is_put_away(record) or self._put_away(each)):
                return alternative
            each.reason = str(refusal)
            return LEFT
        return DELETED

    def _put_away(self, each: Leftover) -> bool:
        """Do what the kind allows in place of a deletion; return whether it worked."""
        side, kind, key = each.side, each.kind, each.id
        try:
            match _ALTERNATIVES[side, kind]:
                case "cancelled":
                    self.chargebee.cancel(key)
                case "voided":
                    (self.invoiced if side == INVOICED else self.chargebee).void(key)
                case "archived":
                    self.chargebee.edit(kind, key, {"status": "archived"})
                case "deactivated":
                    self.invoiced.edit(kind, key, {"active": False})
        except VendorRefusedError:
            return False
        return True


def _is_put_away(record: Record) -> bool:
    return record.get("status") == "voided" or record.get("active") is False
