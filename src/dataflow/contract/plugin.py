"""The contract suite as pytest meets it: what is checked, run, kept and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence

import pytest

from dataflow.contract.answers import differences, overheard, shapes_of
from dataflow.contract.collecting import (
    COLLECTED,
    SUITE,
    VENDORS,
    is_contract,
    refuse_wrong,
    test_id,
    uncovered,
)
from dataflow.contract.confirmed import CONFIRMED, is_due, read_confirmed
from dataflow.contract.keeping import ANSWERED, Keeper
from dataflow.contract.known import known_behaviours
from dataflow.contract.options import SANDBOX, TODAY, add_options, read_options
from dataflow.contract.shape_files import SHAPES, read_shapes
from dataflow.errors import DataflowError, TryAgainError
from dataflow.harness.collecting import FEATURE
from dataflow.harness.options import GUARD
from dataflow.harness.targets.no_detours import RedirectedError
from dataflow.harness.vendors.connection import Connection
from dataflow.twin.evidence import Evidence

_SAYS = {
    Evidence.RECORDED: "an answer of the vendor was seen",
    Evidence.DOCUMENTED: "the vendor's documentation says so",
    Evidence.SDK: "the vendor's client relies on it",
    Evidence.UNCONFIRMED: "assumed until a sandbox has shown it",
}


#: Whether --older-than has left nothing to run.
NOTHING_DUE = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    add_options(parser)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read what was chosen; on a sandbox, begin to keep what it shows."""
    for evidence, says in _SAYS.items():
        config.addinivalue_line("markers", f"{evidence}(*behaviours): {says}")
    read_options(config)
    if config.stash[SANDBOX] is not None:
        config.pluginmanager.register(Keeper(config.rootpath, config.stash[TODAY]))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Refuse tests of the suite that are marked wrongly, and choose what is due."""
    suite = [item for item in items if is_contract(item)]
    refuse_wrong(suite)
    config.stash[COLLECTED] = suite
    if config.stash[SANDBOX] is not None:
        _refuse_mixtures(config, items, suite)
    if config.getoption("--older-than") is not None:
        _leave_out_what_is_not_due(config, items)


def _refuse_mixtures(
    config: pytest.Config, items: Sequence[pytest.Item], suite: Sequence[pytest.Item]
) -> None:
    """Refuse what knows no sandbox, and the suite beside anything else."""
    # Properties bring stand-ins of their own.
    known = config.rootpath / "properties"
    strange = [
        item
        for item in items
        if not (
            is_contract(item) or FEATURE in item.stash or known in item.path.parents
        )
    ]
    if strange or 0 < len(suite) < len(items):
        raise pytest.UsageError(
            "The checklist runs on a sandbox, and so does the contract suite, each by"
            " itself: add features, or"
            f" {' '.join(f'{SUITE / vendor}' for vendor in VENDORS)}."
        )


def _leave_out_what_is_not_due(config: pytest.Config, items: list[pytest.Item]) -> None:
    today, days = config.stash[TODAY], config.getoption("--older-than")
    try:
        confirmed = read_confirmed(config.rootpath / CONFIRMED)
    except DataflowError as error:
        raise pytest.UsageError(str(error)) from error
    due = [i for i in items if is_due(test_id(i), confirmed, today, days)]
    config.stash[NOTHING_DUE] = bool(items) and not due
    config.hook.pytest_deselected(items=[item for item in items if item not in due])
    items[:] = due


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let no call of a contract test go anywhere but to the account."""
    if not is_contract(item):
        return (yield)
    with item.config.stash[GUARD].watching():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Hear what a contract test is answered, and hold the twin to a sandbox's shape."""
    if not is_contract(item):
        return (yield)
    connection: Connection = item.funcargs["accounts"].connection  # type: ignore[attr-defined]
    try:
        with overheard(connection) as answers:
            yield
    except RedirectedError as error:
        # It says nothing about the vendor, and would be said by each test.
        pytest.exit(str(error), TryAgainError.status)
    item.stash[ANSWERED] = shapes_of(answers)
    if item.config.stash[SANDBOX] is None:
        _hold_to_shape(item)
    return None


def _hold_to_shape(item: pytest.Item) -> None:
    real = read_shapes(item.config.rootpath / SHAPES, test_id(item))
    if real is not None:
        wrong = differences(real, item.stash[ANSWERED])

        assert [] == wrong, "the twin answers in another shape than the sandbox did"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """End well where nothing is due: what runs each night has done its work."""
    nothing = session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED
    if nothing and session.config.stash.get(NOTHING_DUE, False):
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell how many contract tests ran by evidence, and what none of them settles."""
    counts = Counter(
        evidence
        for category in ("passed", "failed")
        for report in terminalreporter.stats.get(category, [])
        if report.nodeid.startswith(f"{SUITE.as_posix()}/") and report.when == "call"
        for evidence in Evidence
        if evidence in report.keywords
    )
    if not counts:
        return
    told = ", ".join(f"{counts[each]} {each}" for each in Evidence if counts[each])
    where = "the twins" if config.stash[SANDBOX] is None else "a sandbox"
    terminalreporter.write_line(f"contract: {counts.total()} tests on {where}: {told}.")
    if COLLECTED in config.stash:
        _tell_uncovered(terminalreporter, config)


def _tell_uncovered(reporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    collected = config.stash[COLLECTED]
    names = uncovered(collected)
    reporter.write_line(
        f"behaviours: {len(known_behaviours())}, of which {len(names)} are named by no"
        " contract test that was collected."
    )
    if config.get_verbosity() > 0:
        for name in names:
            reporter.write_line(f"  {name}")
