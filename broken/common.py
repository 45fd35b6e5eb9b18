"""Base classes and functions that several broken syncs share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar

from broken.plain import KINDS, Pair, PlainSync


class CountingSync(PlainSync):
    """Counts its runs: `number` is 1 in the first."""

    number = 0

    def read_both(self) -> None:
        super().read_both()
        self.number = self.memory["runs"] = self.memory.get("runs", 0) + 1


class RememberingSync(CountingSync):
    """Remembers to which pairs it has done something."""

    def list_pairs(self) -> list[tuple[str, str]]:
        """Return kind and Invoiced id of all pairs."""
        return [(kind, key) for kind in KINDS for key in self.pairs[kind]]

    def is_first_time(self, kind: str, key: str) -> bool:
        """Return whether this is the first call for a record."""
        done: list[str] = self.memory.setdefault("done", [])
        name = f"{kind}/{key}"
        if name in done:
            return False
        done.append(name)
        return True


class EarlierPairsSync(RememberingSync):
    """Acts on every pair that an earlier run linked."""

    def run(self) -> None:
        earlier = self.list_pairs()
        super().run()
        for kind, key in earlier:
            self.act_on_pair(kind, key)

    def act_on_pair(self, kind: str, key: str) -> None:
        """Do what is wrong to one pair."""
        raise NotImplementedError


class ReactingSync(PlainSync):
    """Acts wrongly on a pair after a save on each of the `sides`."""

    sides: ClassVar[tuple[str, ...]] = ("here",)

    def run(self) -> None:
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
        """Yield kind, Invoiced id and pair of all pairs."""
        for kind in KINDS:
            for key, pair in self.pairs[kind].items():
                yield kind, key, pair

    def stamps(self, kind: str, key: str, pair: Pair) -> dict[str, int | None]:
        """Return when each side was last saved, None where it is gone."""
        here, there = self.here[kind].get(key, {}), self.there[kind].get(pair["id"], {})
        return {"here": here.get("updated_at"), "there": there.get("updated_at")}

    def is_saved(
        self, before: dict[str, int | None], now: dict[str, int | None]
    ) -> bool:
        """Return whether each of the `sides` has been saved."""
        return all(now[side] not in (None, before[side]) for side in self.sides)

    def react(self, kind: str, key: str, pair: Pair) -> None:
        """Do what is wrong to the pair."""
        raise NotImplementedError


def write_note(sync: PlainSync, kind: str, key: str, text: str) -> None:
    """Write a text into a property of a live counterpart that is not synchronised."""
    field = {"customers": "phone", "items": "description", "orders": "note"}[kind]
    counterpart = sync.pairs[kind][key]["id"]
    if counterpart in sync.there[kind]:
        sync.chargebee.edit(kind, counterpart, {field: text})


def create_second(sync: PlainSync, kind: str, key: str, number: int = 1) -> None:
    """Create one more counterpart: an order with its mark, the others with another."""
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
