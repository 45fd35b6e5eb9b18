"""Run the pipes of a Sesam node: the sync under test of `--sync sesam`.

`SesamSync` starts this module as a program, in the same way as `--sync command:`. The
program reads [sync.sesam] of `dataflow.toml` and the node's token, a JWT; it starts
each pipe and waits for its end. The node has accounts of its own: it gets the token
alone, no key and no variable of a scenario.

A statement about the node is *documented* in Sesam's description of its service API, of
pumps and of their log; *sdk*, seen in Sesam's own Python client; or *unconfirmed*. No
call to a real node has confirmed any of them so far.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from dataflow.errors import (
    DataflowError,
    SettingsError,
    TryAgainError,
    VendorUnavailableError,
)
from dataflow.harness.syncs.program import DONE, CommandSync, Run
from dataflow.network.hosts import LOOPBACK, PORT, hide_secrets, names_a_vendor
from dataflow.redact import hidden_in
from dataflow.settings import FILE_NAME, PositiveSeconds, decode_table, read_settings

T = TypeVar("T")

#: The variable that holds the token.
TOKEN = "SESAM_JWT"  # noqa: S105 - the name of it

#: All variables that the program reads; the two name certificate authorities.
_VARIABLES = (TOKEN, "SSL_CERT_FILE", "SSL_CERT_DIR")

_FAILED = 1
#: `EX_UNAVAILABLE`: the node did not do its part, which proves nothing about the sync.
_UNAVAILABLE = 69

#: Seconds for one answer; and for the program, beyond the deadline of the pipes.
_TIMEOUT, _GRACE = 30, 60
#: The factor between two waits, and the longest one in seconds.
_GROWTH, _LONGEST = 1.5, 10

#: The log, newest entry first; a run may add some entries after its end.
_LOG = "log?reverse=true&limit=100"
_COMPLETED, _STOPPED = "pump-completed", "pump-failed"

#: Three parts with dots between them, each in base64 for addresses (RFC 7519).
_JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
#: The last label begins with a letter: no client can read an odd number as an address.
_HOST = rf"(?:{_LABEL}\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?"
_NODE = re.compile(
    rf"(?:https://{_HOST}(?::(?!443(?:/|$))(?:{PORT}))?|{LOOPBACK})"
    r"(?:/[A-Za-z0-9_~-]+)*/?"
)

_Pipe: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\S")]


class SesamSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A node, and its pipes in order; seconds for a first wait and for all runs."""

    node: Annotated[str, msgspec.Meta(description='"https://NAME/api"')]
    pipes: Annotated[
        tuple[_Pipe, ...],
        msgspec.Meta(min_length=1, description='["ID", "ID"], in their order'),
    ]
    deadline: PositiveSeconds = 60
    polling: PositiveSeconds = 0.5

    def __post_init__(self) -> None:
        """Refuse an address that the token must not be sent to."""
        if _NODE.fullmatch(self.node) is None or names_a_vendor(self.node):
            raise ValueError(
                f"the unsafe address node = {hide_secrets(self.node)!r}: write it in"
                " small letters as https://NAME/api, without a user, a query or :443;"
                " http is for loopback alone"
            )


def read_sesam_settings(path: Path) -> SesamSettings:
    """Return [sync.sesam] of a settings file; raise `SettingsError`."""
    table = read_settings(path).get("sync", {}).get("sesam", {})
    return decode_table(table, SesamSettings, "[sync.sesam]", str(path))


def get_token(environment: Mapping[str, str]) -> str:
    """Return the node's token; raise `SettingsError`, which does not show the value."""
    token = environment.get(TOKEN, "")
    if not token:
        raise SettingsError(
            f"The token of the Sesam node is missing: set {TOKEN} in the environment."
        )
    if _JWT.fullmatch(token) is None:
        raise SettingsError(
            f"{TOKEN} is not a JWT, which has three parts with dots between them: copy"
            " the whole token from the node, without quotes or Bearer."
        )
    return token


class SesamSync(CommandSync):
    """This module as a program, started in the folder of the settings file."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        settings = read_sesam_settings(folder / FILE_NAME)
        self.token = get_token(environment)
        command = shlex.join([sys.executable, "-m", __name__])
        super().__init__(command, folder, settings.deadline + _GRACE, _VARIABLES)

    def run(self, environment: Mapping[str, str]) -> Run:
        """Run each pipe once; raise `VendorUnavailableError` for the node."""
        run = super().run(environment)
        if run.status not in {DONE, _FAILED}:
            raise VendorUnavailableError("Sesam", run.output.strip())
        return run


class _Runtime(msgspec.Struct, rename="kebab"):
    is_running: bool
    last_run: object = None


class Pump(msgspec.Struct):
    """The pump of a pipe: whether it runs, and when it last ran."""

    runtime: _Runtime


class LogEntry(msgspec.Struct):
    """An entry of a pump's log; `number` grows from one entry to the next."""

    id: object = msgspec.field(name="_id", default=None)
    number: int = msgspec.field(name="_updated", default=-1)
    reason_why_stopped: str | None = None
    entities_succeeded: object = None
    entities_failed: object = None


def connect(node: str, token: str) -> httpx.Client:
    """Return a client (token: documented); a redirect or proxy would get the token."""
    return httpx.Client(
        base_url=node,
        headers={"authorization": f"Bearer {token}"},
        follow_redirects=False,
        trust_env=False,
        # A certificate authority of the environment is accepted nevertheless.
        verify=httpx.create_ssl_context(),
        timeout=_TIMEOUT,
    )


@dataclass(frozen=True)
class Node:
    """The calls to one node; each raises `TryAgainError`."""

    http: httpx.Client

    def get_pump(self, pipe: str) -> Pump:
        """Return the state of a pipe's pump.

        A GET of `/pipes/{id}/pump` returns it (documented). `is-running` is documented
        for the pipe; both fields of `runtime` are sdk.
        """
        return _decode(self._send("GET", pipe, "pump"), Pump)

    def start_pump(self, pipe: str) -> bool:
        """Start a pipe's pump, and return whether it was at rest before.

        A POST of `operation=start` as a form to `/pipes/{id}/pump` starts it, even a
        disabled one (documented). The answer is 409 for a running pump, and 400 for one
        whose mode is off (sdk).
        """
        answer = self._send("POST", pipe, "pump", {"operation": "start"})
        if not answer.is_success and answer.status_code != httpx.codes.CONFLICT:
            raise TryAgainError(
                f"the node did not start the pump of {pipe!r}: {_quote(answer)}"
            )
        return answer.is_success

    def get_last_end(self, pipe: str) -> LogEntry:
        """Return the newest end of a run in the log, or an entry without a number.

        `/pipes/{id}/log` holds an entity for the end of each run, `pump-completed` or
        `pump-failed` with `reason_why_stopped`, numbered by `_updated`. By default, the
        log omits a successful run without a change (all documented). That a pipe
        without a run may have no log, and a 404 for it, is unconfirmed.
        """
        answer = self._send("GET", pipe, _LOG)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return LogEntry()
        entries = _decode(answer, list[LogEntry])
        ends = (each for each in entries if each.id in {_COMPLETED, _STOPPED})
        return max(ends, key=lambda each: each.number, default=LogEntry())

    def _send(
        self, method: str, pipe: str, part: str, data: dict[str, str] | None = None
    ) -> httpx.Response:
        # Percent-encoded once, as by the newer one of Sesam's clients (sdk).
        path = f"/pipes/{quote(pipe, safe='')}/{part}"
        try:
            answer = self.http.request(method, path, data=data)
        except httpx.HTTPError as error:
            raise TryAgainError(f"the node cannot be reached ({error!r}).") from error
        status = answer.status_code
        if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise TryAgainError(
                f"the node refuses the token of {TOKEN} ({status}): create a new token,"
                " of a user who may start these pipes."
            )
        # A 404 about a pump is that of an unknown pipe (sdk).
        if status == httpx.codes.NOT_FOUND and part != _LOG:
            raise TryAgainError(
                f"the node has no pipe {pipe!r}: correct pipes or node in [sync.sesam]."
            )
        return answer


def run_pipes(
    settings: SesamSettings,
    node: Node,
    report: Callable[[str], object],
    *,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Run each pipe to its end, and return 0, or 1 after a pump that failed."""
    until = clock() + settings.deadline

    def wait_for(pipe: str) -> Iterator[None]:
        """Yield after each wait, each longer than the last, until the deadline."""
        wait = settings.polling
        while (left := until - clock()) > 0:
            pause(min(wait, left))
            wait = min(wait * _GROWTH, max(_LONGEST, wait))
            yield
        raise TryAgainError(
            f"after {settings.deadline:g} s the node reports no run of the pipe"
            f" {pipe!r}: set a longer deadline in [sync.sesam], or log_events_noop_runs"
            " in the pipe's pump."
        )

    for pipe in settings.pipes:
        end = _run_pipe(node, pipe, wait_for(pipe))
        report(_render(pipe, end))
        if end is not None and end.id == _STOPPED:
            return _FAILED
    return DONE


def _run_pipe(node: Node, pipe: str, waits: Iterator[None]) -> LogEntry | None:
    """Start a pump at rest, and return how its run ended; None if the log omits it.

    A run that started by itself may have read its source before the last edit.
    """
    while True:
        before = node.get_pump(pipe).runtime
        if not before.is_running:
            last_end = node.get_last_end(pipe)
            if node.start_pump(pipe):
                break
        next(waits)
    while True:
        now = node.get_pump(pipe).runtime
        if not now.is_running:
            end = node.get_last_end(pipe)
            if end.number > last_end.number:
                return end
            # The log omits a run without a change.
            if now.last_run != before.last_run:
                return None
        next(waits)


def _render(pipe: str, end: LogEntry | None) -> str:
    if end is None:
        return f"The pipe {pipe!r} has run, without an entry in its log."
    if end.id == _STOPPED:
        reason = (end.reason_why_stopped or "").strip() or "the node gave no reason."
        return f"The pump of the pipe {pipe!r} failed: {reason}"
    counts = f"{end.entities_succeeded} written, {end.entities_failed} failed"
    return f"The pipe {pipe!r} has run: {counts}."


def _decode(answer: httpx.Response, kind: type[T]) -> T:
    if not answer.is_success:
        raise TryAgainError(f"the node answered {_quote(answer)}")
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TryAgainError(
            f"an answer of the node is not as documented ({error}): correct node in"
            " [sync.sesam]."
        ) from error


def _quote(answer: httpx.Response) -> str:
    text = " ".join(answer.text.split())
    return f"{answer.status_code}: {text[:300] or 'no reason given'}"


def main() -> int:
    """Run the pipes of the settings file in this folder; return the exit status."""
    token = os.environ.get(TOKEN, "")

    def report(text: str) -> None:
        sys.stdout.write(f"{hidden_in(text, {token})}\n")

    try:
        settings = read_sesam_settings(Path(FILE_NAME))
        with connect(settings.node, get_token(os.environ)) as http:
            return run_pipes(settings, Node(http), report)
    except DataflowError as error:
        report(str(error))
        return _UNAVAILABLE


if __name__ == "__main__":
    sys.exit(main())
