"""The decoding of forms and of lists of operands."""

from __future__ import annotations

import pytest

from dataflow.twin.chargebee import types


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"a=1&b=", {"a": "1", "b": ""}),
        (b"a=1&a=2", {"a": "2"}),
        (b"a=%C3%A5+%26", {"a": "å &"}),
        (b"a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
        (b"x[0]=a&x[1]=b", {"x": {"0": "a", "1": "b"}}),
        (b"l[amount][0]=1&l[amount][1]=2", {"l": {"amount": {"0": "1", "1": "2"}}}),
        (b"a=1&a[b]=2", {"a": {"b": "2"}}),
        (b"a[b=1", {"a[b": "1"}),
        (b"[b]=1", {"[b]": "1"}),
    ],
)
def test_brackets_nest(body: bytes, expected: types.Form) -> None:
    """Brackets in keys nest values, and unbalanced ones do not."""
    assert expected == types.nest_pairs(types.decode_body(body))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('["a","b"]', ["a", "b"]),
        ("['a', 'b']", ["a", "b"]),
        ("""["it's", 'b']""", ["it's", "b"]),
        ("[1,2]", ["1", "2"]),
        ("[]", []),
    ],
)
def test_operands_are_listed(text: str, expected: list[str]) -> None:
    """Lists are read in JSON's notation and in Python's."""
    assert expected == types.parse_list(text)


@pytest.mark.parametrize(
    "text", ["", "a", "1", "{}", "[[1]]", "[1.5]", "['a'", "f()", "[" * 5000, "\0"]
)
def test_what_is_no_list_is_none(text: str) -> None:
    """What is no flat list of texts and whole numbers is not read."""
    assert types.parse_list(text) is None
