"""The weather on the twins: which faults a sync meets, determined by a seed.

A correct sync passes in any weather, so that a failed check in bad weather is a false
positive of the checklist. The harness's own calls meet only lists that lag: a fault
there makes a check inconclusive, and has tests of its own.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from dataflow.errors import SettingsError
from dataflow.twin.faults import Fault, FaultKind


class Severity(enum.StrEnum):
    """How bad the weather is."""

    FAIR = "fair"  # no faults
    ROUGH = "rough"  # calls fail before their change is made; lists lag
    STORM = "storm"  # also, answers are lost, cut and repeated


#: At most so many successive runs meet faults other than slowness.
MAX_BAD_RUNS = 2

_CHARGEBEE = (FaultKind.LOCK_TIMEOUT,)
_ROUGH = (
    FaultKind.RATE_LIMIT,
    FaultKind.SERVER_ERROR,
    FaultKind.BAD_GATEWAY,
    FaultKind.CUT_BEFORE,
)
_STORM = (
    FaultKind.CUT_AFTER,
    FaultKind.TRUNCATED_BODY,
    FaultKind.TRUNCATED_JSON,
    FaultKind.REPEATED_PAGE,
)
#: In seconds; Chargebee advises to allow for the last one (documented).
_LIST_LAGS = (0, 1.5, 20, 300)
#: In seconds; a deleted customer may remain for some minutes (documented).
_DELETE_DELAYS = (0, 30, 240)
#: A fault meets one of so many first calls of a run to one vendor.
_CALLS = 12
_MAX_FAULTS = 3
_MAX_SLOWNESS = 5
_PATTERN = re.compile(r"(fair|rough|storm)(?::([0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class Weather:
    """A severity, and the seed that determines the faults of each scenario."""

    severity: Severity = Severity.FAIR
    seed: int = 0

    @classmethod
    def parse(cls, text: str) -> Weather:
        """Parse `rough` or `rough:7`; raises `SettingsError`."""
        found = _PATTERN.fullmatch(text)
        if found is None:
            raise SettingsError(
                f"--weather {text!r} is unknown: choose fair, rough or storm, with an"
                " optional seed, as in rough:7."
            )
        return cls(Severity(found[1]), int(found[2] or 0))

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        return f"{self.severity}:{self.seed}"

    def attempts(self, fair: int) -> int:
        """Return so many attempts that as many as in fair weather meet no fault."""
        return fair if self.severity is Severity.FAIR else fair * (MAX_BAD_RUNS + 1)

    def for_scenario(self, check: str) -> ScenarioWeather:
        """Return the weather of a scenario, which seed and check determine."""
        # Not for cryptography: a seed must give the same faults again.
        return ScenarioWeather(self.severity, Random(f"{self.seed} {check}"))  # noqa: S311


@dataclass(slots=True)
class ScenarioWeather:
    """The weather of one scenario, run by run; lags and delays are in seconds."""

    _severity: Severity
    _random: Random
    list_lag: float = field(init=False, default=0)
    delete_delay: float = field(init=False, default=0)
    generates_orders: bool = field(init=False, default=False)
    _bad_runs: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Draw the conditions of the whole scenario."""
        if self._severity is not Severity.FAIR:
            self.list_lag = self._random.choice(_LIST_LAGS)
            self.delete_delay = self._random.choice(_DELETE_DELAYS)
            self.generates_orders = self._random.random() < 1 / 2

    def draw_faults(self) -> Sequence[tuple[str, Fault]]:
        """Return the faults of the next run of the sync, each with its vendor."""
        if self._severity is Severity.FAIR:
            return []
        count = 0
        if self._bad_runs < MAX_BAD_RUNS:
            count = self._random.randint(0, _MAX_FAULTS)
        self._bad_runs = self._bad_runs + 1 if count else 0
        return [self._draw_slowness(), *(self._draw_fault() for _ in range(count))]

    def _draw_slowness(self) -> tuple[str, Fault]:
        seconds = self._random.uniform(0, _MAX_SLOWNESS)
        return self._draw_vendor(), Fault(
            kind=FaultKind.SLOW, call=self._draw_call(), seconds=round(seconds, 3)
        )

    def _draw_fault(self) -> tuple[str, Fault]:
        vendor = self._draw_vendor()
        kinds = _ROUGH + (_CHARGEBEE if vendor == "Chargebee" else ())
        kinds += _STORM if self._severity is Severity.STORM else ()
        kind, retry_after = self._random.choice(kinds), None
        if kind is FaultKind.RATE_LIMIT and self._random.random() < 1 / 2:
            retry_after = self._random.randint(0, 3)
        return vendor, Fault(kind=kind, call=self._draw_call(), retry_after=retry_after)

    def _draw_vendor(self) -> str:
        return self._random.choice(("Invoiced", "Chargebee"))

    def _draw_call(self) -> int:
        return self._random.randint(1, _CALLS)
