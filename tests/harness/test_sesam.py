"""A node of Sesam as the sync under test: its pipes are started and waited for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dataflow.errors import VendorUnavailableError
from dataflow.harness.collection import INCONCLUSIVE
from dataflow.harness.syncs.sesam import SesamSync
from dataflow.harness.syncs.sesam_errors import (
    NodeDownError,
    NodeLateError,
    NodeTroubleError,
    NoSuchPipeError,
    NotStartedError,
    StrangeAnswerError,
    WrongTokenError,
)
from dataflow.harness.syncs.sesam_settings import SesamSettings
from dataflow.harness.syncs.sync import DONE, Run
from dataflow.network.guard import Guard
from tests.harness.sesam_node import JWT, Pump, PumpFailedError, SesamNode, sesam_node
from tests.network.http_host import host


class Silent(Pump):
    """A pump that does not say when it last ran."""

    def shown(self) -> dict[str, Any]:
        """Return what little a node tells of it."""
        return {"runtime": {"is-running": self.looks > 0}}


class Hasty(Pump):
    """A pump that tells of a run as soon as it begins, and is told to begin gladly."""

    begun = 0

    def begin(self) -> None:
        """Begin to run, unless it is running."""
        self.begun += 1
        self.looks = self.looks or self.slow

    def shown(self) -> dict[str, Any]:
        """Return what a node tells of it, with when it last began."""
        return {"runtime": {"is-running": self.looks > 0, "last-run": self.begun}}


class Time:
    """A clock that goes by the pauses that are made."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.pauses.append(seconds)

    def now(self) -> float:
        """Return the time in seconds."""
        return 1_000_000 + sum(self.pauses)


def sync_of(
    url: str,
    pipes: tuple[str, ...] = ("a", "b"),
    *,
    time: Time | None = None,
    token: str = JWT,
    deadline: float = 60,
) -> SesamSync:
    """Return the sync of a node, on a clock that goes by its pauses."""
    time = time or Time()
    settings = SesamSettings(url, pipes, deadline=deadline, polling=1)
    return SesamSync(settings, token, pause=time.pause, clock=time.now)


def ran(node: SesamNode, pipes: tuple[str, ...] = ("a", "b")) -> Run:
    """Give the node's pipes one chance, as a scenario does."""
    return guarded(sync_of(node.url, pipes))


def guarded(sync: SesamSync) -> Run:
    """Run a sync as a scenario does, below the guard."""
    with Guard([sync.node.url]).watching():
        return sync.run({"DATAFLOW_INVOICED_KEY": "key-of-invoiced"})


def failing(reason: str) -> Callable[[], int]:
    """Return the work of a pump that fails."""

    def work() -> int:
        raise PumpFailedError(reason)

    return work


# What is started


def test_pipes_are_started_in_their_order() -> None:
    """Each pipe is started once, in the order of the settings."""
    with sesam_node(a=Pump(), b=Pump()) as node:
        ran(node, ("b", "a"))

    assert ["b", "a"] == node.started()


def test_a_pipe_has_run_before_the_next_one_begins() -> None:
    """The second pipe reads what the first one wrote: it begins when that one is done.

    The disease: a check that is red since its pipes ran all at once.
    """
    first = Pump(slow=3)
    with sesam_node(a=first, b=Pump(work=lambda: first.runs)) as node:
        done = ran(node)

    assert "The pipe 'b' has run: 1 written, 0 not." == done.output.splitlines()[-1]


def test_a_pipe_may_be_named_twice() -> None:
    """A pipe that stands twice in the settings runs twice: loops need that."""
    with sesam_node(a=Pump(), b=Pump()) as node:
        ran(node, ("a", "b", "a"))

    assert (2, 1) == (node.pumps["a"].runs, node.pumps["b"].runs)


def test_a_pump_that_is_running_is_waited_for_and_started_anew() -> None:
    """A run that began by itself may have missed the last edit: another one follows."""
    pump = Pump(work=lambda: 1, slow=2, looks=2)
    with sesam_node(a=pump) as node:
        ran(node, ("a",))

    assert 2 == pump.runs


def test_a_pump_that_begins_by_itself_in_between_is_started_anew() -> None:
    """A pump that the node starts between two calls is waited for as well."""
    pump = Pump(work=lambda: 1)
    with sesam_node(a=pump) as node:
        node.meanwhile = lambda method: (
            pump.begin() if (method, node.started()) == ("POST", ["a"]) else None
        )
        ran(node, ("a",))

    assert 2 == pump.runs


def test_an_odd_id_is_found() -> None:
    """An id with signs that mean something in an address is one pipe's."""
    with sesam_node(**{"Northwind:Products & more?": Pump()}) as node:
        ran(node, ("Northwind:Products & more?",))

    assert 1 == node.pumps["Northwind:Products & more?"].runs


def test_a_pump_that_says_yes_while_it_runs_is_started_anew() -> None:
    """A node that answers as if it had started a running pump is waited for first."""
    pump = Hasty(work=lambda: 1, slow=2, looks=2, starts_always=True)
    with sesam_node(a=pump) as node:
        ran(node, ("a",))

    assert 2 == pump.runs


def test_a_run_that_has_begun_is_no_run_that_ended() -> None:
    """A pump that tells of its run from the first moment is waited for to the end."""
    with sesam_node(a=Hasty(slow=3)) as node:
        ran(node, ("a",))

    assert 1 == node.pumps["a"].runs


# What came of it


def test_a_run_is_told_with_its_counts() -> None:
    """What a pump wrote is told: it stands beside a failed check."""
    with sesam_node(a=Pump(work=lambda: 3)) as node:
        done = ran(node, ("a",))

    assert Run(DONE, "The pipe 'a' has run: 3 written, 0 not.") == done


def test_a_run_that_the_log_leaves_out_is_a_run() -> None:
    """A run that had nothing to do is not logged, and is done all the same."""
    with sesam_node(a=Pump()) as node:
        done = ran(node, ("a",))

    assert Run(DONE, "The pipe 'a' has run, and its log does not tell of it.") == done


def test_a_pump_that_failed_is_told_with_its_reason() -> None:
    """A failed pump is status 1, with what the node says of it."""
    with sesam_node(a=Pump(work=failing("no such column: name"))) as node:
        done = ran(node, ("a",))

    assert Run(1, "The pump of the pipe 'a' failed: no such column: name") == done


def test_no_pipe_follows_one_that_failed() -> None:
    """What comes after a failed pipe is not started: its input is not there."""
    with sesam_node(a=Pump(work=failing("oh")), b=Pump()) as node:
        ran(node)

    assert ["a"] == node.started()


def test_an_older_failure_is_not_this_runs() -> None:
    """A failure that the log held before is told of no later run."""
    pump = Pump(work=failing("oh"))
    with sesam_node(a=pump) as node:
        ran(node, ("a",))
        pump.work = int
        done = ran(node, ("a",))

    assert DONE == done.status


def test_the_node_is_told_of_no_account() -> None:
    """Nothing that a scenario tells its sync goes to the node: it has its own keys."""
    with sesam_node(a=Pump()) as node:
        ran(node, ("a",))

    assert (False, [("POST", "/api/pipes/a/pump", "operation=start")]) == (
        "key-of-invoiced" in str((node.asked, node.told)),
        [call for call in node.asked if call[0] == "POST"],
    )


def test_a_cookie_is_not_kept() -> None:
    """What a node sets as a cookie is not sent: the guard would stop it."""
    with sesam_node(a=Pump()) as node:
        ran(node, ("a",))

    assert "cookie" not in node.told


# Waiting


def test_the_node_is_asked_ever_more_seldom() -> None:
    """Each pause is longer than the one before, up to ten seconds."""
    time = Time()
    with sesam_node(a=Pump(slow=9)) as node:
        guarded(sync_of(node.url, ("a",), time=time))

    assert [1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 10, 10] == time.pauses


def test_a_pump_that_does_not_end_is_late() -> None:
    """After the deadline the node is late, which tells nothing about the sync."""
    time = Time()
    with sesam_node(a=Pump(slow=999)) as node, pytest.raises(NodeLateError):
        guarded(sync_of(node.url, ("a",), time=time, deadline=20))

    assert 20 == sum(time.pauses)


def test_all_pipes_share_the_deadline() -> None:
    """The deadline is that of a whole chance: ten pipes do not take ten of them."""
    time = Time()
    with (
        sesam_node(a=Pump(slow=4), b=Pump(slow=999)) as node,
        pytest.raises(NodeLateError, match="'b'"),
    ):
        guarded(sync_of(node.url, time=time, deadline=20))

    assert 20 == sum(time.pauses)


def test_a_node_that_does_not_tell_of_runs_is_late() -> None:
    """Where neither log nor pump tells of a run, it is not taken for done."""
    with sesam_node(a=Silent()) as node, pytest.raises(NodeLateError):
        ran(node, ("a",))


# A node that could not be asked


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_node_in_trouble_is_nobodys_fault(status: int) -> None:
    """A node that fails by itself or is too busy could not be asked."""
    with sesam_node(a=Pump()) as node:
        node.status = status
        with pytest.raises(NodeDownError):
            ran(node, ("a",))


def test_a_node_that_is_down_is_nobodys_fault() -> None:
    """A node that is not reached could not be asked."""
    with sesam_node() as node:
        url = node.url
    with pytest.raises(NodeDownError):
        guarded(sync_of(url))


def test_a_wrong_token_is_one_sentence() -> None:
    """A token that the node does not take is told as that, and not shown."""
    with sesam_node(a=Pump()) as node, pytest.raises(WrongTokenError) as caught:
        guarded(sync_of(node.url, ("a",), token="an.other.token"))

    assert (
        f"Sesam could not be asked: {node.url} does not take the token of SESAM_JWT"
        " (401): make a new one, of somebody who may start these pipes."
    ) == str(caught.value)


def test_a_pipe_that_is_not_there_is_one_sentence() -> None:
    """A pipe that the node does not know is told by its id."""
    with sesam_node(a=Pump()) as node, pytest.raises(NoSuchPipeError) as caught:
        ran(node, ("a", "c"))

    assert (
        f"Sesam could not be asked: {node.url} knows no pipe 'c': mend pipes or node in"
        " [sync.sesam]."
    ) == str(caught.value)


def test_a_pump_that_cannot_be_started_is_one_sentence() -> None:
    """A pump that the node does not start is told with what the node says."""
    with sesam_node(a=Pump(off=True)) as node, pytest.raises(NotStartedError) as caught:
        ran(node, ("a",))

    assert "the pump of the pipe 'a': 400: {\"detail\": \"The pump doesn't" in str(
        caught.value
    )


def test_another_host_is_no_node() -> None:
    """A host that answers something else is told as that."""
    with host() as other, pytest.raises(StrangeAnswerError):
        guarded(sync_of(f"{other.url}/api"))


def test_the_token_stands_in_no_sentence() -> None:
    """What a node says of the token is told without it."""
    with sesam_node(a=Pump()) as node:
        node.status = 500
        with pytest.raises(NodeDownError) as caught:
            ran(node, ("a",))

    assert (True, False) == ("[hidden]" in str(caught.value), JWT in str(caught.value))


def test_the_token_stands_in_no_output() -> None:
    """A reason that holds the token is told without it."""
    with sesam_node(a=Pump(work=failing(f"with {JWT}"))) as node:
        done = ran(node, ("a",))

    assert "The pump of the pipe 'a' failed: with [hidden]" == done.output


def test_the_token_is_not_shown_with_the_node() -> None:
    """Who shows the node for whatever reason does not show its token."""
    node = sync_of("https://node.example/api").node

    assert JWT not in repr(replace(node))


@pytest.mark.parametrize(
    "trouble", [NodeTroubleError, NodeLateError, VendorUnavailableError]
)
def test_trouble_is_inconclusive(trouble: type[Exception]) -> None:
    """A check whose node could not be asked is inconclusive."""
    assert issubclass(trouble, INCONCLUSIVE)
