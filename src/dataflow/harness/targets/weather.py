"""The weather on the twins: what trouble a sync meets on its way, drawn from a seed.

A right sync is right in any weather, so a red check in bad weather is a false alarm of
the checklist. The harness's own calls meet no trouble but lists that lag: what comes of
trouble there is the third verdict, and has tests of its own.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from dataflow.errors import DataflowError
from dataflow.twin.faults import Fault, FaultKind


class NoSuchWeatherError(DataflowError):
    """The weather is named wrongly."""


class Sky(enum.StrEnum):
    """How bad the weather is."""

    FAIR = "fair"  # nothing happens
    ROUGH = "rough"  # calls fail before their change is made; lists lag
    STORM = "storm"  # that, and answers are lost, cut and repeated


#: No more than so many runs in a row meet trouble: then one gets through.
BAD_IN_A_ROW = 2

_OF_CHARGEBEE = (FaultKind.LOCK_TIMEOUT,)
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
#: Seconds, the last one what Chargebee advises to allow for (documented).
_LAGS = (0, 1.5, 20, 300)
#: Seconds: a deleted customer may be there for some minutes (documented).
_DELAYS = (0, 30, 240)
#: A fault meets one of so many first calls of a run to one vendor.
_CALLS = 12
_MOST_TROUBLES = 3
_MOST_SLOWNESS = 5
_WRITTEN = re.compile(r"(fair|rough|storm)(?::([0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad the weather is, and the seed from which each scenario's is drawn."""

    sky: Sky = Sky.FAIR
    seed: int = 0

    @classmethod
    def parse(cls, text: str) -> Weather:
        """Read `rough` or `rough:7`; raises `NoSuchWeatherError`."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise NoSuchWeatherError(
                f"--weather {text!r} is not known: choose fair, rough or storm, and a"
                " seed if you like, as in rough:7."
            )
        return cls(Sky(found[1]), int(found[2] or 0))

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.sky}:{self.seed}"

    def tries(self, fair: int) -> int:
        """Return how many tries a sync gets that has so many in fair weather.

        However many of them come to nothing, as many are left.
        """
        return fair if self.sky is Sky.FAIR else fair * (BAD_IN_A_ROW + 1)

    def over(self, check: str) -> Day:
        """Return the weather of one scenario: the same for the same seed and check."""
        # Nobody's secret hangs on it, and a seed must give the same weather again.
        return Day(self.sky, Random(f"{self.seed} {check}"))  # noqa: S311


@dataclass(slots=True)
class Day:
    """The weather of one scenario, run by run.

    `lag` is how many seconds lists are behind, `delete_delay` how many a deleted
    customer of Chargebee stays; the site makes orders by itself if it `generates`.
    """

    _sky: Sky
    _random: Random
    lag: float = field(init=False)
    delete_delay: float = field(init=False)
    generates: bool = field(init=False)
    _bad: int = 0

    def __post_init__(self) -> None:
        """Draw what holds for the whole scenario."""
        fair = self._sky is Sky.FAIR
        self.lag = 0 if fair else self._random.choice(_LAGS)
        self.delete_delay = 0 if fair else self._random.choice(_DELAYS)
        self.generates = not fair and self._random.random() < 1 / 2

    def troubles(self) -> Sequence[tuple[str, Fault]]:
        """Draw what the next run of the sync meets: each vendor's name, and a fault."""
        if self._sky is Sky.FAIR:
            return []
        count = 0
        if self._bad < BAD_IN_A_ROW:
            count = self._random.randint(0, _MOST_TROUBLES)
        self._bad = self._bad + 1 if count else 0
        return [self._slow(), *(self._trouble() for _ in range(count))]

    def _slow(self) -> tuple[str, Fault]:
        seconds = self._random.uniform(0, _MOST_SLOWNESS)
        return self._vendor(), Fault(
            kind=FaultKind.SLOW, call=self._call(), seconds=round(seconds, 3)
        )

    def _trouble(self) -> tuple[str, Fault]:
        vendor = self._vendor()
        kinds = _ROUGH + (_OF_CHARGEBEE if vendor == "Chargebee" else ())
        kinds += _STORM if self._sky is Sky.STORM else ()
        kind, retry_after = self._random.choice(kinds), None
        if kind is FaultKind.RATE_LIMIT and self._random.random() < 1 / 2:
            retry_after = self._random.randint(0, 3)
        return vendor, Fault(kind=kind, call=self._call(), retry_after=retry_after)

    def _vendor(self) -> str:
        return self._random.choice(("Invoiced", "Chargebee"))

    def _call(self) -> int:
        return self._random.randint(1, _CALLS)
