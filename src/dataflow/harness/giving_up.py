"""Ends a run on sandbox accounts where nobody answers any more."""

from __future__ import annotations

import textwrap

import pytest

from dataflow.harness.verdicts import is_untold

#: So many scenarios in a row that tell nothing: the next would not tell more.
IN_A_ROW = 3
#: What a client says of a lost connection can be long.
_CHARACTERS = 200


def pytest_configure(config: pytest.Config) -> None:
    """Look out on sandbox accounts."""
    if config.getoption("--target") == "sandbox":
        config.pluginmanager.register(GivingUp())


class GivingUp:
    """Counts scenarios that could not be told, and ends the run after some in a row."""

    def __init__(self) -> None:
        self._session: pytest.Session | None = None
        self._in_a_row = 0

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remember whom to end."""
        self._session = session

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count, and end the run with one sentence."""
        if report.when != "call" or self._session is None:
            return
        self._in_a_row = self._in_a_row + 1 if is_untold(report) else 0
        if self._in_a_row == IN_A_ROW:
            says = report.longreprtext.strip().splitlines()[-1]
            last = textwrap.shorten(says, _CHARACTERS, placeholder=" ...")
            self._session.shouldfail = (
                f"{IN_A_ROW} scenarios in a row could not be told, so the run ends"
                f" here: {last}"
            )
