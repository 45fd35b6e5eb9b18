"""Keys come from the environment, or from a file that git does not see."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.sandbox.accounts import FILE_NAME, DamagedKeysError, with_keys

ROOT = Path(__file__).resolve().parents[2]


def keep(folder: Path, text: str) -> None:
    """Write the file."""
    (folder / FILE_NAME).write_text(text, "utf-8")


def test_no_file_is_no_keys(tmp_path: Path) -> None:
    """The environment alone will do."""
    assert {"A": "1"} == with_keys({"A": "1"}, tmp_path)


def test_a_file_may_hold_the_keys(tmp_path: Path) -> None:
    """Whoever works by hand writes them down once."""
    keep(tmp_path, 'CHARGEBEE_SITE = "acme-test"\n')

    assert {"CHARGEBEE_SITE": "acme-test"} == with_keys({}, tmp_path)


def test_the_environment_goes_first(tmp_path: Path) -> None:
    """What is said for this one run counts."""
    keep(tmp_path, 'CHARGEBEE_SITE = "acme-test"\n')
    told = with_keys({"CHARGEBEE_SITE": "other-test"}, tmp_path)

    assert {"CHARGEBEE_SITE": "other-test"} == told


@pytest.mark.parametrize(
    "text", ["CHARGEBEE_API_KEY = s3cret", 'OTHER = "s3cret"', "CHARGEBEE_SITE = 5"]
)
def test_a_damaged_file_is_refused_and_shows_no_key(tmp_path: Path, text: str) -> None:
    """A sentence names the file, and nothing of what stands in it as a value."""
    keep(tmp_path, text)
    with pytest.raises(DamagedKeysError) as caught:
        with_keys({}, tmp_path)

    assert (True, False) == (FILE_NAME in str(caught.value), "s3cret" in str(caught))


def test_git_does_not_see_the_file() -> None:
    """A key in the history is a key of everybody."""
    assert FILE_NAME in (ROOT / ".gitignore").read_text("utf-8").splitlines()
