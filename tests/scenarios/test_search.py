"""The search for a failing scenario: it finds a fault, and the same seed the same."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from dataflow.cli import main
from dataflow.harness.generated.story import Event
from dataflow.network.hooks import Exchange
from dataflow.scenarios import command
from dataflow.scenarios.command import open_stage
from dataflow.scenarios.play import Scenario, Stage
from dataflow.scenarios.search import Search, search
from tests.project import ROOT

#: They share the twins.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("generated scenarios")]

PLAIN = "python: broken/plain_sync.py"


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the syncs where they are."""
    monkeypatch.chdir(ROOT)


def test_the_same_seed_gives_the_same_calls() -> None:
    """A search that is repeated makes the same calls, byte for byte."""

    def calls() -> list[Exchange]:
        with open_stage(PLAIN) as stage:
            assert search(stage, 2, 5).scenario is None
            return stage.calls

    first, second = calls(), calls()

    assert first
    assert first == second


def test_a_fault_is_found_and_made_short() -> None:
    """A failing scenario has fewer events than one that is drawn has."""
    with open_stage(f"{PLAIN} --broken never-creates-items") as stage:
        found = search(stage, 5, 1)

    assert found.scenario is not None
    assert "has 0 live counterparts" in found.reason
    assert len(found.scenario.phases) == 1


def test_a_planted_sync_that_passes_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Scenarios that detect nothing prove nothing."""

    def search_nothing(stage: Stage, number: int, start: int) -> Search:
        del stage, start
        return Search(number)

    monkeypatch.setattr(command, "search", search_nothing)

    assert 3 == CliRunner().invoke(main, ["scenarios", "--new", "1"]).exit_code


def test_a_printed_scenario_has_the_lines_of_a_feature() -> None:
    """Backslashes and bars of values are escaped in the table."""
    event = Event("item A", "created", {"description": "a|b\nc"})
    written = Scenario(((event,),)).write("It")

    assert '{"description": "a\\|b\\\\nc"}' in written
