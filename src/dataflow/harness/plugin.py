"""The checklist as a pytest plugin: hooks and fixtures around a scenario."""

from __future__ import annotations

import gc
import itertools
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_bdd.parser import Scenario, Step

from dataflow.checklist.check import Basis
from dataflow.checklist.features import WrittenScenario
from dataflow.errors import TargetFailedError, VendorRefusedError
from dataflow.files import fast_temporary_folder
from dataflow.harness.collection import (
    DRIVER,
    FAILED,
    FEATURE,
    NOT_EXERCISED,
    SCENARIO,
    create_collector,
)
from dataflow.harness.options import (
    OPTIONS,
    Options,
    add_options,
    read_options,
    refuse_reruns,
)
from dataflow.harness.progress import report_progress
from dataflow.harness.redaction import get_terminal_redactor
from dataflow.harness.scenario.comparison import judge
from dataflow.harness.scenario.factories import RecordFactory
from dataflow.harness.scenario.ledger import Ledger, Place
from dataflow.harness.scenario.polling import PollPolicy, SyncDriver
from dataflow.harness.scenario.world import CheckNotes, World
from dataflow.harness.step_exchanges import list_exchanges
from dataflow.harness.syncs.program import Run
from dataflow.harness.targets.base import (
    CASSETTES,
    Session,
    Target,
    explain_daytime_skip,
    explain_real_time_skip,
)
from dataflow.harness.targets.recorded import (
    Expiry,
    RecordedTarget,
    explain_no_recording,
)
from dataflow.harness.targets.sandbox import refuse_unfit, sandbox_run
from dataflow.harness.targets.twin import serve_twins
from dataflow.harness.targets.twin_time import RealTime, SimulatedTime
from dataflow.harness.terminal_stream import redact_terminal
from dataflow.network.hooks import refuse_detours
from dataflow.network.pools import keep_connections
from dataflow.plain_text import replace_missing
from dataflow.process_groups import end_killed_programs, handle_signals
from dataflow.record_types.model import ORDER
from dataflow.sandbox.doctor import needs_of
from dataflow.sandbox.run_mark import Scope
from dataflow.settings import FILE_NAME
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import Connection, chargebee_client, invoiced_client
from dataflow.vendors.invoiced import InvoicedAccount
from dataflow.vendors.marks import Marks

#: The other parts of the plugin. They are in the same or a higher layer, so that this
#: one does not import them. Each can be blocked with `-p no:NAME`.
pytest_plugins = (
    "dataflow.contract.plugin",
    "dataflow.harness.judge",
    "dataflow.harness.failures",
    "dataflow.harness.reports_folder",  # before the plugins that import it
    "dataflow.harness.recorder",
    "dataflow.report.junit",
    "dataflow.report.allure",
    "dataflow.report.terminal",
    "dataflow.report.failures",
)

#: The timeout of a scenario that waits in real time, in seconds: 201 records take
#: minutes. The lock of the accounts is held for longer.
_REAL_TIME_TIMEOUT = 50 * 60

#: What the sync under test keeps for itself.
OWN = pytest.StashKey[Collection[Place]]()

#: Of the three generations of Python's garbage collector.
_GC_THRESHOLDS = (50_000, 20, 20)


# Hooks


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the checklist."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read the options and settings once, before anything runs or is written."""
    for basis in Basis:
        config.addinivalue_line("markers", f"{basis}: the basis of a check")
    # Most objects of a run are JSON, in no cycles: look for cycles less often.
    gc.set_threshold(*_GC_THRESHOLDS)
    refuse_reruns(config)
    until_the_end = ExitStack()
    config.add_cleanup(until_the_end.close)
    until_the_end.enter_context(handle_signals())
    options = config.stash[OPTIONS] = read_options(config.option, config.rootpath)
    # A replay connects to nothing, and its hosts do not exist.
    is_replay = options.target == "recorded"
    until_the_end.enter_context(
        refuse_detours() if is_replay else options.guard.watching()
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let a terminal without Unicode show all texts; end what a killed run left."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        replace_missing(reporter._tw._file)  # noqa: SLF001 - pytest has no other way
        redact_terminal(session.config, get_terminal_redactor(session.config))
        for group in end_killed_programs():
            reporter.write_line(
                f"The process group {group} of a run that was killed has been ended."
            )


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    """Collect features, and refuse other files beside them."""
    return create_collector(file_path, parent)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Exempt modules and tests from garbage collection: they live until the end."""
    gc.freeze()


def pytest_bdd_apply_tag(tag: str, function: Callable[..., object]) -> bool | None:
    """Leave check ids to the collector."""
    del function
    # The collector has made a marker of the check id, which pytest-bdd would refuse.
    return None if tag in list(Basis) else True


def pytest_itemcollected(item: pytest.Item) -> None:
    """Add check id and timeout, and skip a check that is declared not exercised."""
    if FEATURE in item.stash:
        section = item.stash[FEATURE].section
        item.user_properties.append(("check", f"{section}.{item.name}"))
        options = item.config.stash[OPTIONS]
        if options.accounts is not None or options.uses_real_time:
            item.add_marker(pytest.mark.timeout(_REAL_TIME_TIMEOUT))
        declared = _find_declaration(options, item.stash[SCENARIO])
        if reason := declared or _explain_no_recording(item):
            item.add_marker(pytest.mark.skip(reason=f"{NOT_EXERCISED}{reason}"))


def pytest_bdd_before_scenario(request: pytest.FixtureRequest) -> None:
    """Start the session."""
    session: Session = request.getfixturevalue("session")
    session.start()


def pytest_bdd_before_step(request: pytest.FixtureRequest) -> None:
    """Let time pass between two steps."""
    target: Target = request.getfixturevalue("target")
    target.advance_step()


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_step_error(
    request: pytest.FixtureRequest,
    scenario: Scenario,
    step: Step,
    exception: Exception,
) -> None:
    """Keep the failed step, and whether the sync has caused a vendor's refusal."""
    request.node.stash[FAILED] = (scenario, step)
    if isinstance(exception, VendorRefusedError):
        damage = judge(request.getfixturevalue("world"))
        exception.is_consequence = bool(damage)
        for difference in damage:
            exception.add_note(str(difference))


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """Stop the session, note the evidence of the verdict, and clean up."""
    target: Target = request.getfixturevalue("target")
    session: Session = request.getfixturevalue("session")
    notes = CheckNotes(request.node.user_properties)
    notes.add("evidence", target.evidence())
    notes.add("unconfirmed", *target.unconfirmed())
    notes.add("dropped", *target.dropped())
    notes.add("trouble", *target.faults_met())
    passed = sys.exception() is None
    failures = target.pop_failures(passed=passed)
    unbuilt = target.pop_unbuilt()
    if unbuilt and not _shows_damage(request):
        failures += unbuilt
    passed = passed and not failures
    world: World = request.getfixturevalue("world")
    session.compared = len(world.ledger.now)
    session.stop(passed=passed)
    target.clean_up(world, passed=passed)
    notes.add("calls", *(f"{name}: {count}" for name, count in target.calls().items()))
    if failures:
        raise TargetFailedError(failures[0])


def _shows_damage(request: pytest.FixtureRequest) -> bool:
    """Return whether a scenario fails, and a record is damaged or gone."""
    is_failed = isinstance(sys.exception(), AssertionError)
    return is_failed and bool(judge(request.getfixturevalue("world")))


def _find_declaration(options: Options, scenario: WrittenScenario) -> str | None:
    """Return why the feature or the target does not exercise a check, if so."""
    on_accounts = options.accounts is not None
    if scenario.not_exercised or not (on_accounts or options.uses_real_time):
        return scenario.not_exercised
    by_day = on_accounts and not options.night
    return explain_real_time_skip(scenario) or (
        explain_daytime_skip(scenario) if by_day else None
    )


def _explain_no_recording(item: pytest.Item) -> str | None:
    """Return why a replay has no answers for a check of QA's own; None if it has."""
    is_replay = item.config.stash[OPTIONS].target == "recorded"
    if not is_replay or item.stash[FEATURE].is_generated:
        # A check of the document has a recording; without one, it is inconclusive.
        return None
    check = dict(item.user_properties)["check"]
    return explain_no_recording(
        item.config.rootpath / CASSETTES, str(check), item.nodeid
    )


# Fixtures


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Iterator[Target]:
    """Yield both systems, for the whole run."""
    with _open_target(pytestconfig) as opened:
        report_progress(pytestconfig, opened)
        yield opened


@contextmanager
def _open_target(pytestconfig: pytest.Config) -> Iterator[Target]:
    options, root = pytestconfig.stash[OPTIONS], pytestconfig.rootpath
    cassettes = root / CASSETTES if options.record else None
    if options.target == "recorded":
        expiry = Expiry(
            max_age=options.max_age,
            is_error=pytestconfig.getoption("--whole"),
            now=datetime.now(UTC),
        )
        yield RecordedTarget(root / CASSETTES, expiry)
    elif options.accounts is not None:
        with _lend_accounts(options, options.accounts, root, cassettes) as target:
            yield target
    else:
        with (
            # A recording contains the connections that are opened while it is made.
            nullcontext() if options.record else keep_connections(),
            serve_twins(
                options.twin_ports,
                time=RealTime() if options.uses_real_time else SimulatedTime(),
                weather=options.weather,
                cassettes=cassettes,
                keeps_accounts=options.is_service,
            ) as target,
        ):
            yield target


@contextmanager
def _lend_accounts(
    options: Options, accounts: Connection, root: Path, cassettes: Path | None
) -> Iterator[Target]:
    refuse_unfit(accounts, needs_of(root / "features", root / FILE_NAME))
    with sandbox_run(accounts, options.sandbox, cassettes) as target:
        yield target


@pytest.fixture
def session(request: pytest.FixtureRequest, target: Target) -> Session:
    """Return what connects this scenario to the systems."""
    return target.start(dict(request.node.user_properties)["check"])


@pytest.fixture
def connection(target: Target, session: Session) -> Connection:
    """Return where both systems are."""
    del session  # It determines the accounts.
    return target.connection


@pytest.fixture
def state_folder() -> Iterator[Path]:
    """Create a folder for the state of the sync, which is empty at the start."""
    with fast_temporary_folder() as folder:
        yield folder


@pytest.fixture
def world(
    request: pytest.FixtureRequest, target: Target, session: Session, state_folder: Path
) -> World:
    """Return what the steps of one scenario share."""
    options, scope = request.config.stash[OPTIONS], Scope.of(session.seed)
    account = InvoicedAccount(invoiced_client(target.connection), scope.began)
    notes = CheckNotes(request.node.user_properties)

    def run() -> Run:
        environment = target.connection.environment(
            state_folder, scenario.since, target.now()
        )
        scenario.ledger.note_scenario()
        scenario.forget_lists()
        before = len(list_exchanges(request))
        with target.inject_faults():
            done = options.sync.run(environment)
        scenario.ledger.note_run()
        request.node.add_report_section("call", "sync under test", done.output)
        calls = list_exchanges(request)[before:]
        # A service writes at its own pace: its attempts are its deadline.
        has_written = not options.is_service and any(call.is_write for call in calls)
        return replace(done, has_written=has_written)

    def wait_for_lists() -> None:
        target.wait_for_lists()
        scenario.forget_lists()

    def advance(seconds: int) -> None:
        target.advance(seconds)
        scenario.forget_lists()

    def forget() -> None:
        scenario.forget_lists()

    scenario = World(
        invoiced=account,
        chargebee=ChargebeeSite(chargebee_client(target.connection), scope.began),
        marks=Marks(
            options.marks, lambda record_id: account.get(ORDER, record_id) is not None
        ),
        factory=RecordFactory(account, create_names(scope.token), scope.marks),
        notes=notes,
        sync=SyncDriver(
            run=run,
            advance_step=target.advance_step,
            wait_for_lists=wait_for_lists,
            advance_minute=target.advance_minute,
            outlast=target.outlast,
            attempts=options.weather.attempts(options.sync.tries),
            settle_runs=options.sync.quiet,
            policy=_patience(request, target, scope, notes, forget),
        ),
        advance=advance,
        own=options.own,
        find_own=lambda: _find_own(request.config),
        list_calls=lambda: list_exchanges(request),
        ledger=Ledger(target.list_records),
        scope=scope,
        since=scope.began,
    )
    if scope.run:
        scenario.ledger = Ledger(scenario.read_lists, is_free=False)
    scenario.ledger.begin()
    scenario.sync.count_runs = scenario.count_runs
    request.node.stash[DRIVER] = request.config.stash[DRIVER] = scenario.sync
    return scenario


def _find_own(config: pytest.Config) -> Collection[Place]:
    """Return what the sync under test creates in accounts without any record."""
    options = config.stash[OPTIONS]
    if options.target != "twin" or options.record or options.is_service:
        return ()
    if OWN not in config.stash:
        with fast_temporary_folder() as folder, serve_twins() as spare:
            spare.start("")
            options.sync.run(spare.connection.environment(folder, 0, spare.now()))
            config.stash[OWN] = frozenset(spare.list_records())
    return config.stash[OWN]


def _patience(
    request: pytest.FixtureRequest,
    target: Target,
    scope: Scope,
    notes: CheckNotes,
    forget: Callable[[], None],
) -> PollPolicy:
    """Return how long to wait; `forget` drops lists that were read before a wait."""
    kind = request.node.stash[FEATURE].right.lower()
    waits = request.config.stash[OPTIONS].sandbox
    # A replay of a recording on shared accounts polls as often as the recorded run.
    intervals = waits.intervals(kind) if scope.run else ()

    def pause(seconds: float) -> None:
        target.patience.pause(seconds)
        forget()

    def took(what: str, seconds: float) -> None:
        if scope.run:
            notes.add("took", f"{what}: {seconds:.1f}")

    return replace(target.patience, intervals=intervals, pause=pause, took=took)


def create_names(token: str) -> Callable[[str], str]:
    """Return names that no other scenario uses, and that are the same in every run."""
    numbers = itertools.count(1)
    return lambda word: f"{word} {token}-{next(numbers)}"
