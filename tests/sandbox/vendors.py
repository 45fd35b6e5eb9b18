"""The twins in the vendors' place: on loopback, by real time, called from outside."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dataflow.twin.clock import SystemClock
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE, Addresses, TwinPair
from tests.harness import project as running
from tests.harness.project import Project


@dataclass(frozen=True)
class Vendors:
    """Both twins, and what a run has to be told to find them."""

    twins: TwinPair
    addresses: Addresses

    def variables(self, **others: str) -> dict[str, str]:
        """Return the variables that name these accounts, some of them altered."""
        return {
            "INVOICED_API_URL": self.addresses.invoiced_url,
            "INVOICED_API_KEY": INVOICED_KEY,
            "CHARGEBEE_API_URL": self.addresses.chargebee_url,
            "CHARGEBEE_API_KEY": CHARGEBEE_KEY,
            "CHARGEBEE_SITE": SITE,
            **others,
        }

    def run(
        self, project: Project, *arguments: str, **others: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the checklist of a project on these accounts."""
        return running.run(
            "--target",
            "sandbox",
            *arguments,
            folder=project.folder,
            variables=self.variables(**others),
        )


@contextmanager
def vendors() -> Iterator[Vendors]:
    """Serve both twins until the end of the block."""
    twins = TwinPair(SystemClock())
    with twins.serving(0, 0) as addresses:
        yield Vendors(twins, addresses)
