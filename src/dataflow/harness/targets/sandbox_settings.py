"""How long to wait on sandbox accounts: the [sandbox] table of dataflow.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from dataflow.record_types.model import KINDS
from dataflow.settings import FILE_NAME, Seconds, decode_table

_NAMES = ", ".join(kind.name for kind in KINDS)
#: Seconds until the work of a sync is visible, where the settings have no other value.
_DEADLINE = 30.0


class SandboxSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds: the lag of lists, and the deadline for each kind of record.

    Chargebee's lists may be minutes late (documented); the delay on a test site has to
    be measured there.
    """

    list_lag: Seconds = 5.0
    deadline: Annotated[
        dict[str, Seconds],
        msgspec.Meta(description=f"a table with seconds for {_NAMES}"),
    ] = {}

    def __post_init__(self) -> None:
        """Refuse a deadline for an unknown kind."""
        if unknown := set(self.deadline) - {kind.name for kind in KINDS}:
            raise ValueError(
                f"a deadline for {min(unknown)!r}: write seconds for {_NAMES}"
            )

    def intervals(self, kind: str) -> tuple[float, ...]:
        """Return the growing waits between attempts, up to the deadline.

        A check of QA, which has the kind "", may be about any: it waits the longest.
        """
        waits: list[float] = []
        longest = max([_DEADLINE, *self.deadline.values()])
        last = self.deadline.get(kind, _DEADLINE) if kind else longest
        wait = 1.0
        while sum(waits) < last:
            waits.append(min(wait, last - sum(waits)))
            wait *= 1.6
        return tuple(waits)


def sandbox_settings(
    table: Mapping[str, object], source: str = FILE_NAME
) -> SandboxSettings:
    """Decode the table; raise `SettingsError`, in which `source` is named."""
    return decode_table(table, SandboxSettings, "[sandbox]", source)
