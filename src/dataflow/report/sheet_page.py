"""The sign-off sheet as one page without external files, which prints on A4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import jinja2

from dataflow.harness.run_record import Wait
from dataflow.report.sheet import Sheet

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("dataflow.report"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)


def render_page(sheet: Sheet) -> str:
    """Return the page."""
    lists = [
        ("Waivers", [("", sentence) for sentence in sheet.waivers]),
        ("Observed behaviour where the document leaves it open", sheet.observations),
        ("Edits that a vendor refused", sheet.refused),
        ("Open questions for the owner of the document", sheet.questions),
    ]
    longest = max((wait.seconds for wait in sheet.waits), default=0)
    return _TEMPLATES.get_template("sign-off.html.j2").render(
        sheet=sheet, lists=lists, plot=_plot(sheet.waits), longest=f"{longest:.0f}"
    )


def _plot(waits: Sequence[Wait]) -> list[dict[str, Any]]:
    """Return a line of points for each result that was waited for, from 0 to 1."""
    longest = max((wait.seconds for wait in waits), default=0) or 1
    places: dict[str, list[float]] = {}
    for wait in waits:
        places.setdefault(wait.what, []).append(round(wait.seconds / longest, 3))
    return [
        {"line": line, "what": what, "places": found}
        for line, (what, found) in enumerate(places.items())
    ]


def _format_time(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


_TEMPLATES.filters["time"] = _format_time
