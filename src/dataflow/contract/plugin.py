"""The contract suite as a pytest plugin: what it checks, runs, stores and reports."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dataflow.contract.accounts import Accounts
from dataflow.contract.confirmed import (
    CONFIRMED,
    Confirmation,
    is_due,
    known_behaviours,
    read_confirmed,
    update_confirmed,
    write_confirmed,
)
from dataflow.contract.shapes import (
    SHAPES,
    Shapes,
    collect_answers,
    find_differences,
    read_shapes,
    shapes_of,
    write_shapes,
)
from dataflow.errors import DataflowError, TryAgainError, VendorUnavailableError
from dataflow.harness.collection import FEATURE
from dataflow.harness.options import OPTIONS
from dataflow.twin.evidence import Evidence

#: The folder of the suite, relative to the root; the tests of this plugin are beside.
SUITE = Path("tests", "contract")
VENDORS = ("invoiced", "chargebee")

_MARKERS = {
    Evidence.RECORDED: "an answer of the vendor showed it",
    Evidence.DOCUMENTED: "the vendor's documentation states it",
    Evidence.SDK: "the vendor's own client depends on it",
    Evidence.UNCONFIRMED: "assumed until a sandbox confirms it",
}


@dataclass(frozen=True, slots=True)
class SuiteOptions:
    """The day of the run, what names of records derive from, and --older-than."""

    today: date
    seed: str
    older_than: int | None


#: The options of the suite, and the shapes of the answers to a test.
SUITE_OPTIONS = pytest.StashKey[SuiteOptions]()
ANSWERS = pytest.StashKey[Shapes]()


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


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read the options; on a sandbox, store what the run confirms."""
    for evidence, text in _MARKERS.items():
        config.addinivalue_line("markers", f"{evidence}(*behaviours): {text}")
    options = config.stash[SUITE_OPTIONS] = _read_options(config)
    config.pluginmanager.register(ContractSuite(config, options))
    if _is_on_sandbox(config):
        config.pluginmanager.register(
            ConfirmationWriter(config.rootpath, options.today)
        )


def _read_options(config: pytest.Config) -> SuiteOptions:
    days = config.getoption("--older-than")
    if days is not None and days < 0:
        raise pytest.UsageError(
            f"--older-than {days} is negative: give a number of days from 0 on."
        )
    # A name that a sandbox knows stays taken, even after its record is deleted.
    seed = secrets.token_hex(4) if _is_on_sandbox(config) else "twin"
    return SuiteOptions(
        today=config.getoption("--today") or datetime.now(UTC).date(),
        seed=config.getoption("--seed") or seed,
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
        _refuse_wrong_markers(self._suite)
        if _is_on_sandbox(self._config):
            _refuse_mixture(items, self._suite)
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
    def pytest_runtest_protocol(
        self, item: pytest.Item
    ) -> Generator[None, object, object]:
        """Let the calls of a contract test reach only the accounts."""
        if not is_contract(item):
            return (yield)
        with self._config.stash[OPTIONS].guard.watching():
            return (yield)

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
        item.stash[ANSWERS] = shapes_of(answers)
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


@dataclass(eq=False)
class ConfirmationWriter:
    """Stores what a run on a sandbox has confirmed, once, at its end."""

    root: Path
    today: date
    _passed: dict[str, Confirmation] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)
    _shapes: dict[str, Shapes] = field(default_factory=dict)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note the result of one phase of a contract test."""
        report, test = (yield), name_test(item)
        if is_contract(item) and report.failed:
            self._failed.add(test)
        elif is_contract(item) and report.passed and report.when == "call":
            self._passed[test] = Confirmation(self.today, settled_by(item))
            self._shapes[test] = item.stash[ANSWERS]
        return report

    def pytest_sessionfinish(self) -> None:
        """Replace the files, unless no test has passed or failed."""
        if not (self._passed or self._failed):
            return
        path = self.root / CONFIRMED
        before = read_confirmed(path)
        write_confirmed(path, update_confirmed(before, self._passed, self._failed))
        kept = {k: v for k, v in self._shapes.items() if k not in self._failed}
        write_shapes(self.root / SHAPES, kept)


def is_contract(item: pytest.Item) -> bool:
    """Return whether a test belongs to the suite."""
    suite = item.config.rootpath / SUITE
    return any(suite / vendor in item.path.parents for vendor in VENDORS)


def name_test(item: pytest.Item) -> str:
    """Return the id of a test in the suite, such as `invoiced/test_x.py::test_y`."""
    return item.nodeid.removeprefix(f"{SUITE.as_posix()}/")


def settled_by(item: pytest.Item) -> tuple[str, ...]:
    """Return the names of the behaviours in the evidence marker of a test."""
    marker = item.get_closest_marker(_evidence_of(item))
    return () if marker is None else marker.args


def _evidence_of(item: pytest.Item) -> str:
    """Return the one evidence of a test; raises `UsageError` for none or several."""
    found = [each.name for each in item.iter_markers() if each.name in list(Evidence)]
    if len(found) != 1:
        marked = " and ".join(sorted(found)) or "nothing"
        raise pytest.UsageError(
            f"{item.nodeid} is marked with {marked}: mark a contract test with exactly"
            f" one of {', '.join(Evidence)}."
        )
    return found[0]


def _refuse_wrong_markers(items: Iterable[pytest.Item]) -> None:
    """Stop the collection with a sentence for each test with a wrong marker."""
    wrong = []
    for item in items:
        try:
            _check_marker(item)
        except pytest.UsageError as error:
            wrong.append(str(error))
    if wrong:
        raise pytest.UsageError(*wrong)


def _check_marker(item: pytest.Item) -> None:
    evidence, known = _evidence_of(item), known_behaviours()
    for name in settled_by(item):
        if name not in known:
            raise pytest.UsageError(
                f"{item.nodeid} names the unknown behaviour {name!r}: use a name of"
                " `dataflow twin --behaviours`."
            )
        if known[name].evidence != evidence:
            raise pytest.UsageError(
                f"{item.nodeid} is marked {evidence}, but {name} is"
                f" {known[name].evidence}: correct one of them."
            )


def _refuse_mixture(items: Sequence[pytest.Item], suite: Sequence[pytest.Item]) -> None:
    """Refuse tests that cannot run on a sandbox, and the suite beside others."""
    foreign = [
        item for item in items if not (is_contract(item) or _may_stand_beside(item))
    ]
    if foreign or 0 < len(suite) < len(items):
        raise pytest.UsageError(
            "On a sandbox, run the checklist and the contract suite separately: add"
            " features to the command, or"
            f" {' '.join(f'{SUITE / vendor}' for vendor in VENDORS)}."
        )


def _may_stand_beside(item: pytest.Item) -> bool:
    """Return whether a test is a check, or a property, which has its own twins."""
    properties = item.config.rootpath / "properties"
    return FEATURE in item.stash or properties in item.path.parents


def _check_shape(item: pytest.Item) -> None:
    real = read_shapes(item.config.rootpath / SHAPES, name_test(item))
    if real is not None:
        wrong = find_differences(real, item.stash[ANSWERS])

        assert [] == wrong, "the shape of the twin's answer differs from the sandbox's"
