"""`--sync sesam`: the settings of a node, and the program that runs its pipes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.errors import SettingsError, TryAgainError, VendorUnavailableError
from dataflow.harness.syncs.program import DONE, Run
from dataflow.harness.syncs.sesam import (
    Node,
    SesamSettings,
    SesamSync,
    connect,
    get_token,
    main,
    read_sesam_settings,
    run_pipes,
)
from tests.harness.sesam_node import JWT, Pump, SesamNode, failing, sesam_node
from tests.network.http_host import host

NODE = "https://node.example/api"
WHOLE = {"node": NODE, "pipes": ["a", "b"]}

UNSAFE = {
    "no TLS": "http://node.example/api",
    "no scheme": "node.example/api",
    "another scheme": "ftp://127.0.0.1/api",
    "a user": "https://ada:secret@node.example/api",
    "a query": "https://node.example/api?a=b",
    "a fragment": "https://node.example/api#a",
    "upper case": "https://NODE.example/api",
    "a homoglyph": "https://nod\u0435.example/api",
    "a line": "https://node.example/api\n",
    "a step up": "https://node.example/api/..",
    "a number": "https://2130706433/api",
    "the usual port": "https://node.example:443/api",
    "loopback as a user": "http://127.0.0.1@node.example/api",
    "loopback in a name": "http://127.0.0.1.node.example/api",
    "a vendor": "https://api.sandbox.invoiced.com",
    "a vendor's site": "https://acme-test.chargebee.com/api/v2",
}


class Time:
    """A clock that moves only by the pauses."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def now(self) -> float:
        """Return the time in seconds."""
        return 1_000_000 + sum(self.pauses)


def run(
    node: SesamNode,
    *pipes: str,
    time: Time | None = None,
    deadline: float = 60,
    token: str = JWT,
) -> Run:
    """Run the pipes of a node as the program does, on a clock that moves by pauses."""
    time, lines = time or Time(), list[str]()
    settings = SesamSettings(node.url, pipes, deadline=deadline, polling=1)
    with connect(node.url, token) as http:
        status = run_pipes(
            settings, Node(http), lines.append, pause=time.pauses.append, clock=time.now
        )
    return Run(status, "\n".join(lines))


def write_settings(folder: Path, table: dict[str, object]) -> Path:
    """Write [sync.sesam] into the settings file of a folder."""
    path = folder / "dataflow.toml"
    lines = [f"{name} = {json.dumps(value)}" for name, value in table.items()]
    path.write_text("\n".join(["[sync.sesam]", *lines]), "utf-8")
    return path


# What is started


def test_pipes_run_one_after_the_other() -> None:
    """A pipe starts when the one before it has ended: it reads what that one wrote."""
    first = Pump(slow=3)
    with sesam_node(a=Pump(work=lambda: first.runs), b=first) as node:
        done = run(node, "b", "a")

        assert (["b", "a"], "The pipe 'a' has run: 1 written, 0 failed.") == (
            node.started(),
            done.output.splitlines()[-1],
        )


def test_a_pipe_may_be_named_twice() -> None:
    """A pipe that stands twice in the settings runs twice: loops need that."""
    with sesam_node(a=Pump(), b=Pump()) as node:
        run(node, "a", "b", "a")

    assert (2, 1) == (node.pumps["a"].runs, node.pumps["b"].runs)


@pytest.mark.parametrize(
    ("pump", "runs"),
    [
        (Pump(work=lambda: 1, slow=2, looks=2), 2),
        (
            Pump(work=lambda: 1, slow=2, looks=2, always_starts=True, last_run="start"),
            2,
        ),
        (Pump(slow=3, last_run="start"), 1),
    ],
    ids=["running", "running, start accepted", "last run is the current one"],
)
def test_a_whole_run_is_awaited(pump: Pump, runs: int) -> None:
    """A run that started by itself may have missed the last edit: another one follows.

    A run counts when it has ended, even if the node names it from its start.
    """
    with sesam_node(a=pump) as node:
        run(node, "a")

    assert runs == pump.runs


def test_a_pump_that_starts_between_two_calls_is_started_again() -> None:
    """A pump that the node starts between two calls is waited for as well."""
    pump = Pump(work=lambda: 1)
    with sesam_node(a=pump) as node:
        node.before_answer = lambda method: (
            pump.begin() if (method, node.started()) == ("POST", ["a"]) else None
        )
        run(node, "a")

    assert 2 == pump.runs


def test_an_id_is_encoded() -> None:
    """An id with the signs of an address is that of one pipe."""
    pipe = "Northwind:Products & more?"
    with sesam_node(**{pipe: Pump()}) as node:
        run(node, pipe)

    assert 1 == node.pumps[pipe].runs


# The result


@pytest.mark.parametrize(
    ("work", "result"),
    [
        (lambda: 3, Run(DONE, "The pipe 'a' has run: 3 written, 0 failed.")),
        (int, Run(DONE, "The pipe 'a' has run, without an entry in its log.")),
        (failing("no name"), Run(1, "The pump of the pipe 'a' failed: no name")),
    ],
    ids=["logged", "not logged", "failed"],
)
def test_a_run_has_a_result(work: Callable[[], int], result: Run) -> None:
    """The counts of a run are reported, or the reason of its failure.

    No pipe runs after one that failed: its input does not exist.
    """
    with sesam_node(a=Pump(work=work), b=Pump()) as node:
        pipes = ("a", "b") if result.status else ("a",)
        done = run(node, *pipes)

        assert (result, ["a"]) == (done, node.started())


def test_an_older_failure_does_not_count() -> None:
    """A failure that the log held before is not that of a later run."""
    pump = Pump(work=failing("oh"))
    with sesam_node(a=pump) as node:
        run(node, "a")
        pump.work = int

        assert DONE == run(node, "a").status


# Waiting


def test_waits_grow() -> None:
    """Each wait is longer than the one before, up to ten seconds."""
    time = Time()
    with sesam_node(a=Pump(slow=9)) as node:
        run(node, "a", time=time)

    assert [1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 10, 10] == time.pauses


@pytest.mark.parametrize(
    ("pumps", "late"),
    [
        ({"a": Pump(slow=999)}, "a"),
        ({"a": Pump(slow=4), "b": Pump(slow=999)}, "b"),
        ({"a": Pump(last_run=None)}, "a"),
    ],
    ids=["endless", "two pipes share the deadline", "no sign of a run"],
)
def test_the_deadline_ends_a_wait(pumps: dict[str, Pump], late: str) -> None:
    """All pipes together have the deadline; a run without any sign is not done."""
    time = Time()
    with (
        sesam_node(**pumps) as node,
        pytest.raises(TryAgainError, match=f"after 20 s .* run of the pipe '{late}'"),
    ):
        run(node, *pumps, time=time, deadline=20)

    assert 20 == sum(time.pauses)


# The program


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the program runs, with a token in its environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SESAM_JWT", JWT)
    return tmp_path


@pytest.fixture
def run_program(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Return a function that runs the program in this process."""

    def run_it(node: str, *pipes: str) -> Run:
        write_settings(folder, {"node": node, "pipes": pipes, "polling": 0.001})
        return Run(main(), capsys.readouterr().out)

    return run_it


@pytest.mark.parametrize(
    ("status", "pipes", "sentence"),
    [
        (429, ("a",), "the node answered 429: "),
        (503, ("a",), "the node answered 503: "),
        (401, ("a",), "the node refuses the token of SESAM_JWT (401): create a new"),
        (200, ("c",), "the node has no pipe 'c': correct pipes or node"),
        (200, ("off",), "the node did not start the pump of 'off': 400: "),
        (200, ("odd",), "an answer of the node is not as documented (Object"),
    ],
)
def test_trouble_of_the_node_is_unavailable(
    status: int, pipes: tuple[str, ...], sentence: str, run_program: Callable[..., Run]
) -> None:
    """Trouble of the node is one sentence with status 69, without the token."""
    odd = Pump()
    odd.look = lambda: {"strange": True}  # type: ignore[method-assign]
    with sesam_node(a=Pump(), off=Pump(off=True), odd=odd) as node:
        node.status = status
        done = run_program(node.url, *pipes)

    assert (69, sentence, 1, False) == (
        done.status,
        done.output[: len(sentence)],
        len(done.output.splitlines()),
        JWT in done.output,
    )


def test_a_node_that_is_down_is_unavailable(run_program: Callable[..., Run]) -> None:
    """A node that is not reached is trouble of the node."""
    with sesam_node() as node:
        url = node.url
    done = run_program(url, "a")

    assert (69, True) == (
        done.status,
        done.output.startswith("the node cannot be reached (ConnectError("),
    )


def test_the_token_is_redacted(run_program: Callable[..., Run]) -> None:
    """A reason that holds the token is reported without it."""
    with sesam_node(a=Pump(work=failing(f"with {JWT}"))) as node:
        done = run_program(node.url, "a")

    assert Run(1, "The pump of the pipe 'a' failed: with [hidden]\n") == done


def test_a_redirect_is_not_followed(folder: Path) -> None:
    """A node that answers with another address does not get the token sent there."""
    with host() as elsewhere, sesam_node(a=Pump()) as node:
        node.status, node.location = 307, f"{elsewhere.url}/api/pipes/a/pump"
        write_settings(folder, {"node": node.url, "pipes": ["a"], "polling": 0.001})
        with pytest.raises(VendorUnavailableError, match="answered 307"):
            SesamSync(folder, {"SESAM_JWT": JWT}).run({})

        assert [] == elsewhere.asked


def test_a_proxy_is_not_asked(
    run_program: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of the environment does not get the token."""
    with host() as proxy, sesam_node(a=Pump()) as node:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.lower(), proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        done = run_program(node.url, "a")

        assert (DONE, [], ["a"]) == (done.status, proxy.asked, node.started())


def test_the_sync_is_a_child_process(folder: Path) -> None:
    """The program runs with the variables of a scenario; the node gets none."""
    with sesam_node(a=Pump(work=lambda: 1)) as node:
        write_settings(folder, {"node": node.url, "pipes": ["a"], "polling": 0.001})
        sync = SesamSync(folder, {"SESAM_JWT": JWT})
        done = sync.run({"DATAFLOW_INVOICED_KEY": "key-of-invoiced"})

        assert (Run(DONE, "The pipe 'a' has run: 1 written, 0 failed.\n"), False) == (
            done,
            "key-of-invoiced" in str((node.calls, node.headers)),
        )


def test_trouble_of_the_node_is_not_the_syncs(folder: Path) -> None:
    """A check whose node is in trouble is inconclusive, and the token is redacted."""
    with sesam_node(a=Pump()) as node:
        node.status = 503
        write_settings(folder, {"node": node.url, "pipes": ["a"]})
        with pytest.raises(VendorUnavailableError) as caught:
            SesamSync(folder, {"SESAM_JWT": JWT}).run({})

    assert (True, False) == (
        str(caught.value).startswith("Sesam is not available: the node answered 503: "),
        JWT in str(caught.value),
    )


# The settings


def test_settings_have_defaults(tmp_path: Path) -> None:
    """Node and pipes are enough."""
    read = read_sesam_settings(write_settings(tmp_path, dict(WHOLE)))

    assert SesamSettings(NODE, ("a", "b"), 60, 0.5) == read


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({}, 'has no node in [sync.sesam]: write node = "https://NAME/api".'),
        (
            {"node": NODE},
            'has no pipes in [sync.sesam]: write pipes = ["ID", "ID"], in their order.',
        ),
        (
            {**WHOLE, "jwt": JWT},
            "has the unknown setting 'jwt' in [sync.sesam]: use node, pipes,",
        ),
        ({**WHOLE, "pipes": []}, "has pipes = [] in [sync.sesam]: write ["),
        (
            {**WHOLE, "pipes": ["a", " "]},
            "has pipes = ['a', ' '] in [sync.sesam]: write",
        ),
        ({**WHOLE, "deadline": 0}, "has deadline = 0 in [sync.sesam]: write a number"),
    ],
    ids=["nothing", "no pipes", "token", "empty", "blank", "deadline"],
)
def test_a_wrong_setting_is_one_sentence(
    table: dict[str, object], sentence: str, tmp_path: Path
) -> None:
    """A wrong setting is named with its file and a hint; a token is not shown."""
    path = write_settings(tmp_path, table)
    with pytest.raises(SettingsError) as caught:
        read_sesam_settings(path)

    assert (f"{path} {sentence}", False) == (
        str(caught.value)[: len(f"{path} {sentence}")],
        JWT in str(caught.value),
    )


def test_a_text_in_the_place_of_the_table_is_not_shown(tmp_path: Path) -> None:
    """A text in the place of the table may be the token."""
    path = tmp_path / "dataflow.toml"
    path.write_text(f'[sync]\nsesam = "{JWT}"\n', "utf-8")
    with pytest.raises(SettingsError) as caught:
        read_sesam_settings(path)

    assert JWT not in str(caught.value)


@pytest.mark.parametrize("unsafe", UNSAFE.values(), ids=UNSAFE)
def test_no_token_goes_to_an_unsafe_address(unsafe: str, tmp_path: Path) -> None:
    """An address without TLS, or one that clients read in several ways, is refused."""
    path = write_settings(tmp_path, {**WHOLE, "node": unsafe})
    with pytest.raises(SettingsError, match="the unsafe address node = ") as caught:
        read_sesam_settings(path)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://1a2b.sesam.cloud/api",
        "https://node.example:8443/api/",
        "https://sesam/a/b",
        "http://127.0.0.1:9042/api",
        "http://localhost:9042",
    ],
)
def test_a_safe_address_is_accepted(url: str, tmp_path: Path) -> None:
    """A node in the cloud, one of one's own, and one on this machine are called."""
    path = write_settings(tmp_path, {**WHOLE, "node": url})

    assert url == read_sesam_settings(path).node


def test_the_token_is_taken_from_the_environment() -> None:
    """The variable holds the token as it is."""
    assert JWT == get_token({"SESAM_JWT": JWT})


@pytest.mark.parametrize(
    "text", ["", "key", f"Bearer {JWT}", f"{JWT}\n", f'"{JWT}"', "a.b"]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    """A missing token is asked for; another key in its place is not shown."""
    with pytest.raises(SettingsError, match="SESAM_JWT") as caught:
        get_token({"SESAM_JWT": text})

    assert not text or text not in str(caught.value)
