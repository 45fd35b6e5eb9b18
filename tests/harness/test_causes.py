"""The cause of a failed check, by which failures are grouped."""

from __future__ import annotations

import pytest

from dataflow.harness.causes import find_cause
from tests.cases import cases

#: What a program with a wrong key leaves, in two scenarios.
_REFUSED = (
    "the sync under test ended with status 1:\nplain sync: GET /customers?limit=100 was"
    " refused with 401: Invalid api key\nWhat is missing: person 1000001 has no live"
    " customers in Chargebee"
)
_DIFFERS = "cassettes/items-item/every.{}.json, exchange {} differs:\n--- a\n+++ b\n{}"


@cases(
    "one, other",
    {
        "number": (
            "person 1000001 has no live customers",
            "person 1000022 has no live customers",
        ),
        "id": ("item Widget_ab12cd-1 is gone", "item Gadget_0f3e2d-22 is gone"),
        "value": ("name is 'Zoë', not None", "name is 'Ada', not None"),
        "further lines": ("item 1 is gone\nitem 2 is gone", "item 3 is gone"),
        "missing": (_REFUSED, _REFUSED.replace("person 1000001", "item Widget_1-2")),
        "cassette": (
            _DIFFERS.format("one", 3, '- "unit": 1'),
            _DIFFERS.format("two", 44, '- "unit": 2'),
        ),
        "log of a sync": (
            "the sync under test ended with status 1:\nread 3\nread 4\nKeyError: 'id'",
            "the sync under test ended with status 1:\nread 3\nKeyError: 'id'",
        ),
    },
)
def test_one_cause(one: str, other: str) -> None:
    """Ids, names, numbers and details differ between scenarios of one cause."""
    assert find_cause(one) == find_cause(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("person 1 has no live customers", "person 1 has 2 live customers"),
        (_REFUSED, _REFUSED.replace("401", "500")),
        (_REFUSED, _REFUSED.replace("status 1", "status 2")),
        (_REFUSED, _REFUSED.replace("Invalid api key", "Not now")),
        (
            _DIFFERS.format("one", 3, '- "unit": 1'),
            _DIFFERS.format("one", 3, '- "code": 1'),
        ),
    ],
    ids=["words", "status of an answer", "exit status", "output", "difference"],
)
def test_another_cause(one: str, other: str) -> None:
    """Other words, another status or another difference is another cause."""
    assert find_cause(one) != find_cause(other)
