"""Chooses a profile before any property is read, and says how to repeat a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dataflow.errors import DataflowError

# What the machine and the accounts assert is told as well as what tests do.
pytest.register_assert_rewrite("properties.machine", "properties.resting")

from properties.profiles import (  # noqa: E402 - see above
    NIGHT,
    again,
    chosen,
    end_shrinking_early,
    register,
)


def pytest_configure(config: pytest.Config) -> None:
    """Load the profile; Hypothesis's own option comes later, and wins."""
    register()
    try:
        settings.load_profile(chosen(os.environ))
    except DataflowError as error:
        raise pytest.UsageError(str(error)) from error
    if settings.get_current_profile_name() != NIGHT:
        end_shrinking_early()
    del config


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the night take its time: no property is ended for being slow."""
    if settings.get_current_profile_name() == NIGHT:
        for item in items:
            if item.path.is_relative_to(Path(__file__).parent):
                item.add_marker(pytest.mark.timeout(0))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:
    """Add to a failure how it is repeated, wherever it will be read."""
    if call.when == "call" and call.excinfo is not None:
        profile = settings.get_current_profile_name()
        call.excinfo.value.add_note(again(item.nodeid, profile))
    return (yield)
