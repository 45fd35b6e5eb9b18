"""The contract suite as a pytest plugin: what it checks, runs, stores and reports."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from dataflow.contract.accounts import Accounts
from dataflow.contract.confirmed import (
    CONFIRMED,
    is_due,
    known_behaviours,
    read_confirmed,
)
from dataflow.contract.items import (
    ANSWERS,
    COMPARED,
    SUITE,
    is_contract,
    name_test,
    refuse_mixture,
    refuse_wrong_markers,
    settled_by,
)
from dataflow.contract.shapes import (
    SHAPES,
    collect_answers,
    find_differences,
    read_shapes,
    shapes_of,
)
from dataflow.contract.writer import ConfirmationWriter, find_hosts
from dataflow.errors import DataflowError, TryAgainError, VendorUnavailableError
from dataflow.harness.options import OPTIONS
from dataflow.sandbox.run_mark import RunMark, new_run_mark
from dataflow.twin.evidence import Evidence

#: How many generated requests of each kind and call are sent.
_MOST_ON_TWINS, _MOST_ON_ACCOUNTS = 1, 3

_MARKERS = {
    Evidence.RECORDED: "an answer of the vendor showed it",
    Evidence.DOCUMENTED: "the vendor's documentation states it",
    Evidence.SDK: "the vendor's own client depends on it",
    Evidence.UNCONFIRMED: "assumed until a sandbox confirms it",
}


@dataclass(frozen=True, slots=True)
class SuiteOptions:
    """The day of the run, what names of records derive from, and --older-than.

    `mark` is in the generated requests, of which `most` are sent of each kind and call.
    """

    today: date
    seed: str
    mark: RunMark
    most: int
    older_than: int | None


#: The options of the suite.
SUITE_OPTIONS = pytest.StashKey[SuiteOptions]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite beside --target, which it shares."""
    group = parser.getgroup("contract", "the contract suite, tests/contract")
    group.addoption(
        "--older-than",
        type=int,
        metavar="DAYS",
        help="run only tests that no sandbox has confirmed in the last DAYS days",
    )
    group.addoption(
        "--today",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the date of the confirmations; default: today",
    )
    group.addoption(
        "--seed",
        metavar="TEXT",
        help="the seed of record names; default: a new one on a sandbox",
    )
    group.addoption(
        "--variants",
        type=int,
        metavar="COUNT",
        help="send COUNT generated requests of each kind and call; default: 3 on a"
        " sandbox",
    )


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read the options; on a sandbox, store what the run confirms."""
    for evidence, text in _MARKERS.items():
        config.addinivalue_line("markers", f"{evidence}(*behaviours): {text}")
    options = config.stash[SUITE_OPTIONS] = _read_options(config)
    config.pluginmanager.register(ContractSuite(config, options))
    accounts = config.stash[OPTIONS].accounts
    if accounts is not None:
        hosts = find_hosts(accounts)
        writer = ConfirmationWriter(config.rootpath, options.today, hosts)
        config.pluginmanager.register(writer)


def _read_options(config: pytest.Config) -> SuiteOptions:
    days = config.getoption("--older-than")
    if days is not None and days < 0:
        raise pytest.UsageError(
            f"--older-than {days} is negative: give a number of days from 0 on."
        )
    # A name that a sandbox knows stays taken, even after its record is deleted.
    is_real = _is_on_sandbox(config)
    seed = secrets.token_hex(4) if is_real else "twin"
    most = _MOST_ON_ACCOUNTS if is_real else _MOST_ON_TWINS
    return SuiteOptions(
        today=config.getoption("--today") or datetime.now(UTC).date(),
        seed=config.getoption("--seed") or seed,
        mark=new_run_mark(time.time, secrets.token_hex),
        most=config.getoption("--variants") or most,
        older_than=days,
    )


def _is_on_sandbox(config: pytest.Config) -> bool:
    return config.stash[OPTIONS].accounts is not None


class ContractSuite:
    """Checks the markers of the suite, selects its tests, and reports their number."""

    def __init__(self, config: pytest.Config, options: SuiteOptions) -> None:
        self._config = config
        self._options = options
        self._suite: list[pytest.Item] | None = None
        self._is_nothing_due = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Refuse wrong markers, and select the tests that are due."""
        self._suite = [item for item in items if is_contract(item)]
        refuse_wrong_markers(self._suite)
        if _is_on_sandbox(self._config):
            refuse_mixture(items, self._suite)
        if self._options.older_than is not None:
            self._select_due(items, self._options.older_than)

    def _select_due(self, items: list[pytest.Item], days: int) -> None:
        try:
            confirmed = read_confirmed(self._config.rootpath / CONFIRMED)
        except DataflowError as error:
            raise pytest.UsageError(str(error)) from error
        today = self._options.today
        due = [i for i in items if is_due(name_test(i), confirmed, today, days)]
        self._is_nothing_due = bool(items) and not due
        rest = [item for item in items if item not in due]
        self._config.hook.pytest_deselected(items=rest)
        items[:] = due

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        """Collect the answers; those of a twin must have the shape of a sandbox's."""
        if not is_contract(item):
            return (yield)
        accounts: Accounts = item.funcargs["accounts"]  # type: ignore[attr-defined]
        try:
            with collect_answers(accounts.connection) as answers:
                yield
        except VendorUnavailableError as error:
            # It proves nothing about the vendor, and every test would repeat it.
            pytest.exit(str(error), TryAgainError.status)
        # Lists of an account hold the records of others: these have no shape.
        is_generated = COMPARED in item.stash
        item.stash[ANSWERS] = {} if is_generated else shapes_of(answers)
        if not _is_on_sandbox(self._config):
            _check_shape(item)
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Succeed where no test is due, as on most nights."""
        is_empty = session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED
        if is_empty and self._is_nothing_due:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> None:
        """Report how many tests ran by evidence, and the behaviours without a test."""
        counts = Counter(
            evidence
            for category in ("passed", "failed")
            for report in terminalreporter.stats.get(category, [])
            if report.nodeid.startswith(f"{SUITE.as_posix()}/")
            and report.when == "call"
            for evidence in Evidence
            if evidence in report.keywords
        )
        if not counts:
            return
        numbers = ", ".join(f"{counts[e]} {e}" for e in Evidence if counts[e])
        where = "a sandbox" if _is_on_sandbox(self._config) else "the twins"
        terminalreporter.write_line(
            f"contract: {counts.total()} tests on {where}: {numbers}."
        )
        if self._suite is not None:
            self._report_unsettled(terminalreporter, self._suite)

    def _report_unsettled(
        self, reporter: pytest.TerminalReporter, suite: Sequence[pytest.Item]
    ) -> None:
        settled = {name for item in suite for name in settled_by(item)}
        names = [name for name in known_behaviours() if name not in settled]
        reporter.write_line(
            f"behaviours: {len(known_behaviours())}, of which {len(names)} have no"
            " contract test in this run."
        )
        if self._config.get_verbosity() > 0:
            for name in names:
                reporter.write_line(f"  {name}")


def _check_shape(item: pytest.Item) -> None:
    real = read_shapes(item.config.rootpath / SHAPES, name_test(item))
    if real is not None:
        wrong = find_differences(real, item.stash[ANSWERS])

        assert [] == wrong, "the shape of the twin's answer differs from the sandbox's"
