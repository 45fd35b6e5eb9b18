"""What several broken syncs have in common: how they notice, and how they do harm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar

from broken.plain import KINDS, Pair, PlainSync


class CountingSync(PlainSync):
    """Knows which run this is: `number` is 1 in the first."""

    number = 0

    def read_both(self) -> None:
        """Count this run."""
        super().read_both()
        self.number = self.memory["runs"] = self.memory.get("runs", 0) + 1


class RememberingSync(PlainSync):
    """Knows which pairs were there before this run, and does things once."""

    def list_pairs(self) -> list[tuple[str, str]]:
        """Return kind and Invoiced id of everything that is linked."""
        return [(kind, key) for kind in KINDS for key in self.pairs[kind]]

    def is_first_time(self, kind: str, key: str) -> bool:
        """Tell, once a record, that this is the first time."""
        done: list[str] = self.memory.setdefault("done", [])
        name = f"{kind}/{key}"
        if name in done:
            return False
        done.append(name)
        return True


class ReactingSync(PlainSync):
    """Does something wrong to a pair that has been saved on each of the `sides`."""

    sides: ClassVar[tuple[str, ...]] = ("here",)

    def run(self) -> None:
        """Compare the time stamps with those of the last run."""
        ids = {(kind, key): pair["id"] for kind, key, pair in self.all_pairs()}
        super().run()
        seen = self.memory.setdefault("seen", {})
        for kind, key, pair in list(self.all_pairs()):
            name, now = f"{kind}/{key}", self.stamps(kind, key, pair)
            kept = ids.get((kind, key)) == pair["id"]
            if kept and name in seen and self.is_saved(seen[name], now):
                self.react(kind, key, pair)
            seen[name] = now

    def all_pairs(self) -> Iterator[tuple[str, str, Pair]]:
        """Yield kind, Invoiced id and pair of everything that is linked."""
        for kind in KINDS:
            for key, pair in self.pairs[kind].items():
                yield kind, key, pair

    def stamps(self, kind: str, key: str, pair: Pair) -> dict[str, int | None]:
        """Return when each side was saved last, as far as it is still there."""
        here, there = self.here[kind].get(key, {}), self.there[kind].get(pair["id"], {})
        return {"here": here.get("updated_at"), "there": there.get("updated_at")}

    def is_saved(
        self, before: dict[str, int | None], now: dict[str, int | None]
    ) -> bool:
        """Tell whether each watched side has been saved."""
        return all(now[side] not in (None, before[side]) for side in self.sides)

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Do the wrong thing."""
        raise NotImplementedError


def write_note(sync: PlainSync, kind: str, key: str, text: str) -> None:
    """Write a text on a live counterpart where nothing synchronised stands."""
    field = {"customers": "phone", "items": "description", "orders": "note"}[kind]
    counterpart = sync.pairs[kind][key]["id"]
    if counterpart in sync.there[kind]:
        sync.chargebee.edit(kind, counterpart, {field: text})


def create_second(sync: PlainSync, kind: str, key: str, number: int = 1) -> None:
    """Make one more counterpart; an order under its mark, the others under another."""
    mark = json.dumps({"invoiced_id": key})
    if kind == "customers":
        sync.chargebee.post(kind, kind, {"last_name": "Twice", "meta_data": mark})
    elif kind == "items":
        twice = {"id": f"{key}-{number}", "name": f"{key} {number}", "metadata": mark}
        family = {"type": "charge", "item_family_id": sync.memory["family"]}
        sync.chargebee.post(kind, kind, twice | family)
    else:
        pair, invoice = sync.pairs[kind].get(key), sync.here[kind][key]
        sync.create_order(key, invoice, sync.values_here(invoice), 1000 + number)
        if pair is not None:
            sync.pairs[kind][key] = pair


def delete_others(sync: PlainSync, kind: str, key: str) -> None:
    """Delete the counterparts of all other records of this kind."""
    for other, pair in sync.pairs[kind].items():
        if other != key:
            sync.chargebee.remove(kind, pair["id"], "delete")
