"""The people who work in both systems, and write down what they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from properties import rows
from properties.accounts import Accounts, Record
from properties.log import (
    DELETED,
    FIXED,
    LEFT_KINDS,
    Fate,
    Known,
    canonical,
    mark_of,
)
from properties.oracle import LEFT, RIGHT, History, agreed
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

#: The kind of record that has each property, and another property of it.
KINDS = {"email": "customer", "phone": "customer", "name": "item", "currency": "order"}
OTHERS = {"email": "phone", "phone": "email"}

#: What people write, around a number that makes each value another one.
TEXTS = {"email": "Ada{}@example.no", "phone": "+47 {}", "name": "Tea {}"}
CODES = "eur", "GBP", "Usd", "jpy", "NOK"

#: What can be written of each kind of record in Chargebee that no row lists.
UNLISTED = {"customer": "company", "item": "unit", "order": "note"}

#: Chargebee deletes a customer so many seconds later (documented: a few minutes).
DELETED_AFTER = 300

#: Orders and invoices with these statuses are not in force.
ENDED = frozenset({"cancelled", "voided"})


class Step(NamedTuple):
    """What somebody does on a side, so many seconds later.

    It concerns the record with the number `which` of those that have the property.
    """

    what: str
    name: str
    side: str = LEFT
    which: int = 0
    later: int = 0


class People:
    """The people, and their log of both accounts.

    `abandoned` are the invoices that were deleted before their orders were compared.
    """

    def __init__(self, world: Accounts) -> None:
        self.world = world
        self.log: list[Known] = []
        self.strangers: dict[str, str] = {}
        self.abandoned: set[str] = set()
        self._texts = 0

    def record(self) -> tuple[list[Known], dict[str, str], int]:
        """Return the log, the strangers, and the number of texts."""
        return self.log, self.strangers, self._texts

    def resume(self, log: list[Known], strangers: dict[str, str], texts: int) -> None:
        """Go on from what was recorded."""
        self.log, self.strangers, self._texts = log, strangers, texts

    def list_of(self, kind: str) -> list[Known]:
        """Return the records of one kind."""
        return [known for known in self.log if known.kind == kind]

    def list_fated(self, fate: Fate) -> list[Known]:
        """Return the records that have met a fate."""
        return [known for known in self.log if known.fate is fate]

    # What they do

    def do(self, step: Step) -> None:
        """Do a step, where that is possible."""
        self.world.clock.advance(step.later)
        if step.what == "create":
            self.create(KINDS[step.name], step.which)
        elif known := self._find_open(step):
            actions: dict[str, Callable[[Known, Step], None]] = {
                "edit": self._edit,
                "edit another": self._edit_another,
                "empty": self._empty,
                "revert": self._revert,
                "touch": self._touch,
                "delete": self._delete,
                "merge": self._merge,
                "retype": self._retype,
            }
            actions[step.what](known, step)

    def create(
        self, kind: str, which: int = 0, *, has_stranger: bool = False
    ) -> Known | None:
        """Create a record in Invoiced; an invoice needs a customer."""
        names = [name for name, of in KINDS.items() if of == kind]
        wanted = {name: self.new_text(name) for name in names}
        body: Record = dict(wanted)
        if kind == "customer":
            body |= {"name": "Ada Ek", "type": "person"}
        elif kind == "item":
            body |= {"id": f"i{self._texts}"}
        else:
            payers = [x for x in self.list_of("customer") if x.fate is Fate.LIVE]
            if not payers:
                return None
            wanted["customer"] = payers[which % len(payers)].left_id
            body |= {"customer": int(wanted["customer"])}
            body |= {"items": [{"name": "Tea", "unit_cost": 7}]}
        made = self.world.left("POST", f"/{LEFT_KINDS[kind]}s", body)
        states = {x: agreed(canonical(x, y), is_pair=False) for x, y in wanted.items()}
        histories = {x: History({y}, is_fixed=x in FIXED) for x, y in states.items()}
        known = Known(kind, str(made["id"]), histories)
        self.log.append(known)
        if has_stranger:
            self._create_stranger(known.left_id)
        return known

    def new_text(self, name: str) -> str:
        """Return a value that nobody has written yet; there are few currencies."""
        self._texts += 1
        if name == "currency":
            return CODES[self._texts % len(CODES)]
        return TEXTS[name].format(self._texts)

    # What they see

    def list_rights(self, kind: str) -> list[Record]:
        """Return Chargebee's records of one kind that are in force."""
        found = self.world.rights(kind)
        return [one for one in found if one.get("status") not in ENDED]

    def find_right(self, known: Known) -> Record | None:
        """Return the counterpart of a record, if there is exactly one."""
        rights = self.list_rights(known.kind)
        own = [one for one in rights if mark_of(known.kind, one) == known.left_id]
        return own[0] if len(own) == 1 else None

    def forget(self) -> None:
        """Note that the sync has lost its state."""
        for known in self.log:
            known.forget()

    def note_run(self) -> None:
        """Note that the sync has run, to whatever end, or is running."""
        for known in self.log:
            known.run()

    def is_overwriting_due(self) -> bool:
        """Return whether a run has to carry an edit over."""
        return any(
            history.is_due
            for known in self.log
            if known.is_open
            for history in known.histories.values()
        )

    # How it is done

    def _find_open(self, step: Step) -> Known | None:
        """Return the record of a step, if it may be done now."""
        records = [x for x in self.list_of(KINDS[step.name]) if x.fate is Fate.LIVE]
        if not records:
            return None
        known = records[step.which % len(records)]
        is_possible = step.what in {"edit", "edit another"} or known.kind == "order"
        return known if known.synced or (step.side == LEFT and is_possible) else None

    def _create_stranger(self, right_id: str) -> None:
        """Create a customer in Chargebee that has the id of one in Invoiced."""
        self.strangers[right_id] = "stranger@example.no"
        self.world.right("/customers", {"id": right_id, "email": "stranger@example.no"})

    def _edit(self, known: Known, step: Step) -> None:
        self._write(known, step.side, step.name, self.new_text(step.name))

    def _edit_another(self, known: Known, step: Step) -> None:
        self._edit(known, step._replace(name=OTHERS.get(step.name, step.name)))

    def _empty(self, known: Known, step: Step) -> None:
        if known.kind == "customer":
            self._write(known, step.side, step.name, None)
        else:
            self._edit(known, step)

    def _revert(self, known: Known, step: Step) -> None:
        """Undo what was edited on a side since both agreed."""
        history = known.histories[step.name]
        bases = sorted(state.base for state in history.states if state.base)
        if step.side in history.edited and bases and known.kind != "order":
            self._write(known, step.side, step.name, bases[0])
            known.touched.discard(step.side)  # It may be deleted as if unedited.

    def _write(self, known: Known, side: str, name: str, text: str | None) -> None:
        """Edit one property, and put it down with the time of that system."""
        if side == LEFT:
            self.world.left("PATCH", known.left_path, {name: text})
        elif name in FIXED:
            self._touch(known, Step("touch", name, side))
            return
        elif (right := self.find_right(known)) is not None:
            self.world.right(f"/{known.kind}s/{right['id']}", {name: text})
        else:
            return
        time = self.world.twins.clocks[side].seconds()
        known.histories[name].edit(side, canonical(name, text), time)
        known.touched.add(side)

    def _touch(self, known: Known, step: Step) -> None:
        """Edit something of a record that no row lists."""
        known.touched.add(step.side)
        right = self.find_right(known)
        if step.side == LEFT:
            text = self.new_text("phone")
            self.world.left("PATCH", known.left_path, {"metadata": {"touched": text}})
        elif right is not None:
            text, name = self.new_text("phone"), UNLISTED[known.kind]
            self.world.right(f"/{known.kind}s/{right['id']}", {name: text})
            known.note = text if known.kind == "order" else known.note
        if known.kind == "item":
            # No event of Invoiced proves when an item was edited.
            known.histories["name"].is_provable = False

    def _delete(self, known: Known, step: Step) -> None:
        """Delete a record on one side; void an invoice instead of its order.

        Without its state, the sync would create what was deleted in Chargebee again.
        """
        side = step.side
        if not self._may_delete(known) or (side == RIGHT and not known.has_base):
            return
        right = self.find_right(known)
        fate = DELETED[side]
        if side == LEFT:
            self.world.left("DELETE", known.left_path)
        elif known.kind == "order":
            self.world.left("POST", f"{known.left_path}/void")
            fate = Fate.VOIDED
        elif right is not None:
            self.world.right(f"/{known.kind}s/{right['id']}/delete", {})
            self.world.clock.advance(DELETED_AFTER)
        if known.synced:
            known.end(fate, f"{known.kind} {fate}")
        else:
            self.log.remove(known)
            self.abandoned.add(known.left_id)

    def _may_delete(self, known: Known) -> bool:
        """Return whether no order needs the record, and its account keeps others."""
        if known.kind == "order":
            return True
        lasts = [x for x in self.list_of(known.kind) if x.is_open]
        return len(lasts) > 1 and known.left_id not in {
            str(value)
            for order in self.list_of("order")
            for value in order.histories["customer"].held(LEFT)
        }

    def _merge(self, moved: Known, step: Step) -> None:
        """Merge a customer into another one, which gets its invoices."""
        customers = [x for x in self.list_of("customer") if x.is_open and x != moved]
        if moved.kind != "customer" or not customers:
            return
        kept = customers[step.which % len(customers)]
        body = {"customer": int(moved.left_id)}
        self.world.left("POST", f"{kept.left_path}/merge", body)
        moved.end(Fate.DELETED_LEFT, "merged customer")
        for history in kept.histories.values():
            history.is_provable = False  # The events of both are one list now.
        time = self.world.clock.seconds()
        for order in self.list_of("order"):
            if order.histories["customer"].held(LEFT) == {moved.left_id}:
                order.histories["customer"].edit(LEFT, kept.left_id, time)

    def _retype(self, known: Known, _step: Step) -> None:
        """Make a person a company, which keeps its counterpart."""
        if known.kind == "customer":
            self.world.left("PATCH", known.left_path, {"type": "company"})
            known.events.add("retyped customer")
