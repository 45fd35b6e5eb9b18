"""The people who work in both systems, and write down what they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from properties import people, rows
from properties.accounts import Accounts, Record
from properties.log import (
    FIXED,
    LEFT_KINDS,
    Fate,
    Known,
    canonical,
    found_in,
    mark_of,
)
from properties.oracle import LEFT, RIGHT, SIDES, History
from properties.people import Contest, Edit, New
from properties.rows import Section

#: A made-up checklist: richer than the document's, and all of it plain.
CHECKLIST = (
    Section(
        *rows.CUSTOMERS, (("email", "email", "string"), ("phone", "phone", "string"))
    ),
    Section(*rows.ITEMS, (("name", "name", "string"),)),
    Section(
        *rows.INVOICES,
        (
            ("currency", "currency_code", "string"),
            ("customer", "customer_id", "string"),
        ),
    ),
)

#: Chargebee deletes a customer so many seconds later (documented: a few minutes).
DELETED_AFTER = 300

#: Orders with these statuses are not in force.
ENDED = frozenset({"cancelled", "voided"})


class Actors:
    """The people, and their log of both accounts."""

    def __init__(self, world: Accounts) -> None:
        self.world = world
        self.log: list[Known] = []
        self.strangers: dict[str, str] = {}
        self.apart = 0
        self._texts = 0

    @property
    def lags(self) -> bool:
        """Return whether Chargebee's lists lag."""
        return self.world.twins.chargebee.switches.list_lag > 0

    def list_of(self, kind: str) -> list[Known]:
        """Return the records of one kind."""
        return [known for known in self.log if known.kind == kind]

    def list_fated(self, fate: Fate) -> list[Known]:
        """Return the records that have met a fate."""
        return [known for known in self.log if known.fate is fate]

    def has_deleted_left(self) -> bool:
        """Return whether a record was deleted in Invoiced since all was compared."""
        return any(not known.is_over for known in self.list_fated(Fate.DELETED_LEFT))

    def count_down(self) -> int:
        """Return the seconds until what the sync has deleted is no more."""
        return DELETED_AFTER * self.world.settings.propagate_deletions

    # What they do

    def make(self, new: New) -> Known | None:
        """Make a record in Invoiced; return it, if there is a customer for it."""
        wanted = {name: self._new_text(text) for name, text in new.texts.items()}
        body: Record = dict(wanted)
        if new.kind == "customer":
            kind = "company" if new.is_company else "person"
            body |= {"name": "Ada Ek", "type": kind}
        elif new.kind == "item":
            body |= {"id": f"i{self._texts}"}
        else:
            open_customers = [x for x in self.list_of("customer") if _can_pay(x)]
            if not open_customers:
                return None
            wanted["customer"] = _one_of(open_customers, new.which).left_id
            body |= {"customer": int(wanted["customer"] or 0)}
            body |= {"items": [{"name": "Tea", "unit_cost": 7}]}
        made = self.world.left("POST", f"/{LEFT_KINDS[new.kind]}s", body)
        histories = {
            name: History.begin(canonical(name, text), is_fixed=name in FIXED)
            for name, text in wanted.items()
        }
        fate = Fate.COMPANY if new.is_company else Fate.LIVE
        known = Known(new.kind, str(made["id"]), histories, fate)
        self.log.append(known)
        if new.id_is_taken:
            self._create_stranger(known.left_id)
        return known

    def edit(self, edit: Edit) -> None:
        """Edit a property of some record on one side, where that is possible."""
        kind, _ = people.EDITED[edit.name]
        records = [
            known
            for known in self.list_of(kind)
            if known.is_open or (known.fate is Fate.LIVE and edit.side == LEFT)
        ]
        self.world.clock.advance(edit.later)
        if records:
            known = _one_of(records, edit.which)
            self._write(known, edit.side, edit.name, self._new_text(edit.text))

    def contest(self, contest: Contest) -> None:
        """Edit a property on both sides, and then perhaps something else."""
        for edit in self.list_edits(contest):
            edit()

    def list_edits(self, contest: Contest) -> list[Callable[[], None]]:
        """Return what makes the edits of a property on both sides, one after another.

        The second one touches the record, too. There is none without such a record.
        """
        kind, _ = people.EDITED[contest.name]
        records = [known for known in self.list_of(kind) if known.is_open]
        if not records:
            return []
        known = _one_of(records, contest.which)
        texts = [self._new_text(text) for text in contest.texts]
        second = RIGHT if contest.first == LEFT else LEFT

        def begin() -> None:
            self._write(known, contest.first, contest.name, texts[0])
            self.world.clock.advance(contest.gap)

        def end() -> None:
            self._write(known, second, contest.name, texts[1])
            for side in sorted(contest.touched):
                self._touch(known, side)

        return [begin, end]

    def touch(self, which: int, side: str) -> None:
        """Edit something of a record that no row lists."""
        records = [known for known in self.log if known.is_open]
        if records:
            self._touch(_one_of(records, which), side)

    def end(self, which: int, fate: Fate, *, edits: bool) -> None:
        """Delete a record on one side, or void an invoice, where that is possible."""
        records = [known for known in self.log if self._may_end(known, fate)]
        if not records:
            return
        known = _one_of(records, which)
        if edits and known.synced:
            self._touch(known, RIGHT if fate is Fate.DELETED_LEFT else LEFT)
        self.end_one(known, fate)

    def end_one(self, known: Known, fate: Fate) -> None:
        """Delete a record on one side, or void it."""
        right = self.find_right(known)
        if fate is Fate.VOIDED:
            self.world.left("POST", f"{known.left_path}/void")
        elif fate is Fate.DELETED_LEFT:
            self.world.left("DELETE", known.left_path)
        elif right is not None:
            self.world.right(f"/{known.kind}s/{right['id']}/delete", {})
            self.world.clock.advance(DELETED_AFTER)
        known.fate = fate
        rights = self.list_rights(known.kind)
        marks = [mark_of(known.kind, one) for one in rights]
        known.had_right |= known.left_id in marks
        known.is_report_optional = not known.synced
        if not known.had_right and fate is Fate.DELETED_LEFT:
            self.log.remove(known)

    def merge(self, which: int) -> None:
        """Merge a customer into another one, which gets its invoices."""
        customers = [x for x in self.list_of("customer") if x.is_open]
        if len(customers) < len(SIDES):
            return
        moved, kept = _one_of(customers, which), _one_of(customers, which + 1)
        body = {"customer": int(moved.left_id)}
        self.world.left("POST", f"{kept.left_path}/merge", body)
        moved.fate = Fate.DELETED_LEFT
        moved.events.add("merged customer")
        kept.loosen()  # The events of both are one list now, which may prove nothing.
        for order in self.list_of("order"):
            history = order.histories["customer"]
            if history.now[LEFT] == moved.left_id:
                order.edit(LEFT, "customer", kept.left_id, self.world.clock.seconds())

    def retype(self, which: int) -> None:
        """Change the type of a customer; a company may only keep its counterpart."""
        companies = self.list_fated(Fate.COMPANY)
        customers = companies or [x for x in self.list_of("customer") if x.is_open]
        if not customers:
            return
        known = _one_of(customers, which)
        kind = "person" if companies else "company"
        self.world.left("PATCH", known.left_path, {"type": kind})
        known.fate = Fate.LIVE
        known.events.add("retyped customer")

    def move_apart(self, side: str, seconds: int) -> None:
        """Let the clock of one system go ahead."""
        self.world.twins.clocks[side].advance(seconds)
        self.apart += seconds

    # What they see

    def see_all(self) -> None:
        """Note what both systems hold after a run."""
        rights = {kind: self.list_rights(kind) for kind in LEFT_KINDS}
        lefts = {kind: self.world.lefts(LEFT_KINDS[kind]) for kind in LEFT_KINDS}
        for known in self.log:
            left = lefts[known.kind].get(known.left_id)
            right = _find_only(known, rights[known.kind])
            self._compare(known, left, right, rights["customer"])
            known.touched.clear()

    def loosen(self) -> None:
        """Note that nobody knows what the last run has done."""
        for known in self.log:
            known.loosen()

    def forget(self) -> None:
        """Note that the sync has lost its state."""
        for known in self.log:
            known.forget()

    def is_overwriting_due(self) -> bool:
        """Return whether any run has to carry an edit over.

        A merge moves invoices to another customer without a new time.
        """
        return any(
            history.is_one_sided and name != "customer"
            for known in self.log
            if known.is_open
            for name, history in known.histories.items()
        )

    def list_rights(self, kind: str) -> list[Record]:
        """Return Chargebee's records of one kind that are in force."""
        found = self.world.rights(kind)
        return [one for one in found if one.get("status") not in ENDED]

    def find_right(self, known: Known) -> Record | None:
        """Return the counterpart of a record, if there is exactly one."""
        return _find_only(known, self.list_rights(known.kind))

    # How it is done

    def _may_end(self, known: Known, fate: Fate) -> bool:
        if known.fate is not Fate.LIVE:
            return False
        if known.kind == "order":
            return fate is not Fate.DELETED_RIGHT
        if fate is Fate.VOIDED or not known.synced:
            return False
        if known.kind == "item":
            return True
        payers = {str(x.histories["customer"].now[LEFT]) for x in self.list_of("order")}
        others = [x for x in self.list_of("customer") if x.is_open]
        return known.left_id not in payers and len(others) > 1

    def _new_text(self, text: str | None) -> str | None:
        """Return the text with a number that nobody has written yet; none is none."""
        self._texts += 1
        return None if text is None else text.format(self._texts)

    def _create_stranger(self, right_id: str) -> None:
        """Make a customer in Chargebee that has the id of one in Invoiced."""
        self.strangers[right_id] = "stranger@example.no"
        self.world.right("/customers", {"id": right_id, "email": "stranger@example.no"})

    def _write(self, known: Known, side: str, name: str, text: str | None) -> bool:
        """Edit one property, and put it down with the time; return whether it could."""
        right = self._see(known)
        if side == LEFT:
            self.world.left("PATCH", known.left_path, {name: text})
        elif right is not None:
            self.world.right(f"/{known.kind}s/{right['id']}", {name: text})
        else:
            return False
        known.edit(side, name, canonical(name, text), self.world.clock.seconds())
        return True

    def _touch(self, known: Known, side: str) -> None:
        known.touched.add(side)
        if known.kind == "item":
            known.loosen()  # No event of Invoiced tells when an item was edited.
        right = self.find_right(known)
        if side == LEFT:
            touched = {"metadata": {"touched": str(self._new_text("{}"))}}
            self.world.left("PATCH", known.left_path, touched)
        elif right is not None:
            names = {"customer": "company", "item": "unit", "order": "note"}
            text = self._new_text("note {}")
            path = f"/{known.kind}s/{right['id']}"
            self.world.right(path, {names[known.kind]: text})
            if known.kind == "order":
                known.note = text

    def _see(self, known: Known) -> Record | None:
        """Note what both systems hold of a record now; return its counterpart."""
        right = self.find_right(known)
        if right is not None and known.fate is Fate.LIVE:
            left = self.world.left("GET", known.left_path)
            self._compare(known, left, right, self.world.rights("customer"))
        return right

    def _compare(
        self,
        known: Known,
        left: Record | None,
        right: Record | None,
        customers: Sequence[Record],
    ) -> None:
        if left is None or right is None or known.fate is not Fate.LIVE:
            return
        owners = {one["id"]: one for one in customers}
        known.see(
            {
                side: found_in(known, side, record, owners)
                for side, record in zip(SIDES, (left, right), strict=True)
            }
        )


def _find_only(known: Known, rights: Sequence[Record]) -> Record | None:
    """Return the counterpart of a record, if there is exactly one."""
    own = [one for one in rights if mark_of(known.kind, one) == known.left_id]
    return own[0] if len(own) == 1 else None


def _can_pay(known: Known) -> bool:
    return known.fate is Fate.LIVE


def _one_of(records: Sequence[Known], which: int) -> Known:
    return records[which % len(records)]
