"""How long to wait on sandbox accounts: the [sandbox] table of dataflow.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dataflow.record_types.model import KINDS
from dataflow.settings import DamagedSettingsError

_LIST_LAG, _DEADLINE = "list_lag", "deadline"
#: Seconds that a sync's work may take to show, where the settings say nothing else.
_USUAL = 30.0


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Seconds: how late lists may be, and how long to look for work on each kind.

    Chargebee's lists may be minutes late (documented); how late they are on a test
    site, only one shows.
    """

    list_lag: float = 5.0
    deadlines: Mapping[str, float] = field(
        default_factory=lambda: {kind.name: _USUAL for kind in KINDS}
    )

    def intervals(self, kind: str) -> tuple[float, ...]:
        """Return how long to wait before each further look, growing to the deadline."""
        waits: list[float] = []
        last, wait = self.deadlines.get(kind, _USUAL), 1.0
        while sum(waits) < last:
            waits.append(min(wait, last - sum(waits)))
            wait *= 1.6
        return tuple(waits)


def sandbox_settings(table: Mapping[str, object], source: str) -> SandboxSettings:
    """Read the table; raises `DamagedSettingsError`, in which `source` is named."""
    unknown = set(table) - {_LIST_LAG, _DEADLINE}
    deadlines = table.get(_DEADLINE, {})
    named = deadlines if isinstance(deadlines, dict) else {}
    unknown |= set(named) - {kind.name for kind in KINDS}
    if unknown or not isinstance(deadlines, dict):
        raise DamagedSettingsError(
            f"{source} says {min(unknown, default=_DEADLINE)!r} below [sandbox]: it"
            f" may say {_LIST_LAG}, in seconds, and {_DEADLINE} with seconds for"
            f" {', '.join(kind.name for kind in KINDS)}."
        )
    lag = _seconds(table, _LIST_LAG, source)
    found = {name: _seconds(named, name, source) for name in named}
    usual = SandboxSettings()
    return SandboxSettings(
        usual.list_lag if lag is None else lag,
        {**usual.deadlines, **{k: v for k, v in found.items() if v is not None}},
    )


def _seconds(table: Mapping[str, object], name: str, source: str) -> float | None:
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise DamagedSettingsError(
            f"{source} says {name} = {value!r} below [sandbox]: that is no number of"
            " seconds."
        )
    return float(value)
