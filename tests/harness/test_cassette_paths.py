"""A cassette is written below its folder, whatever a tag of a feature says."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.harness.targets.base import cassette_path
from dataflow.recordings.cassette import CassetteError


@pytest.mark.parametrize(
    "check", ["../x.y", "a.../../x", "a./etc/x", "a.b/../../c", "a.b\nc", ".a.b", "a."]
)
def test_a_tag_leads_out_of_no_folder(check: str) -> None:
    """A check whose name is a path is refused in one sentence."""
    with pytest.raises(CassetteError, match="cannot name a file of cassettes/"):
        cassette_path(Path("cassettes"), check)


def test_a_check_has_its_place() -> None:
    """A name with dots and dashes is a file in the folder of its section."""
    expected = Path("cassettes", "items-item", "every.new-record.json")

    assert expected == cassette_path(Path("cassettes"), "items-item.every.new-record")
