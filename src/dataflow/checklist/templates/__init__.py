"""The checks as Gherkin templates, by form of statement; their indentation is free."""

from __future__ import annotations

import itertools
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping

import jinja2

from dataflow.errors import FeatureError

_CELL = re.compile(r"(?<!\\)\|")


def render(name: str, context: Mapping[str, object]) -> str:
    """Return the scenarios of one template, or raise `FeatureError`."""
    try:
        text = _ENVIRONMENT.get_template(f"{name}.feature.j2").render(context)
    except jinja2.TemplateError as error:
        frames = traceback.extract_tb(error.__traceback__)
        places = [frame for frame in frames if frame.filename.endswith(".j2")]
        where = f"{places[-1].filename}:{places[-1].lineno}" if places else name
        raise FeatureError(
            f"The template {where} cannot be rendered: {error}."
        ) from error
    return "".join(f"{line}\n" for line in _indent(text))


def _indent(gherkin: str) -> Iterator[str]:
    lines = filter(None, map(str.strip, gherkin.split("\n")))
    for is_table, group in itertools.groupby(lines, lambda line: line.startswith("|")):
        if is_table:
            yield from align_table(group, " " * 8)
            continue
        for line in group:
            if line.startswith("@"):
                yield ""
            is_head = line.startswith(("@", "Scenario:"))
            yield f"{' ' * (4 if is_head else 6)}{line}"


def align_table(lines: Iterable[str], indent: str) -> Iterator[str]:
    """Yield the lines of a table with cells of equal width."""
    rows = [[cell.strip() for cell in _CELL.split(line)[1:-1]] for line in lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (c.ljust(width) for c, width in zip(row, widths, strict=True))
        yield f"{indent}| {' | '.join(cells)} |"


def escape_cell(cell: str) -> str:
    """Return a text as the cell of a table."""
    return cell.replace("\\", "\\\\").replace("|", "\\|")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("dataflow.checklist"),
    autoescape=False,  # noqa: S701 - the templates are Gherkin, not HTML
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {"capital": _capital, "cell": escape_cell}
