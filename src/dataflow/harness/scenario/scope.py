"""What a scenario may look at in accounts that are full of others' records."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

#: Where a record says which run has made it.
KEY = "dataflow_run"
#: Where it says which scenario of that run.
_SCENARIO = "dataflow_scenario"

_SEED = re.compile(
    r"(?P<run>dataflow-\d{10}-[0-9a-f]{6}) (?P<began>\d{10}) (?P<check>.+)"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose records are a scenario's own, and since when.

    `run` is the mark of the run that made them, and `began` is when the scenario did,
    in the vendors' unix seconds. On accounts of its own a scenario has neither.
    """

    check: str
    run: str = ""
    began: int = 0

    @classmethod
    def of(cls, seed: str) -> Scope:
        """Read what `seed` has written; any other text is of accounts of their own."""
        found = _SEED.fullmatch(seed)
        if found is None:
            return cls(seed)
        return cls(found["check"], found["run"], int(found["began"]))

    @property
    def token(self) -> str:
        """Return what stands in each record of the scenario, and in no other."""
        return hashlib.sha256(self.seed.encode()).hexdigest()[:6]

    @property
    def marks(self) -> Mapping[str, str]:
        """Return what is kept on a record to tell which run has made it, and where."""
        return {KEY: self.run, _SCENARIO: self.token} if self.run else {}

    @property
    def seed(self) -> str:
        """Return all of it as one text, from which a replay can make it again."""
        return f"{self.run} {self.began} {self.check}" if self.run else self.check
