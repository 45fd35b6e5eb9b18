"""Where the state of a scenario's sync lies."""

from __future__ import annotations

from pathlib import Path

from dataflow.files import fast_temporary_folder


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
