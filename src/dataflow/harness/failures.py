"""What a failed check leaves for the reports, and the end of a run after one cause."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

import msgspec
import pytest
from pytest_bdd.parser import Step

from dataflow.harness.categories import Category, categorise
from dataflow.harness.causes import find_cause
from dataflow.harness.collection import (
    DRIVER,
    FEATURE,
    SCENARIO,
    describe_error,
    is_inconclusive,
)
from dataflow.harness.judge import judge
from dataflow.harness.step_exchanges import EXCHANGES, StepExchanges, keep_exchanges
from dataflow.harness.verdicts import Verdict
from dataflow.network.hooks import CHECKLIST, REFUSED, SYNC, Exchange

#: The number of checks that one cause fails before the run ends.
LIMIT = 10

#: The attribute of a report that holds a `Failure`.
_FAILURE = "failure"


class Failure(msgspec.Struct, frozen=True):
    """Why a check failed; `calls` are lines about the exchanges of the failed step.

    `announced` is the number of checks of its section, `category` what the failure
    states about the sync.
    `has_result` is whether the sync had a result by then that could be compared.
    """

    check: str
    announced: int
    message: str
    has_result: bool
    category: Category
    calls: tuple[str, ...] = ()

    @property
    def cause(self) -> str:
        """Return the message without what differs between scenarios."""
        return find_cause(self.message)


def get_failure(report: pytest.TestReport) -> Failure | None:
    """Return why the check of a report failed; None for every other report."""
    held = getattr(report, _FAILURE, None)
    return None if held is None else msgspec.convert(held, Failure)


def pytest_configure(config: pytest.Config) -> None:
    """Limit a run in the process that gets all reports."""
    is_unlimited = config.getoption("--keep-going") or config.option.sync == "none"
    if not (is_unlimited or hasattr(config, "workerinput")):
        config.pluginmanager.register(CauseLimit())


# The exchanges of each step


def pytest_bdd_before_scenario(request: pytest.FixtureRequest) -> None:
    """Start to keep the exchanges of a scenario."""
    request.node.stash[EXCHANGES] = []


def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Step) -> None:
    """Start a step."""
    title = f"{step.keyword.strip()} {step.name}"
    request.node.stash[EXCHANGES].append(StepExchanges(title))


def pytest_bdd_after_step(request: pytest.FixtureRequest) -> None:
    """Keep the exchanges of a step that passed."""
    keep_exchanges(request)


def pytest_bdd_step_error(request: pytest.FixtureRequest) -> None:
    """Keep the exchanges of a step that failed."""
    keep_exchanges(request)


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """Keep those of a step that was skipped or took too long: no hook follows it."""
    keep_exchanges(request)


# What travels on the report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the report of a failed check carry why it failed."""
    report = yield
    if report.failed and FEATURE in item.stash:
        steps: list[StepExchanges] = item.stash.get(EXCHANGES, [])
        failure = Failure(
            check=item.stash[SCENARIO].ids[0],
            announced=item.stash[FEATURE].announced,
            message=_find_message(report, call),
            category=_categorise(call, judge(report)),
            has_result=DRIVER in item.stash and item.stash[DRIVER].has_result,
            calls=tuple(_summarise_calls(steps)),
        )
        vars(report)[_FAILURE] = msgspec.to_builtins(failure)
    return report


def _categorise(call: pytest.CallInfo[None], verdict: Verdict) -> Category:
    error = call.excinfo.value if call.excinfo else None
    found = is_inconclusive(error) or verdict is Verdict.INCONCLUSIVE
    return categorise(error, is_inconclusive=found)


def _find_message(report: pytest.TestReport, call: pytest.CallInfo[None]) -> str:
    """Return the message of the error, in the words of the report."""
    text = describe_error(call.excinfo.value).strip() if call.excinfo else ""
    if text and report.longreprtext.strip().endswith(text):
        return text
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longreprtext).strip()


def _summarise_calls(steps: Sequence[StepExchanges]) -> Iterator[str]:
    """Yield how many calls the failed step had, by caller, and the latest of each."""
    calls = steps[-1].exchanges if steps else []
    if not calls:
        return
    by_sync = [call for call in calls if call.caller == SYNC]
    others = [call for call in calls if call.caller != SYNC]
    yield f"{_count(by_sync, SYNC)}, {_count(others, CHECKLIST)}"
    for call in (*by_sync[-1:], *others[-1:]):
        place = f"{call.system} {call.method} {call.path}"
        yield f"  {call.status}  {call.caller:13}  {place}"


def _count(calls: list[Exchange], caller: str) -> str:
    refused = sum(call.status >= REFUSED for call in calls)
    return f"{len(calls)} by {caller}" + (f" ({refused} refused)" if refused else "")


# The end of a run


class CauseLimit:
    """Ends a run after one cause has failed some checks without a result to compare."""

    def __init__(self) -> None:
        self._session: pytest.Session | None = None
        self._failed: dict[str, set[str]] = {}
        self._reason = ""

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep the session that may have to end."""
        self._session = session

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the checks of one cause, and end the run."""
        failure = get_failure(report)
        if self._session is None or failure is None or failure.has_result:
            return
        failed = self._failed.setdefault(failure.cause, set())
        failed.add(report.nodeid)
        if len(failed) == LIMIT and not self._reason:
            self._reason = (
                f"one cause failed {LIMIT} checks before the sync had a result;"
                " --keep-going: run all"
            )
            self._session.shouldfail = self._reason
            # pytest-xdist reads its own attribute.
            if controller := self._session.config.pluginmanager.get_plugin("dsession"):
                controller.shouldstop = self._reason

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """End with the status of failed tests, where pytest-xdist interrupts itself."""
        try:
            return (yield)
        except KeyboardInterrupt:
            if self._reason:
                raise pytest.Session.Failed(self._reason) from None
            raise
