"""dataflow.toml: what is read from it, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.settings import DamagedSettingsError, read_settings

ROOT = Path(__file__).parents[1]


def test_tables_are_read(tmp_path: Path) -> None:
    """Each table of the file is there by its name, with its values."""
    path = tmp_path / "dataflow.toml"
    path.write_text('[sync]\nitem_family = "ä"\n[marks]\nitem = ["id={id}"]\n', "utf-8")

    assert {
        "sync": {"item_family": "ä"},
        "marks": {"item": ["id={id}"]},
    } == read_settings(path)


def test_no_file_means_no_tables(tmp_path: Path) -> None:
    """A file that is not there is as good as an empty one."""
    assert {} == read_settings(tmp_path / "dataflow.toml")


def test_an_empty_file_has_no_tables(tmp_path: Path) -> None:
    """An empty file is no error."""
    path = tmp_path / "dataflow.toml"
    path.touch()

    assert {} == read_settings(path)


def test_the_settings_of_the_project_are_read() -> None:
    """The file that the project comes with names the marks of the three kinds."""
    marks = read_settings(ROOT / "dataflow.toml")["marks"]

    assert ["customer", "order", "item"] == list(marks)


@pytest.mark.parametrize(
    "text",
    ["[sync\n", "item_family = \n", "[a]\n[a]\n", "just words", "\N{SNOWMAN} = 1"],
)
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    """What is no TOML is refused with one sentence, which says where."""
    path = tmp_path / "dataflow.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(DamagedSettingsError) as error:
        read_settings(path)
    begin, _, rest = str(error.value).partition(" (")
    said, _, end = rest.rpartition("): ")

    assert (f"{path} cannot be read as TOML", True, "mend that line.") == (
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
    """What cannot be read as a text is refused by name."""
    path = tmp_path / "dataflow.toml"
    make(path)
    with pytest.raises(DamagedSettingsError, match="cannot be read as TOML"):
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
    with pytest.raises(DamagedSettingsError) as error:
        read_settings(path)

    assert (
        f"{path} says {shown} outside of a table: put it below a heading such as"
        " [marks] or [sync]." == str(error.value)
    )
