"""Run marks: what the harness leaves on its records, and what is none."""

from __future__ import annotations

import pytest

from dataflow.sandbox.run_mark import (
    RunMark,
    new_run_mark,
    read_run_mark,
    run_mark_of_id,
)

MARK = RunMark(1795411200, "3fa9c1")
TEXT = "dataflow-1795411200-3fa9c1"


def test_a_mark_is_made_of_time_and_chance() -> None:
    """A mark holds the whole second of the start, and six letters by chance."""
    made = new_run_mark(lambda: 1795411200.9, lambda count: "3fa9c1"[: 2 * count])

    assert (MARK, TEXT) == (made, str(made))


def test_a_mark_is_read_back() -> None:
    """What stands on a record is the mark again."""
    assert MARK == read_run_mark(TEXT)


def test_a_mark_has_an_age() -> None:
    """A mark tells how many seconds ago its run was started."""
    assert 90.5 == MARK.age(1795411290.5)


@pytest.mark.parametrize(
    "value",
    [
        None,
        17,
        "",
        "dataflow",
        f"{TEXT}0",
        f" {TEXT}",
        f"{TEXT}\n",
        f"{TEXT}-2",
        TEXT.upper(),
        "dataflow-179541120-3fa9c1",
        "dataflow-1795411200-3fa9cg",
        "dataflow-\u0661795411200-3fa9c1",
    ],
)
def test_what_only_looks_like_a_mark_is_none(value: object) -> None:
    """Anything but a whole mark is a stranger's."""
    assert read_run_mark(value) is None


@pytest.mark.parametrize(
    ("record_id", "found"),
    [
        (TEXT, MARK),
        (f"{TEXT}-7", MARK),
        (f"{TEXT}7", None),
        (f"{TEXT}_7", None),
        (f"my-{TEXT}", None),
        ("dataflow-checklist-lock", None),
        (17, None),
    ],
)
def test_an_id_begins_with_a_mark(record_id: object, found: RunMark | None) -> None:
    """An id bears a mark if it begins with one that ends there or before a dash."""
    assert found == run_mark_of_id(record_id)
