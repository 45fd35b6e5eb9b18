"""Renders the two records of a failed comparison side by side, as HTML."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from dataflow.harness.categories import Compared
from dataflow.report.exchanges import flatten

_STYLE = (
    "table{border-collapse:collapse;font:13px/1.4 system-ui,sans-serif}"
    "th,td{border:1px solid #ccc;padding:2px 8px;text-align:left;vertical-align:top}"
    "tr.differs{background:#ffe3e0;font-weight:600}"
)


def render_compared(compared: Compared, redact: Callable[[str], str]) -> str:
    """Return a table of all properties, with the one that differs marked."""
    columns = [
        {name: redact(value) for name, value in flatten(record)}
        for _, record in compared.records
    ]
    names = dict.fromkeys(name for column in columns for name in column)
    head = "".join(f"<th>{escape(title)}</th>" for title, _ in compared.records)
    rows = "".join(
        _render_row(name, [column.get(name, "") for column in columns], compared.name)
        for name in sorted(names, key=lambda each: (each != compared.name, each))
    )
    return (
        f"<!doctype html><style>{_STYLE}</style><table>"
        f"<tr><th>property</th>{head}</tr>{rows}</table>\n"
    )


def _render_row(name: str, values: list[str], differing: str) -> str:
    mark = ' class="differs"' if name == differing else ""
    cells = "".join(f"<td>{escape(value)}</td>" for value in values)
    return f"<tr{mark}><td>{escape(name)}</td>{cells}</tr>"
