"""Keys come from the environment, or from a file that git ignores."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.errors import SettingsError
from dataflow.sandbox.accounts import KEYS_FILE, with_keys
from tests.project import ROOT


@pytest.mark.parametrize(
    ("text", "environment", "expected"),
    [
        (None, {"A": "1"}, {"A": "1"}),
        ('CHARGEBEE_SITE = "acme-test"\n', {}, {"CHARGEBEE_SITE": "acme-test"}),
        (
            'CHARGEBEE_SITE = "acme-test"\n',
            {"CHARGEBEE_SITE": "other-test"},
            {"CHARGEBEE_SITE": "other-test"},
        ),
    ],
    ids=["no file", "file", "environment first"],
)
def test_keys_are_read(
    tmp_path: Path,
    text: str | None,
    environment: dict[str, str],
    expected: dict[str, str],
) -> None:
    """A file may contain the keys; a variable of this one run comes first."""
    if text is not None:
        (tmp_path / KEYS_FILE).write_text(text, "utf-8")

    assert expected == with_keys(environment, tmp_path)


@pytest.mark.parametrize(
    "text", ["CHARGEBEE_API_KEY = s3cret", 'OTHER = "s3cret"', "CHARGEBEE_SITE = 5"]
)
def test_a_damaged_file_is_refused_without_a_key(tmp_path: Path, text: str) -> None:
    """The sentence names the file, and contains no value of it."""
    (tmp_path / KEYS_FILE).write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        with_keys({}, tmp_path)

    assert (True, False) == (KEYS_FILE in str(caught.value), "s3cret" in str(caught))


def test_git_ignores_the_file() -> None:
    """A key in the history is public."""
    assert KEYS_FILE in (ROOT / ".gitignore").read_text("utf-8").splitlines()
