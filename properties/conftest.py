"""Chooses a profile before any property is read, and says how to repeat a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from dataflow.errors import DataflowError
from properties.profiles import again, chosen, register


def pytest_configure(config: pytest.Config) -> None:
    """Load the profile; Hypothesis's own option comes later, and wins."""
    register()
    try:
        settings.load_profile(chosen(os.environ))
    except DataflowError as error:
        raise pytest.UsageError(str(error)) from error
    del config


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:
    """Add to a failure how it is repeated, wherever it will be read."""
    if call.when == "call" and call.excinfo is not None:
        profile = settings.get_current_profile_name()
        call.excinfo.value.add_note(again(item.nodeid, profile))
    return (yield)
