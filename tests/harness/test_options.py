"""The options of a run are validated before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from dataflow.harness.options import Options, add_options, read_options
from dataflow.harness.targets.weather import Severity, Weather
from tests.project import ROOT, run, usage_error

ACCOUNTS = {
    "INVOICED_API_KEY": "a",
    "CHARGEBEE_API_KEY": "test_b",
    "CHARGEBEE_SITE": "acme-test",
}
TWIN = ("--target", "twin")

WEATHER = (
    "--weather works only on the twins, for a sync that the run starts, and is not"
    " recorded: add --target twin, and remove --record, --sync wait and --sync"
    " sesam."
)
REAL_TIME = (
    "--real-time works only on the twins in fair weather, and is not recorded: add"
    " --target twin, and remove --record and --weather."
)


def read(
    *arguments: str,
    root: Path = ROOT,
    environment: Mapping[str, str] = ACCOUNTS,
    **of_xdist: object,
) -> Options:
    """Return the options of this command line; xdist adds attributes of its own."""
    parser = pytest.Parser(_ispytest=True)
    add_options(parser)
    chosen = parser.parse(arguments)
    vars(chosen).update(of_xdist)
    return read_options(chosen, root, environment)


def refusal(*arguments: str, **more: object) -> str:
    """Return the sentence with which these options are refused."""
    with pytest.raises(pytest.UsageError) as caught:
        read(*arguments, **more)  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--sync", "nonsense", *TWIN),
            (
                "--sync 'nonsense' is unknown: choose reference, 'command: PROGRAM',"
                " 'python: FILE', wait, sesam or none."
            ),
        ),
        (
            ("--sync", "command:", *TWIN),
            (
                '--sync "command:" names no program: add one, as in --sync'
                ' "command: dataflow sync".'
            ),
        ),
        (
            ("--sync", "command: ./no-such-sync", *TWIN),
            (
                "The program './no-such-sync' of the sync was not found: give an"
                f" absolute path, or a path relative to {ROOT}."
            ),
        ),
        (
            ("--weather", "wild"),
            (
                "--weather 'wild' is unknown: choose fair, rough or storm, with an"
                " optional seed, as in rough:7."
            ),
        ),
        (
            ("--twin-ports", "x"),
            "--twin-ports 'x' is not a pair of ports: write 8101,8102.",
        ),
        (
            ("--twin-ports", "8101,99999"),
            "--twin-ports '8101,99999' is not a pair of ports: write 8101,8102.",
        ),
        (
            ("--record",),
            "--record cannot record from --target recorded: add --target twin.",
        ),
        (
            ("--sync", "none"),
            (
                "--sync 'none' cannot be replayed: only the reference sync runs"
                " inside this process. Add --target twin."
            ),
        ),
        (
            ("--sync", "none", "--record", *TWIN),
            (
                "--sync 'none' cannot be recorded: only the reference sync runs"
                " inside this process. Add --target twin, and remove --record."
            ),
        ),
        (("--weather", "rough"), WEATHER),
        (("--weather", "rough", "--record", *TWIN), WEATHER),
        (("--weather", "rough", "--sync", "wait", *TWIN), WEATHER),
        (("--weather", "rough", "--target", "sandbox"), WEATHER),
        (("--real-time",), REAL_TIME),
        (("--real-time", "--record", *TWIN), REAL_TIME),
        (("--real-time", "--weather", "rough", *TWIN), REAL_TIME),
        (("--real-time", "--target", "sandbox"), REAL_TIME),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_options_are_refused(arguments: tuple[str, ...], sentence: str) -> None:
    """A wrong option is refused with one sentence that states what to do."""
    assert sentence == refusal(*arguments)


@pytest.mark.parametrize(
    ("arguments", "of_xdist", "what"),
    [
        (("--record", *TWIN), {"dist": "load"}, "--record"),
        (("--sync", "wait", *TWIN), {"dist": "load"}, "--sync wait"),
        (("--target", "sandbox"), {"numprocesses": 2}, "--target sandbox"),
    ],
    ids=["record", "service", "sandbox"],
)
def test_several_workers_are_refused(
    arguments: tuple[str, ...], of_xdist: dict[str, object], what: str
) -> None:
    """A recording, a service and an account have room for one worker."""
    assert f"{what} needs one worker: remove -n." == refusal(*arguments, **of_xdist)


def test_a_sandbox_needs_accounts() -> None:
    """A run on a sandbox is refused without accounts, and names the variables."""
    sentence = refusal("--target", "sandbox", environment={})

    assert (
        "The variables of the sandbox accounts are missing: set INVOICED_API_KEY,"
        " CHARGEBEE_API_KEY, CHARGEBEE_SITE."
    ) == sentence


@pytest.mark.parametrize("target", ["recorded", "twin"])
def test_accounts_are_used_only_on_request(target: str) -> None:
    """Accounts in the environment do not make a run one on a sandbox."""
    assert read("--target", target).accounts is None


def test_the_keys_of_the_accounts_are_secrets() -> None:
    """Both keys of a sandbox are redacted, beside those of the twins."""
    secrets = read("--target", "sandbox").secrets - read().secrets

    assert {"a", "test_b"} == secrets


def test_the_defaults_are_a_replay() -> None:
    """Without options, the cassettes are replayed with the reference sync."""
    options = read()

    assert ("recorded", "reference", Weather(), (0, 0), False, False) == (
        options.target,
        options.sync_name,
        options.weather,
        options.twin_ports,
        options.record,
        options.uses_real_time,
    )


def test_chosen_values_are_read() -> None:
    """Weather and ports are read into their types."""
    options = read("--weather", "storm:9", "--twin-ports", "8101,8102", *TWIN)

    assert (Weather(Severity.STORM, 9), (8101, 8102)) == (
        options.weather,
        options.twin_ports,
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--sync", "none"), (False, False)),
        (("--sync", "none", "--real-time"), (True, False)),
        (("--sync", "wait"), (True, True)),
    ],
    ids=["program", "real time", "service"],
)
def test_a_service_runs_in_real_time(
    arguments: tuple[str, ...], expected: tuple[bool, bool]
) -> None:
    """A service has the machine's clock; a program has it on request."""
    options = read(*arguments, *TWIN)

    assert expected == (options.uses_real_time, options.is_service)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[marks]", "[marks", "is not valid TOML"),
        ("[marks]", "marks = 7\n[more]", "has marks = 7 outside of a table"),
        (
            "reference_id={id}",
            "reference_id",
            "has order = ['id={id}', 'reference_id'] in [marks]",
        ),
    ],
    ids=["no TOML", "no table", "no mark"],
)
def test_damaged_settings_are_refused(
    old: str, new: str, sentence: str, tmp_path: Path
) -> None:
    """A damaged dataflow.toml is refused with one sentence that names the file."""
    path = tmp_path / "dataflow.toml"
    text = (ROOT / "dataflow.toml").read_text("utf-8")
    path.write_text(text.replace(old, new, 1), "utf-8")

    assert refusal(*TWIN, root=tmp_path).startswith(f"{path} {sentence}")


def test_a_refusal_is_all_that_pytest_prints() -> None:
    """Pytest ends with the status of a usage error, and without a traceback."""
    done = run("features", "--record", "-n", "2")

    assert "--record needs one worker: remove -n." == usage_error(done)
