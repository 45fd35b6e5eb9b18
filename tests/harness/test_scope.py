"""Which records are a scenario's own, and how a replay knows it again."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow.harness.scenario.scope import Scope
from tests.harness.worlds import INVOICE, a_world

OURS = Scope("items-item.every.draft", "dataflow-1795411200-3fa9c1", 1795411260)

EARLIER = Scope("items-item.every.voided", OURS.run, OURS.began)


def test_a_seed_can_be_read_back() -> None:
    """A replay makes the same names, marks and looks as the run that was recorded."""
    assert OURS == Scope.of(OURS.seed)


def test_on_accounts_of_its_own_a_check_is_its_seed() -> None:
    """Twins hold nothing else, so nothing has to be told apart."""
    assert Scope("any.check", "", 0) == Scope.of("any.check")


def test_two_scenarios_of_a_run_have_two_tokens() -> None:
    """One scenario must not count what another has made."""
    assert OURS.token != EARLIER.token


def test_records_say_which_run_has_made_them() -> None:
    """Whoever sweeps finds them by it."""
    assert "dataflow-1795411200-3fa9c1" == OURS.marks["dataflow_run"]


def test_records_say_which_scenario_has_made_them() -> None:
    """Whoever copies what is kept on one copies that it is of this scenario."""
    assert OURS.token in OURS.marks.values()


@pytest.mark.parametrize(
    ("record", "ours"),
    [
        ({"id": 7}, True),
        ({"id": "x", "reference_id": "7"}, True),
        ({"id": "x", "lines": [{"of": 7}]}, True),
        ({"id": "x", "name": f"Widget {OURS.token}-3"}, True),
        ({"id": "x", "metadata": OURS.marks}, True),
        ({"id": "x", "metadata": EARLIER.marks}, False),
        ({"id": "70", "name": "Somebody's"}, False),
    ],
    ids=["made", "named", "within", "name", "mark", "earlier", "somebody's"],
)
def test_a_record_is_ours_where_it_says_so(
    record: dict[str, Any],
    ours: bool,  # noqa: FBT001
) -> None:
    """What others do at the same time, or earlier scenarios left, is not counted."""
    world = a_world()
    world.scope, world.made = OURS, [INVOICE]

    assert ours == bool(world.select_own({"key": record}))


def test_on_accounts_of_its_own_all_is_ours() -> None:
    """A record that bears no trace of anybody is a sync's then, and counts."""
    assert {"key": {"id": "x"}} == a_world().select_own({"key": {"id": "x"}})
