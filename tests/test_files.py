"""Files are replaced whole, and decoded into types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from dataflow.errors import FileError
from dataflow.files import fast_temporary_folder, read_json, write_whole


@dataclass(frozen=True)
class Entry:
    """An entry of a file."""

    on: date
    names: tuple[str, ...] = ()


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """The new text replaces the old one, and no other file is left."""
    path = tmp_path / "a.txt"
    path.write_text("old", "utf-8")
    write_whole(path, "n\u00e4w\n")

    assert ([path], "n\u00e4w\n") == ([*tmp_path.iterdir()], path.read_text("utf-8"))


def test_a_file_that_cannot_be_replaced_stays(tmp_path: Path) -> None:
    """After a failure the old content is there, and no temporary file is left."""
    path = tmp_path / "a.txt"
    path.mkdir()
    with pytest.raises(OSError, match=r"a\.txt"):
        write_whole(path, "new")

    assert [path] == [*tmp_path.iterdir()]


def test_a_file_is_decoded(tmp_path: Path) -> None:
    """The content of a file becomes a value of a type."""
    path = tmp_path / "a.json"
    path.write_text('{"a": {"on": "2026-01-05", "names": ["x"]}}', "utf-8")

    assert {"a": Entry(date(2026, 1, 5), ("x",))} == read_json(
        path, dict[str, Entry], "restore it"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file or directory"),
        (b"", "Input data was truncated"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"a": {"on": 7}}', "Expected `date`, got `int` - at `$[...].on`"),
        (b'{"a": {"on": "2026-01-05", "names": ["\xff"]}}', "it is not UTF-8"),
    ],
    ids=["missing", "empty", "no object", "wrong type", "no text"],
)
def test_what_does_not_fit_is_one_sentence(
    content: bytes | None, reason: str, tmp_path: Path
) -> None:
    """The error names the file, the reason with its place, and what to do."""
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        read_json(path, dict[str, Entry], "restore it")

    assert f"{path} cannot be read ({reason}): restore it." == str(caught.value)


def test_a_fast_folder_lies_in_its_parent(tmp_path: Path) -> None:
    """The folder is made below the parent, and is gone afterwards."""
    with fast_temporary_folder(tmp_path) as folder:
        parent = folder.parent

    assert (tmp_path, False) == (parent, folder.exists())


def test_a_fast_folder_needs_no_memory(tmp_path: Path) -> None:
    """Where there is no file system in memory, the folder is made on disk."""
    with fast_temporary_folder(tmp_path / "missing") as folder:
        found = folder.is_dir()

    assert found
