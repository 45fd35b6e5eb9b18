"""Tables of test cases: a readable id, the values, and a row's own mark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest


def cases(names: str, table: Mapping[str, Any]) -> pytest.MarkDecorator:
    """Parametrize a test with the rows of a table, whose keys are the ids.

    A row is a value or a tuple of values. A mark at its end belongs to it alone.
    """
    return pytest.mark.parametrize(
        names, [_case(name, row) for name, row in table.items()]
    )


def _case(name: str, row: object) -> Any:  # noqa: ANN401 - pytest's own type is private
    values = row if isinstance(row, tuple) else (row,)
    if isinstance(values[-1], pytest.MarkDecorator):
        return pytest.param(*values[:-1], id=name, marks=values[-1])
    return pytest.param(*values, id=name)
