"""Tables of test cases: a readable id, the values, and a row's own mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

#: How much of a value is enough to know it by.
LONGEST = 40


def cases(names: str, table: Mapping[str, Any] | Sequence[Any]) -> pytest.MarkDecorator:
    """Parametrize a test with the rows of a table, whose keys are the ids.

    A row is a value or a tuple of values. A mark at its end belongs to it alone. The
    rows of a list have their first value as id.
    """
    rows = table.items() if isinstance(table, Mapping) else [(None, r) for r in table]
    return pytest.mark.parametrize(names, [_case(name, row) for name, row in rows])


def _case(name: str | None, row: object) -> Any:  # noqa: ANN401 - pytest's, private
    values = row if isinstance(row, tuple) else (row,)
    name = _short(values[0]) if name is None else name
    if isinstance(values[-1], pytest.MarkDecorator):
        return pytest.param(*values[:-1], id=name, marks=values[-1])
    return pytest.param(*values, id=name)


def _short(value: object) -> str:
    text = "".join(each for each in repr(value) if each.isprintable() and each != "'")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
