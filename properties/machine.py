"""People work in both systems at random, and the sync runs in between.

What has to be true is known from the log of what people did, and from nothing else:
for each property the last edit, whichever side it was made on. Between two runs a
property is edited on one side only; who wins otherwise is another question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import ClassVar, TypeAlias

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)
from hypothesis.strategies import SearchStrategy

from dataflow.reference import FlowSpec
from properties.accounts import Accounts, Record, accounts, in_process
from properties.log import (
    LEFT,
    LEFT_KINDS,
    RIGHT,
    Held,
    Known,
    found_left,
    found_right,
    mark_of,
)
from properties.rows import CUSTOMERS, INVOICES, ITEMS
from properties.values import LETTERS

#: A made-up checklist: richer than the document's, and all of it plain.
CHECKLIST = (
    FlowSpec(*CUSTOMERS, (("email", "email", "string"), ("phone", "phone", "string"))),
    FlowSpec(*ITEMS, (("name", "name", "string"),)),
    FlowSpec(
        *INVOICES,
        (
            ("currency", "currency_code", "string"),
            ("customer", "customer_id", "string"),
        ),
    ),
)

#: Sides and properties, to be edited one after the other.
Edits: TypeAlias = list[tuple[str, str]]

#: So many records of a kind; more would be edited too seldom.
ENOUGH = 4

#: Texts to be written, around a number that makes each another one. Addresses and
#: telephones can be taken away; names of items are unique in Chargebee.
EMAILS = st.none() | st.sampled_from(["Ada{}@example.no", "bo.{}@Example.NO"])
PHONES = st.none() | st.sampled_from(["0{}", " {}", "{} ", "+47 {}"])
NAMES = st.text(LETTERS, max_size=4).map(
    lambda text: "{0}{{}}{0}".format(text.replace("{", "(").replace("}", ")"))
)
CODES = st.sampled_from(["eur", "GBP", "Usd", "jpy", "NOK"])
SIDES = st.sampled_from([LEFT, RIGHT])

#: What can be edited: in which kind of record, and what is written there.
EDITED: Mapping[str, tuple[str, SearchStrategy[str | None]]] = {
    "email": ("customer", EMAILS),
    "phone": ("customer", PHONES),
    "name": ("item", NAMES),
    "currency": ("order", CODES),
}

#: Chargebee never lets anybody edit the currency of an order (documented).
EDITS: Edits = [
    *[(side, name) for side in (LEFT, RIGHT) for name in ("email", "phone", "name")],
    (LEFT, "currency"),
]


def cut(order: Edits, sizes: Sequence[int]) -> SearchStrategy[Edits]:
    """Return so many of the edits, in some order."""
    drawn = st.tuples(st.permutations(order), st.sampled_from(sizes))
    return drawn.map(lambda pair: pair[0][: pair[1]])


#: Seconds. Without a pause, all happens within one.
PAUSES = st.sampled_from([0, 1, 7, 400, 90_000])
SELDOM = st.sampled_from([False, False, True])


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

    @initialize(data=st.data(), edits=cut(EDITS, (0, 7, 7, 7)))
    def begin(self, data: st.DataObject, edits: Edits) -> None:
        """Start with one pair of each kind, and maybe edit all."""
        self._new_item(data)
        self._new_invoice(data, self._new_customer(data))
        self._settle()
        self._edit_all(data, edits)

    # What people do: few rules, for each is left out of many an example

    @rule(data=st.data(), kind=st.sampled_from(list(LEFT_KINDS)))
    def new(self, data: st.DataObject, kind: str) -> None:
        """Make a record in Invoiced."""
        if len(self._all(kind)) >= ENOUGH:
            return
        if kind == "item":
            self._new_item(data)
        elif kind == "order":
            customer = self._one_of(data, self._all("customer"))
            self._new_invoice(data, customer)
        else:
            made = self._new_customer(data)
            if data.draw(SELDOM):
                self._new_stranger(made.left_id)

    @rule(
        data=st.data(), edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=5)
    )
    def edit(self, data: st.DataObject, edits: Edits) -> None:
        """Edit something here or there."""
        self._edit_all(data, edits)

    @precondition(lambda self: any(one.synced for one in self._all("order")))
    @rule(data=st.data(), number=st.integers(0, 99))
    def write_on_order(self, data: st.DataObject, number: int) -> None:
        """Write something on an order by hand, which has to stay there."""
        orders = [one for one in self._all("order") if one.synced]
        known = self._one_of(data, orders)
        known.note = f"note {number}"
        self._write_right(known, "note", known.note)

    @rule(data=st.data(), side=SIDES)
    def touch(self, data: st.DataObject, side: str) -> None:
        """Let something change a record's time that the sync does not carry over."""
        known = self._one_of(data, self.log)
        if side == LEFT:
            touched = {"metadata": {"touched": "yes"}}
            self.world.left("PATCH", known.left_path, touched)
        elif known.synced:
            names = {"customer": "company", "item": "unit", "order": "batch_id"}
            self._write_right(known, names[known.kind], "touched")

    # What the sync does

    @rule(pause=PAUSES, forgets=SELDOM)
    def sync(self, pause: int, forgets: bool) -> None:  # noqa: FBT001 - drawn
        """Run the sync; then, perhaps, let it forget all, and run it again."""
        self.world.clock.advance(pause)
        self._settle()
        if forgets:
            self.world.forget()
            self.reached["memory lost"] += 1
            self._settle()

    def teardown(self) -> None:
        """Come to rest, whatever the last rule was."""
        try:
            self._settle()
        finally:
            self.closing.close()

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
                right = marked[left_id]
                assert known.held(LEFT) == found_left(known, lefts[left_id])
                assert known.held(RIGHT) == found_right(known, right, customers)
                assert known.note == right.get("note")

    def _put_down(self) -> None:
        """Count what this run was tried on, and close the log for it."""
        for known in self.log:
            for name, side in known.edited.items():
                self.reached[f"{name} edited in {side}"] += known.synced
            self.reached[f"new {known.kind}"] += not known.synced
            known.synced, known.edited = True, {}

    # How it is done

    def _all(self, kind: str) -> list[Known]:
        return [known for known in self.log if known.kind == kind]

    def _one_of(self, data: st.DataObject, records: Sequence[Known]) -> Known:
        ids = [one.left_id for one in records]
        return records[ids.index(data.draw(st.sampled_from(ids), label="record"))]

    def _new_text(
        self, data: st.DataObject, texts: SearchStrategy[str | None]
    ) -> str | None:
        """Return a text that nobody has written yet, or none."""
        text = data.draw(texts, label="text")
        self.texts += 1
        return None if text is None else text.format(self.texts)

    def _new_customer(self, data: st.DataObject) -> Known:
        wanted = {
            "email": self._new_text(data, EMAILS),
            "phone": self._new_text(data, PHONES),
        }
        body = {"name": "Ada Ek", "type": "person", **wanted}
        return self._new("customer", body, wanted)

    def _new_stranger(self, right_id: str) -> None:
        """Make a customer in Chargebee that has the id of one in Invoiced."""
        self.strangers[right_id] = "stranger@example.no"
        self.world.right("/customers", {"id": right_id, "email": "stranger@example.no"})

    def _new_item(self, data: st.DataObject) -> Known:
        wanted = {"name": self._new_text(data, NAMES)}
        return self._new("item", {"id": f"i{self.texts}", **wanted}, wanted)

    def _new_invoice(self, data: st.DataObject, customer: Known) -> Known:
        currency = self._new_text(data, CODES)
        wanted = {"currency": currency, "customer": customer.left_id}
        lines = [{"name": "Tea", "unit_cost": 7}]
        body = {**wanted, "customer": int(customer.left_id), "items": lines}
        return self._new("order", body, wanted)

    def _new(self, kind: str, body: Record, wanted: Held) -> Known:
        made = self.world.left("POST", f"/{LEFT_KINDS[kind]}s", body)
        known = Known(kind, str(made["id"]), wanted)
        self.log.append(known)
        return known

    def _edit_all(self, data: st.DataObject, edits: Edits) -> None:
        for side, name in edits:
            self._edit(data, side, name)

    def _edit(self, data: st.DataObject, side: str, name: str) -> None:
        """Edit a property of some record on one side, where that may be done now."""
        kind, texts = EDITED[name]
        records = [one for one in self._all(kind) if one.is_open(name, side)]
        if not records:
            return
        known, text = self._one_of(data, records), self._new_text(data, texts)
        if side == LEFT:
            self.world.left("PATCH", known.left_path, {name: text})
        else:
            self._write_right(known, name, text)
        known.write(side, name, text)

    def _write_right(self, known: Known, name: str, text: str | None) -> None:
        """Edit the counterpart of a record."""
        rights = self.world.rights(known.kind)
        [right] = [one for one in rights if mark_of(known.kind, one) == known.left_id]
        self.world.right(f"/{known.kind}s/{right['id']}", {name: text})
