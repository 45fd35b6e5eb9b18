"""The plugin that watches a run: `pytest -p tests.gates.probe --probe-file FILE`."""

from __future__ import annotations

from pathlib import Path

import pytest

OPTION = "--probe-file"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add where to write what was seen."""
    parser.addoption(OPTION, type=Path)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch, once the sync has been chosen."""
    # Imported here: what pytest has not begun to load, it rewrites for its asserts.
    from tests.gates.watching import begin  # noqa: PLC0415

    begin(config, config.getoption(OPTION))
