"""Shapes of answers: what stays in them, and what fits them."""

from __future__ import annotations

from typing import Any

import pytest

from dataflow.contract.shapes import as_json, find_misfits, from_json, shape_of, union


def shape(*values: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the shape of these answers as it is stored."""
    return as_json(union(shape_of(value) for value in values))


def wrong(real: object, ours: object) -> list[str]:
    """Return in what our answer does not fit the real one."""
    return find_misfits(from_json(shape(real)), shape_of(ours), "answer")


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ({"id": 7}, {"id": "integer"}),
        ({"name": "Ada"}, {"name": "text"}),
        ({"rate": 1.5}, {"rate": "number"}),
        ({"paid": True}, {"paid": "boolean"}),
        ({"email": None}, {"email": "null"}),
        ({"object": "customer"}, {"object": "=customer"}),
        ({"http_status_code": 404}, {"http_status_code": "=404"}),
        ([], []),
        ([{"id": 1}, {"id": 2}], [{"id": "integer"}]),
        ([{"id": 1}, {}], [{"id?": "integer"}]),
        ([1, None, {"a": 1}], [{"|": ["integer", "null", {"a": "integer"}]}]),
    ],
)
def test_a_shape_keeps_keys_types_and_codes(value: object, stored: object) -> None:
    """A shape holds neither ids nor times nor texts of an answer."""
    assert stored == shape(value)


@pytest.mark.parametrize(
    "value",
    [{"a": [{"b": 1}, {"c": [None, "x"]}]}, [[], [1]], [{"a": None}, {"a": {"b": 1}}]],
)
def test_a_shape_is_read_as_it_was_stored(value: object) -> None:
    """A shape that was stored and read is the same shape."""
    assert shape(value) == as_json(from_json(shape(value)))


@pytest.mark.parametrize(
    ("real", "ours"),
    [
        ({"id": 1}, {"id": 2}),
        ({"rate": 1.5}, {"rate": 2}),
        ([{"a": 1}, {}], [{}]),
        ([], [1]),
    ],
)
def test_what_fits(real: object, ours: object) -> None:
    """Another id, a whole number for any, and less than was ever there, fit."""
    assert [] == wrong(real, ours)


@pytest.mark.parametrize(
    ("real", "ours", "line"),
    [
        ({"id": 1}, {}, "answer.id is missing"),
        ({}, {"id": 1}, "answer.id is not in the sandbox's answer"),
        ({"id": 1}, {"id": "1"}, "answer.id is text"),
        ({"url": None}, {"url": "x"}, "answer.url is text"),
        ({"url": "x"}, {"url": None}, "answer.url is null"),
        ({"type": "a"}, {"type": "b"}, "answer.type is =b"),
        ({"x": 1}, {"x": {}}, "answer.x is an object"),
        ([{"a": 1}], [{"a": []}], "answer[].a is a list"),
    ],
)
def test_what_does_not_fit(real: object, ours: object, line: str) -> None:
    """A key, a type or a code that differs is named with its place."""
    assert [line] == wrong(real, ours)
