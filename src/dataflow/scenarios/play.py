"""Play one generated scenario on the twins, with a sync."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dataflow.errors import TargetFailedError
from dataflow.files import fast_temporary_folder
from dataflow.harness.generated.rules import judge
from dataflow.harness.generated.story import HEAD, Event, Story
from dataflow.harness.plugin import create_names
from dataflow.harness.scenario.expectations import join_messages
from dataflow.harness.scenario.factories import RecordFactory
from dataflow.harness.scenario.polling import SyncDriver
from dataflow.harness.scenario.world import CheckNotes, World
from dataflow.harness.syncs.program import Run, SyncUnderTest
from dataflow.harness.targets.twin import TwinTarget
from dataflow.network.hooks import Exchange
from dataflow.record_types.model import ORDER
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import chargebee_client, invoiced_client
from dataflow.vendors.invoiced import InvoicedAccount
from dataflow.vendors.marks import Mark, Marks

_TOKEN = "generated"  # noqa: S105 - it begins names, and is no secret


@dataclass(frozen=True, slots=True)
class Scenario:
    """Events in `phases`: after each, the sync catches up."""

    phases: tuple[tuple[Event, ...], ...]

    def write(self, title: str) -> str:
        """Return the scenario as Gherkin that a feature can contain."""
        lines = [f"Scenario: {title}"]
        for number, phase in enumerate(self.phases):
            first = "Given beside unrelated records in Chargebee, this happens:"
            lines.append(f"  {'When this happens:' if number else first}")
            lines += [f"    | {' | '.join(row)} |" for row in _align(phase)]
            lines.append("  Then the sync propagates this, and nothing else is changed")
        return "\n".join(lines)


def _align(phase: Sequence[Event]) -> list[list[str]]:
    rows = [HEAD, *(tuple(map(_escape, event.row())) for event in phase)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    return [[c.ljust(w) for c, w in zip(row, widths, strict=True)] for row in rows]


def _escape(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|")


@dataclass(eq=False)
class Stage:
    """The twins and a sync, on which scenarios are played one after the other."""

    target: TwinTarget
    sync: SyncUnderTest
    marks: Mapping[str, tuple[Mark, ...]]
    #: The calls of the last scenario, and its story.
    calls: list[Exchange] = field(default_factory=list)
    story: Story | None = None

    def play(self, scenario: Scenario) -> None:
        """Play a scenario on new accounts; raise `AssertionError` if it fails."""
        self.target.start(_TOKEN)
        self.target.pop_exchanges()
        with fast_temporary_folder() as folder, self._make_world(str(folder)) as world:
            self.story = Story(world)
            self.story.begin()
            for phase in scenario.phases:
                self._play_phase(self.story, phase)
        self.calls = self.target.pop_exchanges()
        if failures := self.target.pop_failures(passed=True):
            raise TargetFailedError(failures[0])

    def _play_phase(self, story: Story, phase: Sequence[Event]) -> None:
        for event in phase:
            self.target.advance_step()
            story.happen(event)
            story.world.advance(1)
        self.target.advance_step()
        found = judge(story, story.catch_up())
        assert not found, join_messages(found)

    @contextmanager
    def _make_world(self, folder: str) -> Iterator[World]:
        target = self.target
        account = InvoicedAccount(invoiced_client(target.connection))
        site = ChargebeeSite(chargebee_client(target.connection))

        def run() -> Run:
            now = target.now()
            variables = target.connection.environment(Path(folder), 0, now)
            world.forget_lists()
            with target.inject_faults():
                return self.sync.run(variables)

        def advance(seconds: int) -> None:
            target.advance(seconds)
            world.forget_lists()

        driver = SyncDriver(
            run=run,
            advance_step=target.advance_step,
            wait_for_lists=target.wait_for_lists,
            advance_minute=target.advance_minute,
            attempts=self.sync.tries,
            settle_runs=self.sync.quiet,
        )
        names = create_names(_TOKEN)
        world = World(
            invoiced=account,
            chargebee=site,
            marks=Marks(self.marks, lambda key: account.get(ORDER, key) is not None),
            factory=RecordFactory(account, names),
            notes=CheckNotes([]),
            sync=driver,
            advance=advance,
        )
        yield world
