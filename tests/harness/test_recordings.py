"""The checklist replayed from its cassettes, and what it says when they do not fit."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from dataflow.harness.verdicts import TRY_AGAIN
from dataflow.recordings.provenance import PROVENANCE, read_origins
from tests.project import (
    CHECKS_OF_ITEMS,
    INTERRUPTED,
    ITEMS,
    NEW_ITEM,
    ROOT,
    Project,
    tally,
)

CASSETTE = "cassettes/items-item/every.new-record.json"

#: The exchanges of a cassette, to be changed in place.
Exchanges: TypeAlias = list[dict[str, Any]]

#: Lets every attempt to reach a network fail, in what pytest itself does too.
BLOCKED = """
import socket

def refuse(*_: object, **__: object) -> None:
    raise RuntimeError("the network was asked for")

socket.socket.connect = refuse
socket.socket.bind = refuse
socket.getaddrinfo = refuse
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return the whole checklist: the calls of the sync depend on all its sections."""
    features = sorted((ROOT / "features").glob("*.feature"))
    whole = Project(tmp_path, tuple(path.stem for path in features))
    shutil.copytree(ROOT / "cassettes", tmp_path / "cassettes")
    return whole


#: Lets the sync ask for something more, whatever comes of it.
SWALLOWING = """
import contextlib

import httpx

from dataflow.harness.syncs import reference

run_once = reference.run_once

def and_more(environ, *args, **named):
    with contextlib.suppress(Exception):
        httpx.get(environ["DATAFLOW_INVOICED_URL"] + "/swallowed")
    return run_once(environ, *args, **named)

reference.run_once = and_more
"""


def replay(project: Project, *arguments: str) -> str:
    """Replay checks, and return what was said, with its spaces made single."""
    said = project.run("--target", "recorded", *arguments or (NEW_ITEM,)).output
    return re.sub(r"\s+", " ", said)


def damage(project: Project, change: Callable[[Exchanges], object]) -> None:
    """Change the exchanges of the cassette."""
    path = project.folder / CASSETTE
    held = json.loads(path.read_text("utf-8"))
    change(held["exchanges"])
    path.write_text(json.dumps(held), "utf-8")


def first_post(exchanges: Exchanges) -> dict[str, Any]:
    """Return the first request that writes, which is the harness's own."""
    requests: list[dict[str, Any]] = [each["request"] for each in exchanges]
    return next(each for each in requests if each["method"] == "POST")


# Replaying


def test_a_replay_needs_no_network(project: Project) -> None:
    """The cassettes are played with the network blocked and nothing listening."""
    project.append("conftest.py", BLOCKED)

    done = project.run("--target", "recorded", ITEMS)
    assert f"{CHECKS_OF_ITEMS} passed" == tally(done)


def test_the_block_would_be_noticed(project: Project) -> None:
    """With the network blocked the twins cannot work: else the test above is empty."""
    project.append("conftest.py", BLOCKED)

    assert (
        "the network was asked for" in project.run("--target", "twin", NEW_ITEM).output
    )


@pytest.mark.parametrize(
    "how",
    [
        pytest.param("-n 2", marks=[pytest.mark.process, pytest.mark.slow]),
        "-p randomly",
        "-k deleted",
    ],
)
def test_a_replay_can_be_cut_and_shuffled(project: Project, how: str) -> None:
    """Each check plays its own cassette, whatever ran before and beside it."""
    done = project.run("--target", "recorded", ITEMS, *how.split())

    assert 0 == done.status, done.output


@pytest.mark.night
def test_recording_anew_gives_the_same_bytes(project: Project) -> None:
    """A recording depends on nothing but the code: CI compares it with the old one."""
    folder = project.folder / "cassettes" / "items-item"
    before = {path: path.read_bytes() for path in folder.rglob("*.json")}

    project.run("--record", "-p", "randomly", ITEMS)

    assert before == {path: path.read_bytes() for path in folder.rglob("*.json")}


def test_a_recording_states_its_date(project: Project) -> None:
    """The date of the machine is beside the cassettes, and part of the evidence."""
    (project.folder / "cassettes" / PROVENANCE).unlink()
    begun = datetime.now(UTC)
    project.run("--record", NEW_ITEM)
    (recorded,) = read_origins(project.folder / "cassettes").values()

    assert begun.isoformat()[:16] <= recorded.recorded_at[:16]
    assert (
        "Evidence: recorded from twins of both APIs on"
        f" {recorded.recorded_at[:10]} (twin time 2036-01-07)"
    ) in replay(project)


def test_a_damaged_provenance_gives_no_verdict(project: Project) -> None:
    """Without it the evidence is unknown: no check is blamed on the sync."""
    project.append("cassettes/provenance.json", "}")
    done = project.run("--target", "recorded", NEW_ITEM)

    assert (TRY_AGAIN, True) == (
        done.status,
        "provenance.json cannot be read" in done.output,
    )


def test_a_check_that_fails_is_not_recorded(project: Project) -> None:
    """What did not hold is no evidence: its old cassette stays."""
    marks = '["id={id}", "metadata.invoiced_id={id}"]'
    project.replace("dataflow.toml", f"item     = {marks}", 'item = ["unit={id}"]')
    before = (project.folder / CASSETTE).read_bytes()

    done = project.run("--record", NEW_ITEM)

    assert (1, before) == (done.status, (project.folder / CASSETTE).read_bytes())


# What does not fit


def change_digit(exchanges: Exchanges) -> None:
    """Change one digit of a request."""
    first_post(exchanges)["body"]["unit_cost"] = 41


@pytest.mark.parametrize(
    ("change", "pattern"),
    [
        (change_digit, r', exchange .*- "unit_cost": 41 \+ "unit_cost": 40'),
        (
            lambda exchanges: exchanges.pop(),
            r" ends after \d+ exchanges, but one more request was sent: GET",
        ),
        (
            lambda exchanges: exchanges.append(exchanges[-1]),
            r" continues after the last request: 1 more",
        ),
    ],
    ids=["a changed digit", "a removed exchange", "an added exchange"],
)
def test_a_difference_is_shown(
    project: Project, change: Callable[[Exchanges], object], pattern: str
) -> None:
    """A request that differs is shown beside the recorded one, or where it lacks."""
    damage(project, change)

    assert re.search(f"{CASSETTE}{pattern}", replay(project))


def test_what_a_check_lacked_is_told(project: Project) -> None:
    """A check that fails asks once more, and so leaves its recording: both are told."""
    marks = '["id={id}", "metadata.invoiced_id={id}"]'
    project.replace("dataflow.toml", f"item     = {marks}", 'item = ["unit={id}"]')

    said = replay(project)
    assert f"{CASSETTE}, exchange" in said
    assert re.search(r"Previous finding: item \S+ has no live item", said)


def test_a_replay_states_who_made_each_call(project: Project) -> None:
    """The calls of the reference sync differ from those of the checklist."""
    marks = '["id={id}", "metadata.invoiced_id={id}"]'
    project.replace("dataflow.toml", f"item     = {marks}", 'item = ["unit={id}"]')

    assert re.search(
        r" [1-9]\d* by the sync .*, [1-9]\d* by the checklist 200 the sync Chargebee",
        replay(project),
    )


@pytest.mark.parametrize("folder", ["items-item", "items-gone"])
def test_a_stray_cassette_is_told(project: Project, folder: str) -> None:
    """A cassette that belongs to no scenario stops the run: nobody would play it."""
    (project.folder / "cassettes" / folder).mkdir(exist_ok=True)
    project.append(f"cassettes/{folder}/gone.json", "{}")

    done = project.run("--target", "recorded", ITEMS)
    stray = f"cassettes/{folder}/gone.json belongs to no scenario: delete it."
    assert (INTERRUPTED, True) == (done.status, stray in done.output)


def test_a_stray_cassette_is_kept(project: Project) -> None:
    """It disturbs no test without a cassette, and no recording removes it."""
    project.append("cassettes/items-item/gone.json", "{}")
    project.append("test_plain.py", "def test_plain() -> None:\n    pass\n")

    done = project.run("--target", "recorded", "test_plain.py")
    project.run("--record", NEW_ITEM)

    assert "1 passed" == tally(done)
    assert (project.folder / "cassettes/items-item/gone.json").exists()


def test_a_cassette_of_another_check_is_told(project: Project) -> None:
    """A cassette that was moved is told: its verdict would be another check's."""
    other = project.folder / "cassettes/items-item/every.sync-again.json"
    shutil.copy(other, project.folder / CASSETTE)

    assert (
        f"{CASSETTE} is a recording of 'items-item.every.sync-again', not of"
        " 'items-item.every.new-record'"
    ) in replay(project)


def test_what_the_sync_swallows_is_told(project: Project) -> None:
    """A request beyond the recording fails the check, though its error is swallowed."""
    project.append("conftest.py", SWALLOWING)

    said = replay(project)
    assert "1 inconclusive" in said
    assert "is asked for: GET /swallowed" in said or '+ "path": "/swallowed"' in said


def test_a_proxy_is_not_asked(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither twins nor recordings are looked for behind a proxy."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    for target in ("recorded", "twin"):
        assert "1 passed" == tally(project.run("--target", target, NEW_ITEM))


def test_a_truncated_cassette_is_reported_and_kept(project: Project) -> None:
    """It may be the only trace of a fault: a recording does not replace it."""
    path = project.folder / CASSETTE
    path.write_bytes(path.read_bytes()[:-100])
    before = path.read_bytes()

    said, recorded = replay(project), project.run("--record", NEW_ITEM)

    assert f"{CASSETTE} is not a valid cassette" in said
    assert "restore it from git, or delete it and record it again." in said
    assert "Traceback" not in said
    assert (TRY_AGAIN, before) == (recorded.status, path.read_bytes())


def test_a_missing_cassette_is_told(project: Project) -> None:
    """A check without a cassette says how it gets one."""
    (project.folder / CASSETTE).unlink()

    assert f"{CASSETTE} does not exist: record it with `make record`." in replay(
        project
    )
