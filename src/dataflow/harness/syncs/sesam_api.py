"""The few calls to a Sesam node that start a pipe and tell what came of it.

What is *documented* stands in Sesam's description of its service API, of pumps and of
their log; *sdk* is seen in Sesam's own Python client; *unconfirmed* is assumed. No node
has been asked so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from dataflow.harness.syncs.sesam_errors import (
    NodeDownError,
    NoSuchPipeError,
    NotStartedError,
    StrangeAnswerError,
    WrongTokenError,
)
from dataflow.harness.syncs.sesam_settings import TOKEN
from dataflow.redact import hidden_in
from dataflow.sandbox.node import Call, Node

#: Seconds that the node has for one answer.
_PATIENCE = 30
_UNKNOWN, _RUNS_ALREADY, _TOO_MANY = 404, 409, 429
_NOT_LET_IN = {401, 403}
_OK, _SERVER_ERROR = 2, 5

_START = b"operation=start"
_FORM = {"content-type": "application/x-www-form-urlencoded"}
#: Newest first; so many hold the end of a run and what may be noted behind it.
_LOG = "log?reverse=true&limit=100"
_COMPLETED, _FAILED = "pump-completed", "pump-failed"


@dataclass(frozen=True, slots=True)
class Pump:
    """What a node says of a pump: whether it runs, and when it last did."""

    is_running: bool
    last_run: object


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended, as the pump's log has it.

    `number` grows from one entry of the log to the next.
    """

    number: int
    failed: bool
    reason: str
    written: object
    not_written: object


def calls_of(root: str, pipes: Sequence[str]) -> frozenset[Call]:
    """Return all calls that are ever made to a node about these pipes."""
    return frozenset(
        call
        for pipe in pipes
        for call in (_look(root, pipe), _log(root, pipe), _start(root, pipe))
    )


class NodeApi:
    """Speaks with one node. Each call raises a `NodeTroubleError`."""

    def __init__(self, node: Node) -> None:
        self._node = node
        # The token goes as `Authorization: Bearer` with each call (documented).
        self._http = httpx.Client(
            headers={"authorization": f"Bearer {node.token}"},
            # What stands in front of a node may set some: they are of no use here.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=_PATIENCE,
        )

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up."""
        self._http.close()

    def pump(self, pipe: str) -> Pump:
        """Return how a pipe's pump is.

        A GET of `/pipes/{id}/pump` returns it (documented). That its `runtime` holds
        `is-running` and `last-run` is sdk; `is-running` is documented for the pipe.
        """
        body = self._json(self._asked(_look(self._node.url, pipe), pipe))
        runtime = body.get("runtime") if isinstance(body, dict) else None
        if not isinstance(runtime, dict) or not isinstance(
            runtime.get("is-running"), bool
        ):
            raise StrangeAnswerError(
                f"it does not say whether the pump of the pipe {pipe!r} is running."
            )
        return Pump(runtime["is-running"], runtime.get("last-run"))

    def start(self, pipe: str) -> bool:
        """Start a pipe's pump, and tell whether it was started: it may run already.

        A POST of `operation=start` as a form to `/pipes/{id}/pump` does it, and starts
        a disabled pump too (documented); 409 says that it is running (sdk). A pump
        whose mode is off cannot be started (documented), which is a 400 (sdk).
        """
        response = self._asked(_start(self._node.url, pipe), pipe)
        if response.status_code == _RUNS_ALREADY:
            return False
        if response.status_code // 100 != _OK:
            raise NotStartedError(
                f"it does not start the pump of the pipe {pipe!r}:"
                f" {self._said(response)}"
            )
        return True

    def ending(self, pipe: str) -> Ending | None:
        """Return how the newest run ended that the log tells of, None for none.

        `/pipes/{id}/log` holds an entity for the end of each run, `pump-completed` or
        `pump-failed` with `reason_why_stopped`, and numbered by `_updated`. A run that
        changed nothing is left out unless the pump is set to note it, and one that
        failed never is (all documented, with the warning that entities may change).
        That a pipe which never ran may have no log, and a 404 for it, is unconfirmed.
        """
        call = _log(self._node.url, pipe)
        response = self._sent(call)
        if response.status_code == _UNKNOWN:
            return None
        entities = self._json(response)
        if not isinstance(entities, list):
            raise StrangeAnswerError(f"the log of the pipe {pipe!r} is no list.")
        endings = [self._ending(each) for each in entities if _is_ending(each)]
        return max(endings, key=lambda each: each.number, default=None)

    def _ending(self, entity: dict[str, Any]) -> Ending:
        return Ending(
            number=entity["_updated"],
            failed=entity["_id"] == _FAILED,
            reason=self._hidden(entity.get("reason_why_stopped") or ""),
            written=entity.get("entities_succeeded"),
            not_written=entity.get("entities_failed"),
        )

    def _asked(self, call: Call, pipe: str) -> httpx.Response:
        """Return the answer to a call about a pipe that the node has to know.

        A pipe that is not there is a 404 (sdk).
        """
        response = self._sent(call)
        if response.status_code == _UNKNOWN:
            raise NoSuchPipeError(
                f"{self._node.url} knows no pipe {pipe!r}: mend pipes or node in"
                " [sync.sesam]."
            )
        return response

    def _sent(self, call: Call) -> httpx.Response:
        """Return an answer of any other status than those that speak of the node."""
        try:
            response = self._http.request(
                call.method,
                call.url,
                content=call.body or None,
                headers=_FORM if call.body else None,
            )
        except httpx.HTTPError as error:
            raise NodeDownError(
                f"{self._node.url} is not reached"
                f" ({self._hidden(str(error) or repr(error))})."
            ) from error
        status = response.status_code
        if status in _NOT_LET_IN:
            raise WrongTokenError(
                f"{self._node.url} does not take the token of {TOKEN} ({status}): make"
                " a new one, of somebody who may start these pipes."
            )
        if status == _TOO_MANY or status // 100 == _SERVER_ERROR:
            raise NodeDownError(f"{self._node.url} answers {self._said(response)}")
        return response

    def _json(self, response: httpx.Response) -> Any:  # noqa: ANN401 - JSON
        try:
            if response.status_code // 100 == _OK:
                return response.json()
        except ValueError as error:
            raise StrangeAnswerError(
                f"an answer of {self._node.url} is no JSON: is it the node's API?"
            ) from error
        raise StrangeAnswerError(f"{self._node.url} answers {self._said(response)}")

    def _said(self, response: httpx.Response) -> str:
        text = " ".join(self._hidden(response.text).split())
        return f"{response.status_code}: {text[:300] or 'no reason given'}"

    def _hidden(self, text: object) -> str:
        return hidden_in(str(text), {self._node.token})


def _is_ending(entity: object) -> bool:
    return (
        isinstance(entity, dict)
        and entity.get("_id") in {_COMPLETED, _FAILED}
        and isinstance(entity.get("_updated"), int)
    )


def _look(root: str, pipe: str) -> Call:
    return Call("GET", f"{_pipe(root, pipe)}/pump")


def _start(root: str, pipe: str) -> Call:
    return Call("POST", f"{_pipe(root, pipe)}/pump", _START)


def _log(root: str, pipe: str) -> Call:
    return Call("GET", f"{_pipe(root, pipe)}/{_LOG}")


def _pipe(root: str, pipe: str) -> str:
    # Percent-encoded once, as by the newer of Sesam's clients (sdk).
    return f"{root}/pipes/{quote(pipe, safe='')}"
