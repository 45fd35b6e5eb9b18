"""How long to wait on sandbox accounts is read from the settings."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow.harness.targets.sandbox_settings import SandboxSettings, sandbox_settings
from dataflow.settings import DamagedSettingsError


def test_what_is_not_set_is_usual() -> None:
    """No table at all is a right one."""
    assert SandboxSettings() == sandbox_settings({}, "dataflow.toml")


def test_what_is_set_is_taken() -> None:
    """Each kind of record has a deadline of its own."""
    table = {"list_lag": 2, "deadline": {"order": 90}}
    read = sandbox_settings(table, "dataflow.toml")

    assert (2.0, 90.0, 30.0) == (
        read.list_lag,
        read.deadlines["order"],
        read.deadlines["item"],
    )


@pytest.mark.parametrize("seconds", [0, 1, 30, 45.5, 600])
def test_waits_grow_up_to_the_deadline(seconds: float) -> None:
    """All waits together are the deadline, and each is longer than the one before."""
    settings = SandboxSettings(deadlines={"item": seconds})
    waits = settings.intervals("item")

    assert sum(waits) == pytest.approx(seconds)
    assert sorted(waits[:-1]) == [*waits[:-1]]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (
            {"lag": 1},
            (
                "dataflow.toml says 'lag' below [sandbox]: it may say list_lag, in"
                " seconds, and deadline with seconds for customer, order, item."
            ),
        ),
        (
            {"deadline": {"invoice": 1}},
            (
                "dataflow.toml says 'invoice' below [sandbox]: it may say list_lag, in"
                " seconds, and deadline with seconds for customer, order, item."
            ),
        ),
        (
            {"deadline": 5},
            (
                "dataflow.toml says 'deadline' below [sandbox]: it may say list_lag, in"
                " seconds, and deadline with seconds for customer, order, item."
            ),
        ),
        (
            {"list_lag": -1},
            (
                "dataflow.toml says list_lag = -1 below [sandbox]: that is no number of"
                " seconds."
            ),
        ),
        (
            {"deadline": {"item": True}},
            (
                "dataflow.toml says item = True below [sandbox]: that is no number of"
                " seconds."
            ),
        ),
    ],
    ids=["unknown", "unknown kind", "no table", "negative", "no number"],
)
def test_what_makes_no_sense_is_refused(table: dict[str, Any], sentence: str) -> None:
    """A mistake in the file is told with the name and the value."""
    with pytest.raises(DamagedSettingsError) as caught:
        sandbox_settings(table, "dataflow.toml")

    assert sentence == str(caught.value)
