"""dataflow.toml: what is read from it, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from dataflow.errors import SettingsError
from dataflow.settings import (
    PositiveSeconds,
    Seconds,
    decode_table,
    drop_subtables,
    read_settings,
)

ROOT = Path(__file__).parents[1]


class Owned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of an owner of a table."""

    name: Annotated[str, msgspec.Meta(description='a text, such as "ada"')]
    wait: PositiveSeconds = 60
    lag: Seconds = 0
    ids: Annotated[tuple[str, ...], msgspec.Meta(description='ids: ["a"]')] = ()

    def __post_init__(self) -> None:
        """Refuse one name."""
        if self.name == "eve":
            raise ValueError(f"name = {self.name!r}: use another name")


def refusal_of(table: object) -> str:
    """Return the sentence with which a table is refused."""
    with pytest.raises(SettingsError) as error:
        decode_table(table, Owned, "[owner]")
    return str(error.value)


def test_tables_are_read(tmp_path: Path) -> None:
    """Each table of the file is there by its name, with its values."""
    path = tmp_path / "dataflow.toml"
    path.write_text('[sync]\nitem_family = "ä"\n[marks]\nitem = ["id={id}"]\n', "utf-8")

    assert {
        "sync": {"item_family": "ä"},
        "marks": {"item": ["id={id}"]},
    } == read_settings(path)


@pytest.mark.parametrize(
    "make", [lambda _path: None, Path.touch], ids=["missing", "empty"]
)
def test_no_content_means_no_tables(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    """A missing file and an empty one have no tables, and are no error."""
    path = tmp_path / "dataflow.toml"
    make(path)

    assert {} == read_settings(path)


def test_the_settings_of_the_project_are_read() -> None:
    """The file of this project names the marks of the three kinds."""
    marks = read_settings(ROOT / "dataflow.toml")["marks"]

    assert ["customer", "order", "item"] == list(marks)


@pytest.mark.parametrize(
    "text",
    ["[sync\n", "item_family = \n", "[a]\n[a]\n", "just words", "\N{SNOWMAN} = 1"],
)
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    """A file that is not TOML is refused with one sentence that names the line."""
    path = tmp_path / "dataflow.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as error:
        read_settings(path)
    begin, _, rest = str(error.value).partition(" (")
    said, _, end = rest.rpartition("): ")

    assert (f"{path} is not valid TOML", True, "correct this line.") == (
        begin,
        "line 1" in said or "line 2" in said,
        end,
    )


@pytest.mark.parametrize(
    "make",
    [Path.mkdir, lambda path: path.write_bytes(b"[sync]\na = '\xff'\n")],
    ids=["folder", "bytes"],
)
def test_what_is_no_text_is_refused(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    """A file that cannot be read as a text is refused by name."""
    path = tmp_path / "dataflow.toml"
    make(path)
    with pytest.raises(SettingsError, match="is not valid TOML"):
        read_settings(path)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('item_family = "x"', "item_family = 'x'"),
        ("marks = 3", "marks = 3"),
        ("sync = []", "sync = []"),
        ("[[sync]]\na = 1", "sync = [{'a': 1}]"),
    ],
)
def test_a_value_outside_of_a_table_is_refused(
    tmp_path: Path, text: str, shown: str
) -> None:
    """A value that stands in no table is shown, with what to do."""
    path = tmp_path / "dataflow.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as error:
        read_settings(path)

    assert (
        f"{path} has {shown} outside of a table: put it below a heading such as"
        " [marks] or [sync]." == str(error.value)
    )


def test_a_table_is_decoded() -> None:
    """A table becomes a value of its owner's type; whole numbers are numbers too."""
    table = {"name": "ada", "wait": 2, "lag": 0.5, "ids": ["a", "b"]}

    assert Owned("ada", 2.0, 0.5, ("a", "b")) == decode_table(table, Owned, "[owner]")


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({}, 'no name in [owner]: write name = a text, such as "ada"'),
        (
            {"name": "ada", "wiat": "secret"},
            "the unknown setting 'wiat' in [owner]: use name, wait, lag, ids",
        ),
        ({"name": 7}, 'name = 7 in [owner]: write a text, such as "ada"'),
        ({"name": "ada", "ids": "a"}, "ids = 'a' in [owner]: write ids: [\"a\"]"),
        (
            {"name": "ada", "ids": ["a", 7]},
            "ids = ['a', 7] in [owner]: write ids: [\"a\"]",
        ),
        ({"name": "eve"}, "name = 'eve' in [owner]: use another name"),
        (
            "secret",
            "no table in [owner]: write name, wait, lag, ids below that heading",
        ),
    ],
    ids=["missing", "unknown", "type", "list", "entry", "own check", "no table"],
)
def test_a_wrong_table_is_one_sentence(table: object, sentence: str) -> None:
    """The sentence names the file, the place, the value and what to write."""
    assert f"dataflow.toml has {sentence}." == refusal_of(table)


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("lag", 0, True),
        ("lag", -1, False),
        ("wait", 0, False),
        ("wait", 604800, True),
        ("wait", "60", False),
        ("wait", True, False),
        ("wait", float("nan"), False),
        ("wait", float("inf"), False),
        ("lag", float("nan"), False),
    ],
)
def test_seconds_have_limits(name: str, value: object, *, accepted: bool) -> None:
    """Seconds are a finite number, and above 0 where a wait of 0 has no meaning."""
    table = {"name": "ada", name: value}
    if accepted:
        assert value == getattr(decode_table(table, Owned, "[owner]"), name)
    else:
        assert f"has {name} = {value!r} in [owner]" in refusal_of(table)


def test_subtables_are_dropped() -> None:
    """A table below a table belongs to another owner."""
    table = {"item_type": "plan", "sesam": {"node": "https://node.example/api"}}

    assert {"item_type": "plan"} == drop_subtables(table)
