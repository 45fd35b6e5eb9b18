"""Stop a run that would change too much or other accounts, before its first write."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from dataflow.errors import DataflowError
from dataflow.sync.clients.systems import Systems
from dataflow.sync.errors import StateError
from dataflow.sync.listings import Listings
from dataflow.sync.model import LEFT, RIGHT, Link, Observed
from dataflow.sync.record_types import CUSTOMER, ITEM, ORDER, Kind
from dataflow.sync.state import StateStore

#: The vendor assigns the ids of these kinds, so no other account has the same ids.
ACCOUNT_KINDS = (CUSTOMER, ORDER)

#: The number of records of each kind to ask for, until one is found: the latest ones,
#: and others from the whole time, as records of one time may be deleted together. A
#: single one may have been deleted. A message shows some of their ids.
LATEST, EARLIER, TOO_FEW, SHOWN = 3, 17, 1, 3

_OTHER_KEY = (
    "use the key of the account that it belongs to. If they all were deleted, add"
    " --force."
)
_EMPTIED = (
    "the site may have been emptied. Nothing was written: move the state file away to"
    " fill the site again, or add --force."
)


@dataclass(frozen=True, slots=True)
class ChangeGuard:
    """How many linked records a run may change: `handful`, or else up to `share`."""

    share: float
    handful: int

    def check(self, kind: Kind, linked: int, deleted: int, overwritten: int) -> None:
        """Raise DataflowError if too many of the linked records would change."""
        for count, what in (
            (deleted, "were deleted on one side"),
            (overwritten, "would be overwritten with edits of the other side"),
        ):
            if count > max(self.handful, self.share * linked):
                raise DataflowError(
                    f"{count} of {linked} linked {kind.left_name}s {what}, and"
                    f" guard_share allows a share of {self.share:g}. Nothing was"
                    " written: see whether that is right, then add --force."
                )


def is_overwritten(link: Link, left: Observed | None, right: Observed | None) -> bool:
    """Return whether edits of one side would overwrite the other, as far as is known.

    A side that was not read counts as equal to its base values. Edits of both sides may
    be a conflict, which overwrites nothing.
    """
    lefts = {} if left is None else left.values
    rights = {} if right is None else right.values
    for name, base in link.base.items():
        now = lefts.get(name, base[0]), rights.get(name, base[1])
        if now[0] != now[1] and (now[0] != base[0]) != (now[1] != base[1]):
            return True
    return False


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """Verifies that both accounts have records of the state file, each side once.

    `verified` are the sides of which a read has found such a record.
    """

    systems: Systems
    store: StateStore
    listings: Mapping[str, Listings]
    verified: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def verify(self) -> None:
        """Raise StateError if an account has none of the records in the state file."""
        with self._lock:
            for side, advice in ((LEFT, _OTHER_KEY), (RIGHT, _EMPTIED)):
                if side in self.verified:
                    continue
                kinds = self._choose_kinds(side)
                known = [x for kind in kinds for x in self._list_ids(kind, side)]
                if len(known) > TOO_FEW and not self._has_any(side, kinds, known):
                    ids = ", ".join(record_id for _, record_id in known[:SHOWN])
                    raise StateError(
                        f"{self.store.path} remembers records that {side} has not"
                        f" ({ids}): {advice}"
                    )
                self.verified.add(side)

    def _has_any(
        self, side: str, kinds: tuple[Kind, ...], known: list[tuple[Kind, str]]
    ) -> bool:
        """Return whether a list shows a record of the state file, or a call does."""
        client = self.systems.left if side == LEFT else self.systems.right
        return any(self._is_listed(kind, side) for kind in kinds) or any(
            client.find(kind, record_id) is not None for kind, record_id in known
        )

    def _choose_kinds(self, side: str) -> tuple[Kind, ...]:
        """Return the kinds to verify: items only if no other record is known."""
        if any(self._list_ids(kind, side) for kind in ACCOUNT_KINDS):
            return ACCOUNT_KINDS
        return (ITEM,)

    def _list_ids(self, kind: Kind, side: str) -> list[tuple[Kind, str]]:
        links = self.store.links.list_of(kind.name)
        known = [link for link in links if side not in link.deleted_in]
        earlier = known[:-LATEST]
        chosen = known[-LATEST:] + earlier[:: len(earlier) // EARLIER + 1]
        return [(kind, x.left_id if side == LEFT else x.right_id) for x in chosen]

    def _is_listed(self, kind: Kind, side: str) -> bool:
        """Return whether a list shows a record of the state file."""
        listings, links = self.listings.get(kind.name), self.store.links
        if listings is None:
            return False
        if side == LEFT:
            return any(links.by_left(kind.name, x) is not None for x in listings.left)
        return any(links.left_of(kind.name, x) is not None for x in listings.right)
