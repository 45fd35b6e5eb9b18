"""The pictures of the README."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.errors import FileError
from dataflow.harness.run_record import write_run_record
from dataflow.report.pictures import draw_summary, photograph
from tests.harness.test_run_record import RUN


def test_the_summary_is_a_picture_without_other_files(tmp_path: Path) -> None:
    """The picture shows the first line, and loads no font from elsewhere."""
    write_run_record(tmp_path / "run.json", RUN)
    picture = draw_summary(tmp_path)

    assert (True, False) == ("Checklist:" in picture, "url(http" in picture)


def test_a_page_that_is_missing_is_named(tmp_path: Path) -> None:
    """Without the page there is no picture."""
    with pytest.raises(FileError, match="make report"):
        photograph(tmp_path, "sign-off.html", tmp_path / "sign-off.png")
