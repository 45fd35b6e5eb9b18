"""Which recordings there are, how old they are, and what they must not contain."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from dataflow.cli import main
from dataflow.harness.targets.recorded import Expiry, RecordedTarget
from dataflow.recordings.cassette import (
    ACCOUNTS,
    TWIN,
    Cassette,
    CassetteError,
    write_cassette,
)
from dataflow.recordings.inventory import (
    find_orphans,
    find_private,
    list_cassettes,
    list_problems,
)
from dataflow.recordings.provenance import Origin, write_origins
from tests.cases import cases
from tests.project import ROOT
from tests.recordings.test_compare import FIRST, recording
from tests.report.signing import CHECK, FEATURE

NOW = datetime(2026, 12, 29, tzinfo=UTC)
KEY = "a-key-of-the-environment"


def write(root: Path, target: str = ACCOUNTS, check: str = CHECK, **body: str) -> Path:
    """Write a recording of a check; return the folder of the recordings."""
    cassette = recording(FIRST, 1, **body)
    provenance = replace(
        cassette.provenance,
        check=check,
        target=target,
        recorded_at="2026-11-29T00:00:00+00:00",
    )
    folder = root / "cassettes"
    section, _, name = check.partition(".")
    path = folder / section / f"{name}.json"
    write_cassette(path, Cassette(provenance, cassette.exchanges))
    write_origins(folder, {check: Origin("2026-12-09T00:00:00+00:00")})
    (root / "features").mkdir(exist_ok=True)
    (root / "features" / "shop.feature").write_text(FEATURE, "utf-8")
    return folder


@cases("target, days", {"accounts": (ACCOUNTS, 30), "twins": (TWIN, 20)})
def test_a_recording_is_as_old_as_its_answers(
    tmp_path: Path, target: str, days: int
) -> None:
    """Accounts count from the vendors' time, twins from that of the machine."""
    folder = write(tmp_path, target)

    assert [f"{CHECK}: {target}, {days} days old"] == list(list_cassettes(folder, NOW))


def test_a_recording_without_a_scenario_is_named(tmp_path: Path) -> None:
    """The file and its origin are named."""
    folder = write(tmp_path, check="shop.every.two")

    assert [
        "shop/every.two.json belongs to no scenario: delete it.",
        "provenance.json has shop.every.two, which is no check: remove it there.",
    ] == list(find_orphans(folder, tmp_path / "features"))


@cases(
    "body, found",
    {
        "nothing": ({"notes": "Now in blue"}, ""),
        "a key": ({"notes": f"with {KEY}"}, "notes contains a key of the environment"),
        "an address": (
            {"email": "ada@acme.com"},
            "email contains the e-mail address ada@acme.com",
        ),
        "a test address": ({"email": "ada@mail.example.com"}, ""),
        "a random text": (
            {"notes": "sk7Qz2Lx9Vb4Nm6Rt8Wy3Kd5"},
            "notes contains sk7Q..., which could be a key",
        ),
        "a random id": ({"customer_id": "sk7Qz2Lx9Vb4Nm6Rt8Wy3Kd5"}, ""),
    },
)
def test_what_must_not_be_published_is_named(
    tmp_path: Path, body: dict[str, str], found: str
) -> None:
    """The place of a key, of an address, and of a text of high entropy is named."""
    folder = write(tmp_path, **body)
    sentences = list(find_private(folder, {"DATAFLOW_INVOICED_KEY": KEY}))

    assert bool(found) == bool(sentences)
    assert [] == [each for each in sentences if found not in each]


@cases(
    "max_age, is_error, expected",
    {
        "on the last day": (30, True, None),
        "too old": (29, True, "is 30 days old, and [recordings] max_age is 29"),
        "too old, not whole": (29, False, None),
        "no limit": (0, True, None),
    },
)
def test_a_recording_of_accounts_expires(
    tmp_path: Path,
    max_age: int,
    is_error: bool,  # noqa: FBT001 - a row of a table
    expected: str | None,
) -> None:
    """A whole run takes no recording of accounts that is older than the limit."""
    target = RecordedTarget(write(tmp_path), Expiry(max_age, is_error, NOW))
    try:
        target.start(CHECK)
        found = None
    except CassetteError as error:
        found = str(error)

    assert (expected or "") in (found or "")
    assert bool(expected) == bool(found)


def test_an_expired_recording_is_stated(tmp_path: Path) -> None:
    """The evidence of a run that is not whole states it."""
    target = RecordedTarget(write(tmp_path), Expiry(29, is_error=False, now=NOW))
    target.start(CHECK)

    assert target.evidence().endswith("(expired)")


def test_a_recording_of_twins_does_not_expire(tmp_path: Path) -> None:
    """Of twins, only the age is shown."""
    target = RecordedTarget(write(tmp_path, TWIN), Expiry(1, is_error=True, now=NOW))
    target.start(CHECK)

    assert not target.evidence().endswith("(expired)")


def test_the_command_lists_and_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command ends with 1 for an address that could be that of a person."""
    folder = write(tmp_path, email="ada@acme.com")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(
        main, ["cassettes", "--cassettes", str(folder), "--features", "features"]
    )

    assert (1, True) == (done.exit_code, "ada@acme.com" in done.output)


@pytest.mark.slow
def test_the_recordings_of_this_project_are_in_order() -> None:
    """None is without a scenario, and none contains what must not be published."""
    assert "PATH" in os.environ
    assert [] == list_problems(ROOT / "cassettes", ROOT / "features")
