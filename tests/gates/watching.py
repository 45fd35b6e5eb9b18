"""Watches a run of the checklist on the twins, from inside of it.

It writes down what came of each check, which calls each step sent, and whether each
Then that passed fails in worlds in which it must.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.parser import Step

from dataflow.harness.collection import FEATURE
from dataflow.harness.options import OPTIONS
from dataflow.harness.scenario.world import World
from dataflow.harness.syncs.program import Run, SyncUnderTest
from dataflow.harness.targets.twin import ExchangeLog
from dataflow.record_types.model import Kind
from dataflow.twin.messages import Request, Response
from dataflow.vendors.invoiced import InvoicedAccount
from tests.gates.seen import RED, Call, Look
from tests.gates.spoiling import (
    SPOILS,
    SYSTEMS,
    Reader,
    Records,
    Spoil,
    as_it_is,
    shown,
    spoils,
)

#: Who sends a call that no step sends: the sync, or this plugin.
_SYNC, _PROBE = ("sync", ""), ("probe", "")


def begin(config: pytest.Config, file: Path) -> None:
    """Begin to watch a run in which the sync has been chosen."""
    probe = Probe(file)
    config.pluginmanager.register(probe, "probe")
    options = config.stash[OPTIONS]
    config.stash[OPTIONS] = replace(options, sync=_WatchedSync(options.sync, probe))
    record = ExchangeLog.record

    def watched(
        self: ExchangeLog, system: str, request: Request, response: Response
    ) -> None:
        probe.note(system, request.method)
        record(self, system, request, response)

    ExchangeLog.record = watched  # type: ignore[method-assign]


class _WatchedSync:
    """The sync under test, whose calls are no step's."""

    def __init__(self, sync: SyncUnderTest, probe: Probe) -> None:
        self._sync, self._probe = sync, probe
        self.tries, self.quiet = sync.tries, sync.quiet

    def run(self, environment: Mapping[str, str]) -> Run:
        """Give it one chance."""
        step, self._probe.sender = self._probe.sender, _SYNC
        try:
            return self._sync.run(environment)
        finally:
            self._probe.sender = step


class Probe:
    """What has been seen so far."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._check = ""
        self.sender = _PROBE
        self.calls: set[Call] = set()
        self.looks: list[Look] = []
        self.outcomes: dict[str, str] = {}
        self._known: dict[tuple[str, Kind], Records] = {}

    def note(self, system: str, method: str) -> None:
        """Note a call; after a write, what was known may be wrong."""
        self.calls.add(Call(*self.sender, system, method))
        if method != "GET":
            self._known.clear()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Run the checks alone: a plain run has collected more."""
        items[:] = [item for item in items if FEATURE in item.stash]

    def pytest_bdd_before_step(
        self, request: pytest.FixtureRequest, step: Step
    ) -> None:
        """Note whose calls come next."""
        check = dict(request.node.user_properties)["check"]
        if check != self._check:
            self._known.clear()
        self._check = check
        self.sender = step.type, step.name

    def pytest_bdd_after_step(
        self,
        step: Step,
        step_func: Callable[..., object],
        step_func_args: dict[str, Any],
    ) -> None:
        """Show a Then that has passed worlds in which it must fail."""
        self.sender = _PROBE
        if step.type == "then":
            self._show(step.name, step_func, step_func_args)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what came of a check."""
        check = dict(report.user_properties).get("check", report.nodeid)
        if report.when == "call" or not report.passed:
            self.outcomes[str(check)] = report.outcome

    def pytest_sessionfinish(self) -> None:
        """Write down what was seen."""
        seen = {
            "outcomes": self.outcomes,
            "calls": list(self.calls),
            "looks": self.looks,
        }
        self._file.write_text(json.dumps(seen), "utf-8")

    def _show(
        self, text: str, then: Callable[..., object], arguments: dict[str, Any]
    ) -> None:
        world: World = arguments["world"]
        table: Sequence[Sequence[str]] = arguments.get("datatable", ())
        readers = {system: self._reader(world, system) for system in SYSTEMS}

        def told(system: str, spoil: Spoil) -> object:
            with shown(world, system, spoil, readers[system]) as notes:
                return _told(lambda: then(**arguments), notes.properties)

        plain = told(SYSTEMS[0], as_it_is)
        self.looks.append(Look(self._check, text, "", "", plain is RED))
        for system, name, spoil in spoils(world, table):
            if name in SPOILS and self._has_noticed(text, system):
                continue
            noticed = told(system, spoil) != plain
            self.looks.append(Look(self._check, text, system, name, noticed))

    def _has_noticed(self, text: str, system: str) -> bool:
        return any(
            look.noticed and look.spoil in SPOILS
            for look in self.looks
            if (look.check, look.text, look.system) == (self._check, text, system)
        )

    def _reader(self, world: World, system: str) -> Reader:
        side = world.invoiced if system == InvoicedAccount.name else world.chargebee

        def read(kind: Kind) -> Records:
            if (system, kind) not in self._known:
                self._known[system, kind] = side.list_all(kind)
            return self._known[system, kind]

        return read


def _told(then: Callable[[], object], notes: Sequence[tuple[str, object]]) -> object:
    """Return what a Then says: that it fails, or what it reports."""
    try:
        then()
    except AssertionError:
        return RED
    return list(notes)
