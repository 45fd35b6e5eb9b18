"""Store and report what a run of the suite on accounts has shown."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from dataflow.contract.confirmed import (
    CONFIRMED,
    Confirmation,
    read_confirmed,
    update_confirmed,
    write_confirmed,
)
from dataflow.contract.items import (
    ANSWERS,
    COMPARED,
    is_contract,
    name_test,
    settled_by,
)
from dataflow.contract.outcomes import (
    Compared,
    as_json,
    count_by_behaviour,
    render_outcomes,
)
from dataflow.contract.shapes import SHAPES, Shapes, write_shapes
from dataflow.files import write_whole
from dataflow.network.hosts import is_host
from dataflow.vendors.connection import Connection

#: Where a rehearsal stores what it would confirm, and where the outcomes of the
#: generated requests are, relative to the root.
REHEARSAL = Path("reports", "rehearsal")
OUTCOMES = Path("reports", "variants.json")


def find_hosts(accounts: Connection) -> dict[str, str]:
    """Return the host of each vendor's account."""
    urls = {"invoiced": accounts.invoiced_url, "chargebee": accounts.chargebee_url}
    return {vendor: urlsplit(url).netloc for vendor, url in urls.items()}


@dataclass(eq=False)
class ConfirmationWriter:
    """Stores what a run on a sandbox has confirmed, once, at its end.

    `hosts` are the accounts. A server in the place of one confirms nothing: such a run
    is a rehearsal, and is stored apart.
    """

    root: Path
    today: date
    hosts: Mapping[str, str]
    _compared: list[Compared] = field(default_factory=list)
    _passed: dict[str, Confirmation] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)
    _shapes: dict[str, Shapes] = field(default_factory=dict)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note the result of one phase of a contract test."""
        report, test = (yield), name_test(item)
        if is_contract(item) and report.failed:
            self._failed.add(test)
        elif is_contract(item) and report.passed and report.when == "call":
            self._passed[test] = self._confirm(item, test)
            self._shapes[test] = item.stash[ANSWERS]
        if report.when == "call":
            self._compared += _compared_by(item)
        return report

    def _confirm(self, item: pytest.Item, test: str) -> Confirmation:
        return Confirmation(
            self.today,
            settled_by(item),
            self.hosts[test.partition("/")[0]],
            count_by_behaviour(_compared_by(item)),
        )

    def pytest_sessionfinish(self) -> None:
        """Replace the files, unless no test has passed or failed."""
        if not (self._passed or self._failed):
            return
        root = find_folder(self.root, self.hosts)
        path = root / CONFIRMED
        path.parent.mkdir(parents=True, exist_ok=True)
        before = read_confirmed(path)
        write_confirmed(path, update_confirmed(before, self._passed, self._failed))
        kept = {k: v for k, v in self._shapes.items() if k not in self._failed}
        write_shapes(root / SHAPES, kept)
        if self._compared:
            outcomes = json.dumps(as_json(self._compared, self.hosts), indent=1)
            (self.root / OUTCOMES).parent.mkdir(exist_ok=True)
            write_whole(self.root / OUTCOMES, outcomes + "\n")

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Show the outcomes of the generated requests by call."""
        if not self._compared:
            return
        console = Console(file=StringIO(), width=100, highlight=False)
        console.print(render_outcomes(self._compared))
        terminalreporter.write(console.file.getvalue())  # type: ignore[attr-defined]
        for each in self._compared:
            if each.outcome is not None and each.outcome.is_fault:
                terminalreporter.write_line(f"{each.outcome.meaning} {each}")
        left = sum(each.left for each in self._compared)
        terminalreporter.write_line(
            f"generated requests: {len(self._compared)}, see {OUTCOMES}; {left} records"
            " could not be deleted."
        )


def find_folder(root: Path, hosts: Mapping[str, str]) -> Path:
    """Return where a run stores its results: a rehearsal has a folder of its own."""
    is_real = all(is_host(host) for host in hosts.values())
    return root if is_real else root / REHEARSAL


def _compared_by(item: pytest.Item) -> list[Compared]:
    """Return the generated requests of a test."""
    return item.stash.get(COMPARED, [])
