"""A plugin of pytest that is loaded first: it guards all connections until the end.

`pyproject.toml` names it before all other plugins. It permits only what the run serves,
until the options of the run are read and name the accounts.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from dataflow.network.sockets import SocketPolicy, in_force

_armed = ExitStack()
_armed.enter_context(in_force(SocketPolicy()))


def pytest_addoption() -> None:
    """Arm again, for a second run in one process."""
    _armed.close()
    _armed.enter_context(in_force(SocketPolicy()))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Disarm at the very end: what is added first runs last."""
    config.add_cleanup(_armed.close)
