"""People work in both systems at random, and the sync runs in between.

What has to be true is known from the log of what people did, and from nothing else:
for each property the last edit, whichever side it was made on. Between two runs a
property is edited on one side only; who wins otherwise is another question.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import ClassVar

from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)
from hypothesis.strategies import tuples

from properties import people, rows
from properties.accounts import Accounts, Record, accounts, in_process
from properties.log import (
    LEFT,
    LEFT_KINDS,
    RIGHT,
    Known,
    found_left,
    found_right,
    mark_of,
)
from properties.people import Edit, New
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

#: So many records of a kind; more would be edited too seldom.
ENOUGH = 4


class SyncMachine(RuleBasedStateMachine):
    """Creates, edits, pauses, losses of memory, and runs of the sync, in any order.

    `reached` counts, over all examples, what the runs were tried on.
    """

    reached: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        lent = accounts(in_process(), CHECKLIST)
        self.world: Accounts = self.closing.enter_context(lent)
        self.log: list[Known] = []
        self.strangers: dict[str, str] = {}
        self.texts = 0

    @initialize(
        news=tuples(people.CUSTOMERS, people.ITEMS, people.INVOICES),
        edits=people.EDITS,
    )
    def begin(self, news: Sequence[New], edits: Sequence[Edit]) -> None:
        """Start with one pair of each kind, and edit them."""
        for new in news:
            self._make(new)
        self._settle()
        self.edit(edits)

    # What people do: few rules, for each is left out of many an example

    @rule(new=people.CUSTOMERS | people.ITEMS | people.INVOICES)
    def make(self, new: New) -> None:
        """Make a record in Invoiced."""
        if len(self._all(new.kind)) < ENOUGH:
            self._make(new)

    @rule(edits=people.EDITS)
    def edit(self, edits: Sequence[Edit]) -> None:
        """Edit here and there."""
        for edit in edits:
            self._edit(edit)

    @precondition(lambda self: any(one.synced for one in self._all("order")))
    @rule(which=people.WHICH)
    def write_on_order(self, which: int) -> None:
        """Write something on an order by hand, which has to stay there."""
        orders = [one for one in self._all("order") if one.synced]
        known = _one_of(orders, which)
        known.note = self._new_text("note {}")
        self._write_right(known, "note", known.note)

    @rule(which=people.WHICH, side=people.SIDES)
    def touch(self, which: int, side: str) -> None:
        """Let something change a record's time that the sync does not carry over."""
        known = _one_of(self.log, which)
        if side == LEFT:
            touched = {"metadata": {"touched": "yes"}}
            self.world.left("PATCH", known.left_path, touched)
        elif known.synced:
            names = {"customer": "company", "item": "unit", "order": "batch_id"}
            self._write_right(known, names[known.kind], "touched")

    # What the sync does

    @rule(pause=people.PAUSES, forgets=people.SELDOM)
    def sync(self, pause: int, forgets: bool) -> None:  # noqa: FBT001 - drawn
        """Run the sync; then, perhaps, let it forget all, and run it again."""
        self.world.clock.advance(pause)
        self._settle()
        if forgets:
            self.world.forget()
            self.reached["memory lost"] += 1
            self._settle()

    def teardown(self) -> None:
        """Come to rest, whatever the last rule was, unless that has failed."""
        with self.closing:
            if sys.exc_info()[0] is None:
                self._settle()

    # What has to be true then

    def _settle(self) -> None:
        """Run the sync until it should be quiet, and compare all with the log."""
        first, second = self.world.sync(), self.world.sync()

        assert [] == first.complaints
        assert ([], [], 0) == (
            second.complaints,
            second.writes,
            second.outcome.written,
        )
        self.reached["further page"] += len(first.further_pages)
        rights = {kind: self.world.rights(kind) for kind in LEFT_KINDS}
        self._nothing_is_lost_or_doubled(rights)
        self._all_agree(rights)
        self._put_down()

    def _nothing_is_lost_or_doubled(self, rights: Mapping[str, list[Record]]) -> None:
        marks = [(kind, mark_of(kind, one)) for kind in rights for one in rights[kind]]
        ours = sorted((kind, mark) for kind, mark in marks if mark is not None)
        theirs = {
            one["id"]: one.get("email")
            for one in rights["customer"]
            if mark_of("customer", one) is None
        }

        assert sorted((one.kind, one.left_id) for one in self.log) == ours
        assert self.strangers == theirs
        assert len(self.strangers) == sum(mark is None for _, mark in marks)

    def _all_agree(self, rights: Mapping[str, list[Record]]) -> None:
        customers = {one["id"]: one for one in rights["customer"]}
        for kind, left_kind in LEFT_KINDS.items():
            lefts = self.world.lefts(left_kind)
            marked = {mark_of(kind, right): right for right in rights[kind]}
            log = {known.left_id: known for known in self._all(kind)}

            assert log.keys() == lefts.keys()
            for left_id, known in log.items():
                found = {
                    LEFT: found_left(known, lefts[left_id]),
                    RIGHT: found_right(known, marked[left_id], customers),
                }
                assert {side: known.held(side) for side in found} == found, known.name

    def _put_down(self) -> None:
        """Count what this run was tried on, and close the log for it."""
        for known in self.log:
            for name, side in known.edited.items():
                self.reached[f"{name} edited in {side}"] += known.synced
            self.reached[known.edited_where] += known.synced
            self.reached[f"new {known.kind}"] += not known.synced
            if known.synced and known.edited and known.left_id in self.strangers:
                self.reached["edited beside a stranger"] += 1
            known.synced, known.edited = True, {}

    # How it is done

    def _all(self, kind: str) -> list[Known]:
        return [known for known in self.log if known.kind == kind]

    def _new_text(self, text: str | None) -> str | None:
        """Return the text with a number that nobody has written yet; none is none."""
        self.texts += 1
        return None if text is None else text.format(self.texts)

    def _make(self, new: New) -> None:
        """Make a record in Invoiced, and put it down."""
        wanted = {name: self._new_text(text) for name, text in new.texts.items()}
        body: Record = dict(wanted)
        if new.kind == "customer":
            body |= {"name": "Ada Ek", "type": "person"}
        elif new.kind == "item":
            body |= {"id": f"i{self.texts}"}
        else:
            customer = _one_of(self._all("customer"), new.which)
            wanted["customer"] = customer.left_id
            lines = [{"name": "Tea", "unit_cost": 7}]
            body |= {"customer": int(customer.left_id), "items": lines}
        made = self.world.left("POST", f"/{LEFT_KINDS[new.kind]}s", body)
        self.log.append(Known(new.kind, str(made["id"]), wanted))
        if new.id_is_taken:
            self._create_stranger(str(made["id"]))

    def _create_stranger(self, right_id: str) -> None:
        """Make a customer in Chargebee that has the id of one in Invoiced."""
        self.strangers[right_id] = "stranger@example.no"
        self.world.right("/customers", {"id": right_id, "email": "stranger@example.no"})

    def _edit(self, edit: Edit) -> None:
        """Edit a property of some record on one side, where that may be done now."""
        kind, _ = people.EDITED[edit.name]
        records = [one for one in self._all(kind) if one.is_open(edit.name, edit.side)]
        if not records:
            return
        known, text = _one_of(records, edit.which), self._new_text(edit.text)
        self.world.clock.advance(edit.later)
        if edit.side == LEFT:
            self.world.left("PATCH", known.left_path, {edit.name: text})
        else:
            self._write_right(known, edit.name, text)
        known.write(edit.side, edit.name, text)

    def _write_right(self, known: Known, name: str, text: str | None) -> None:
        """Edit the counterpart of a record."""
        rights = self.world.rights(known.kind)
        [right] = [one for one in rights if mark_of(known.kind, one) == known.left_id]
        self.world.right(f"/{known.kind}s/{right['id']}", {name: text})


def _one_of(records: Sequence[Known], which: int) -> Known:
    return records[which % len(records)]
