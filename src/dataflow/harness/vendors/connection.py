"""Where the two systems are, and what a sync under test is told about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

#: The variable that tells a sync the time.
NOW = "DATAFLOW_NOW"


@dataclass(frozen=True, slots=True)
class Connection:
    """Addresses and keys of both systems.

    `chargebee_url` goes up to and including `/api/v2`.
    """

    invoiced_url: str
    invoiced_key: str
    chargebee_url: str
    chargebee_key: str
    chargebee_site: str

    def environment(
        self, state_dir: Path, since: int, now: int | None = None
    ) -> dict[str, str]:
        """Return the variables that a sync under test runs with.

        `state_dir` is where it may keep what it remembers, and `since`, in unix
        seconds of the vendors' time, how far back it has to look. `now` is their time
        where it is not the machine's.
        """
        told = {} if now is None else {NOW: str(now)}
        return told | {
            "DATAFLOW_INVOICED_URL": self.invoiced_url,
            "DATAFLOW_INVOICED_KEY": self.invoiced_key,
            "DATAFLOW_CHARGEBEE_URL": self.chargebee_url,
            "DATAFLOW_CHARGEBEE_KEY": self.chargebee_key,
            "DATAFLOW_CHARGEBEE_SITE": self.chargebee_site,
            "DATAFLOW_STATE_DIR": str(state_dir),
            "DATAFLOW_SINCE": str(since),
        }

    def owners(self) -> dict[str, str]:
        """Return whose key each key is."""
        return {self.invoiced_key: "Invoiced", self.chargebee_key: "Chargebee"}
