"""The clients of both systems, and what is known from all of their answers."""

from __future__ import annotations

import time
from dataclasses import dataclass

from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.http import VendorApi, read_date
from dataflow.sync.clients.invoiced import Invoiced
from dataflow.sync.record_types import CUSTOMER


@dataclass(frozen=True, slots=True)
class Systems:
    """The two systems to be synchronised."""

    left: Invoiced
    right: Chargebee

    @property
    def apis(self) -> tuple[VendorApi, VendorApi]:
        """Return the APIs of both systems, left first."""
        return self.left.api, self.right.api

    @property
    def calls(self) -> int:
        """Return how many calls were made."""
        return sum(api.calls for api in self.apis)

    def ping(self) -> None:
        """Make a read that both answer; raises TryAgainError if one does not."""
        for api in self.apis:
            api.get(CUSTOMER.left_path)

    def now(self) -> float:
        """Return the time of the latest answer by the vendors' clocks, unix seconds."""
        dates = [read_date(api.headers) for api in self.apis]
        return max((x for x in dates if x is not None), default=time.time())

    def is_foreign(self, error: Exception) -> bool:
        """Return whether a connection raised an error that is no vendor's answer."""
        return any(api.failure is error for api in self.apis)
