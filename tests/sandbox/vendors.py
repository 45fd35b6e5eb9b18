"""The twins in the vendors' place: on loopback, by real time, called from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dataflow.harness.vendors.chargebee_site import ChargebeeSite, is_live
from dataflow.harness.vendors.connection import Connection
from dataflow.harness.vendors.invoiced_account import InvoicedAccount
from dataflow.harness.vendors.kinds import ITEM
from dataflow.harness.vendors.sdk import chargebee_client, invoiced_client
from dataflow.sandbox.accounts import sandbox_connection
from dataflow.sandbox.lock import Lock
from dataflow.sandbox.run_mark import new_run_mark
from dataflow.twin.clock import Clock, SystemClock
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE, Addresses, TwinPair
from tests.harness import project as running
from tests.harness.project import ChecklistRun, Project


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

    def items_of_invoiced(self) -> list[str]:
        """Return the ids of the items that are on sale."""
        return [*InvoicedAccount(invoiced_client(self.connection())).everything(ITEM)]

    def items_of_chargebee(self) -> list[str]:
        """Return the ids of the items that are live."""
        items = self.site().everything(ITEM)
        return [key for key, item in items.items() if is_live(item)]

    def site(self) -> ChargebeeSite:
        """Return the site as the harness sees it."""
        return ChargebeeSite(chargebee_client(self.connection()))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be another run, until the end of the block."""
        with Lock(
            self.site(), new_run_mark(lambda: 1_795_411_200, lambda _: "3fa9c1")
        ).held():
            yield

    def connection(self) -> Connection:
        """Return where both are."""
        return sandbox_connection(self.variables())

    def run(self, project: Project, *arguments: str, **others: str) -> ChecklistRun:
        """Run the checklist of a project on these accounts."""
        return running.run(
            "--target",
            "sandbox",
            *arguments,
            folder=project.folder,
            variables=self.variables(**others),
        )


class BehindClock(SystemClock):
    """The machine's clock, so many seconds behind: what is made is older than it is."""

    behind = 0

    def milliseconds(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return super().milliseconds() - self.behind * 1000


@contextmanager
def vendors(clock: Clock | None = None) -> Iterator[Vendors]:
    """Serve both twins until the end of the block."""
    twins = TwinPair(clock or SystemClock())
    with twins.serving(0, 0) as addresses:
        yield Vendors(twins, addresses)
