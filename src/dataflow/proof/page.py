"""The matrix as one self-contained HTML page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from html import escape
from importlib import resources

from dataflow.proof.matrix import Detection, Matrix, Row
from dataflow.proof.render import describe_gap, name_detection, summarize_matrix

_SIGNS = {"named": "●", "other": "○", "passed": "✕", "held": "·", "unmet": ""}
_LEGEND = {
    "named": "failed, and names the fault",
    "other": "failed, but names another fault",
    "passed": "held, although it names the fault",
    "held": "held",
}


def render_page(matrix: Matrix, *, date: str) -> str:
    """Return the page; `date` is the day of the run."""
    style = resources.files(__package__).joinpath("page.css").read_text("utf-8")
    verdict = "Proven" if matrix.is_proven else "Not proven"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{verdict}: does the checklist detect broken syncs?</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>Does the checklist detect broken syncs?</h1>
<p class="{"good" if matrix.is_proven else "bad"} verdict"><strong>{verdict}.</strong>
{escape(summarize_matrix(matrix))}</p>
<p class="quiet">{escape(date)}, on twins of both APIs</p>
{_wrong(matrix)}{_matrix(matrix)}{_rows(matrix)}{_lists(matrix)}</main>
</body>
</html>
"""


def _wrong(matrix: Matrix) -> str:
    items = _list_items(matrix.wrongly_failed)
    return _part("The unbroken sync fails", f"<ul>{items}</ul>") if items else ""


def _list_items(checks: Iterable[str]) -> str:
    return "".join(f"<li><code>{escape(check)}</code></li>" for check in checks)


def _matrix(matrix: Matrix) -> str:
    heads = "".join(
        f'<th scope="col"{_edge(matrix, check)}>'
        f"<span>{escape(check.partition('.')[2])}</span></th>"
        for check in matrix.checks
    )
    sizes = Counter(check.partition(".")[0] for check in matrix.checks)
    groups = "".join(
        f'<th scope="colgroup" colspan="{size}">{escape(section)}</th>'
        for section, size in sizes.items()
    )
    rows = "".join(_line(matrix, row) for row in matrix.rows)
    legend = "".join(
        f'<span class="{name}">{_SIGNS[name]}</span> {escape(meaning)} &ensp;'
        for name, meaning in _LEGEND.items()
    )
    table = (
        f'<div class="scroll" tabindex="0"><table class="matrix"><thead><tr><td></td>'
        f"{groups}</tr><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f'</div><p class="legend">{legend}</p>'
    )
    return _part("Checks that detected each fault", table)


def _line(matrix: Matrix, row: Row) -> str:
    cells = "".join(_cell(matrix, row, check) for check in matrix.checks)
    name = escape(row.broken.name)
    return f'<tr><th scope="row"><a href="#{name}">{name}</a></th>{cells}</tr>'


def _cell(matrix: Matrix, row: Row, check: str) -> str:
    kind = _kind(row, check)
    title = f"{row.broken.name}, {check}: {_LEGEND.get(kind, 'not run')}"
    edge = " edge" if check in _firsts(matrix) else ""
    return f'<td class="{kind}{edge}" title="{escape(title)}">{_SIGNS[kind]}</td>'


def _kind(row: Row, check: str) -> str:
    if check not in row.wanted or check not in row.held:
        return "unmet"
    named = check in row.broken.caught_by
    if row.held[check]:
        return "passed" if named else "held"
    return "named" if named else "other"


def _rows(matrix: Matrix) -> str:
    kinds = dict.fromkeys(row.broken.kind for row in matrix.rows)
    parts = []
    for kind in kinds:
        cards = "".join(_card(row) for row in matrix.rows if row.broken.kind == kind)
        title = escape(kind[:1].upper() + kind[1:])
        parts.append(f'<h3>{title}</h3><div class="cards">{cards}</div>')
    return _part("The broken syncs", "".join(parts))


def _card(row: Row) -> str:
    good = "good" if row.is_ok else "bad"
    gap = escape(row.broken.known_gap)
    why = f'<p class="quiet">Why: {gap}.</p>' if gap else ""
    output = f"<pre>{escape(row.output)}</pre>" if row.output else ""
    is_caught = row.detection is Detection.CAUGHT
    chips = _list_items(row.broken.caught_by if is_caught else row.failed)
    return (
        f'<article id="{escape(row.broken.name)}"><h4>{escape(row.broken.name)}'
        f' <span class="{good}">{escape(name_detection(row.detection))}</span></h4>'
        f"<p>{escape(row.broken.description)}</p>{why}<ul>{chips}</ul>{output}</article>"
    )


def _lists(matrix: Matrix) -> str:
    if not matrix.is_complete:
        return ""
    gaps = ((each.name, describe_gap(each)) for each in matrix.known_gaps)
    return _pairs("Checks that detected no fault", matrix.never_failed.items()) + (
        _pairs("Known gaps: faults that no check detects", gaps)
    )


def _pairs(title: str, pairs: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f"<dt><code>{escape(first)}</code></dt><dd>{escape(rest) or '&nbsp;'}</dd>"
        for first, rest in pairs
    )
    return _part(title, f"<dl>{lines}</dl>") if lines else ""


def _part(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>\n"


def _firsts(matrix: Matrix) -> set[str]:
    by_section = {check.partition(".")[0]: check for check in reversed(matrix.checks)}
    return set(by_section.values())


def _edge(matrix: Matrix, check: str) -> str:
    return ' class="edge"' if check in _firsts(matrix) else ""
