"""How long to wait on sandbox accounts is read from the settings."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow.errors import SettingsError
from dataflow.harness.targets.sandbox_settings import SandboxSettings, sandbox_settings


def test_what_is_not_set_is_usual() -> None:
    """An empty table is valid."""
    assert SandboxSettings() == sandbox_settings({})


def test_what_is_set_is_taken() -> None:
    """Each kind of record has a deadline of its own, and 30 seconds without one."""
    read = sandbox_settings({"list_lag": 2, "deadline": {"order": 90}})

    assert [2, 90, 30] == pytest.approx(
        [read.list_lag, sum(read.intervals("order")), sum(read.intervals("item"))]
    )


@pytest.mark.parametrize("seconds", [0, 1, 30, 45.5, 600])
def test_waits_grow_up_to_the_deadline(seconds: float) -> None:
    """All waits together are the deadline, and each is longer than the one before."""
    waits = SandboxSettings(deadline={"item": seconds}).intervals("item")

    assert sum(waits) == pytest.approx(seconds)
    assert sorted(waits[:-1]) == [*waits[:-1]]


@pytest.mark.parametrize(
    ("table", "found", "advice"),
    [
        ({"lag": 1}, "the unknown setting 'lag'", "use list_lag, deadline"),
        (
            {"deadline": {"invoice": 1}},
            "a deadline for 'invoice'",
            "write seconds for customer, order, item",
        ),
        (
            {"deadline": 5},
            "deadline = 5",
            "write a table with seconds for customer, order, item",
        ),
        (
            {"deadline": {"item": True}},
            "deadline = {'item': True}",
            "write a table with seconds for customer, order, item",
        ),
        (
            {"list_lag": -1},
            "list_lag = -1",
            "write a number of seconds, at most a week",
        ),
    ],
    ids=["unknown", "unknown kind", "no table", "no number", "negative"],
)
def test_what_makes_no_sense_is_refused(
    table: dict[str, Any], found: str, advice: str
) -> None:
    """A mistake in the file is one sentence with the name and the value."""
    with pytest.raises(SettingsError) as caught:
        sandbox_settings(table)

    assert f"dataflow.toml has {found} in [sandbox]: {advice}." == str(caught.value)
