"""Making sure that this is the Invoiced account that the memory is about.

Chargebee's site stands in its address; of an Invoiced account only the key is known,
and keys may change. So what the memory links has to be found in the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dataflow.sync.errors import StateOfOtherAccountsError
from dataflow.sync.memory import Memory
from dataflow.sync.model import LEFT
from dataflow.sync.reading import Reading, Systems
from dataflow.systems.kinds import CUSTOMER, ORDER, Kind

#: The vendor makes the ids of these kinds, so that no other account has the same.
TELLING = (CUSTOMER, ORDER)

#: So many records of each kind are asked for. One alone may have been deleted.
FEW, TOO_FEW = 3, 1


@dataclass(slots=True)
class Account:
    """Makes certain of the account, once, before anything is changed."""

    systems: Systems
    memory: Memory
    readings: Mapping[str, Reading]
    _certain: bool = field(default=False, init=False)

    def make_certain(self) -> None:
        """Raise StateOfOtherAccountsError if no record that is remembered exists."""
        if self._certain:
            return
        remembered = [(kind, one) for kind in TELLING for one in self._ids(kind)]
        listed = any(self._is_listed(kind) for kind in TELLING)
        if len(remembered) > TOO_FEW and not listed and not self._finds(remembered):
            ids = ", ".join(left_id for _, left_id in remembered)
            raise StateOfOtherAccountsError(
                f"{self.memory.path} remembers records that this Invoiced account has"
                f" not ({ids}): use the key of the account that it belongs to, or move"
                " it away if they all were deleted."
            )
        self._certain = True

    def _ids(self, kind: Kind) -> list[str]:
        links = self.memory.links.of(kind.name)
        return [link.left_id for link in links if LEFT not in link.gone][-FEW:]

    def _is_listed(self, kind: Kind) -> bool:
        reading = self.readings.get(kind.name)
        links = self.memory.links
        return reading is not None and any(
            links.by_left(kind.name, left_id) is not None for left_id in reading.left
        )

    def _finds(self, remembered: list[tuple[Kind, str]]) -> bool:
        found = (self.systems.left.find(kind, one) for kind, one in remembered)
        return any(record is not None for record in found)
