"""The HTML report calls no third party."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.report.html import main, remove_analytics

TAG = """<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>
    <script>
        window.dataLayer = [];
        gtag('config', 'G-1');
    </script>"""


def test_analytics_are_taken_out() -> None:
    """The script that calls a third party is removed, and nothing else."""
    page = f"<head>{TAG}</head><script>report()</script>"

    assert "<head></head><script>report()</script>" == remove_analytics(page)


def test_each_page_is_cleaned(tmp_path: Path) -> None:
    """Pages in folders below are cleaned too."""
    page = tmp_path / "awesome" / "index.html"
    page.parent.mkdir()
    page.write_text(f"<head>{TAG}</head>")

    assert 0 == main(tmp_path)
    assert "<head></head>" == page.read_text()


def test_a_page_that_still_calls_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page that still calls a third party is named."""
    (tmp_path / "index.html").write_text("<img src=//www.googletagmanager.com/gtag>")

    assert 1 == main(tmp_path)
    assert "index.html still calls Google Analytics" in capsys.readouterr().err
