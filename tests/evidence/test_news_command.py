"""`dataflow news`: what was recorded anew, and what is put back."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dataflow.cli import main
from dataflow.evidence.cassette import write_cassette
from tests.evidence.test_news import Drawn, recording

CHECK = "customers-person-customer.every.new-record"
OTHER_IDS = Drawn(customer=2_345_678)


@pytest.fixture
def cassette(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a committed recording, in a project of its own."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "cassettes" / "customers" / "one.json"
    write_cassette(path, recording())
    author = ("-c", "user.name=Night", "-c", "user.email=night@example.com")
    for line in (("init", "-q"), ("add", "."), (*author, "commit", "-qm", "Begin")):
        subprocess.run(["git", *line], check=True)
    return path


def news() -> Result:
    """Run the command here."""
    return CliRunner().invoke(main, ["news"], catch_exceptions=False)


def test_what_says_nothing_new_is_put_back(cassette: Path) -> None:
    """A recording with other ids is the committed one again, to the byte."""
    before = cassette.read_bytes()
    write_cassette(cassette, recording(OTHER_IDS))

    told = news().output

    assert ("1 of 1 say nothing new, and were put back.\n", before) == (
        told,
        cassette.read_bytes(),
    )


def test_what_is_new_is_told_and_stays(cassette: Path) -> None:
    """A recording that says something else is told by its check, and is left."""
    write_cassette(cassette, recording(OTHER_IDS, active=False))
    after = cassette.read_bytes()

    told = news().output.splitlines()

    assert ([CHECK, 3 * "  the answer to"], "  and 1 more", after) == (
        [told[0], "".join(line[:15] for line in told[1:4])],
        told[4],
        cassette.read_bytes(),
    )


def test_nothing_recorded_is_said(cassette: Path) -> None:
    """Without a new recording there is nothing to compare."""
    assert cassette.is_file()

    assert "Nothing is recorded otherwise than git has it.\n" == news().output


def test_a_new_check_is_no_concern(cassette: Path) -> None:
    """What was never recorded before is new by itself, and is left as it is."""
    added = cassette.with_name("two.json")
    write_cassette(added, recording())

    news()

    assert added.is_file()


def test_without_git_nothing_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing tells what was there before, one sentence says so."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "cassettes").mkdir()

    done = news()

    assert (1, "Error: Git does not tell what was recorded in cassettes before: ") == (
        done.exit_code,
        done.output[:64],
    )
