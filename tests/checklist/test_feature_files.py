"""The feature files: how they get into their folder, and when they differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.checklist.features import HEADER
from dataflow.checklist.reader import parse_document
from dataflow.checklist.transcript import transcribe, write_features
from dataflow.errors import FeatureError
from tests.checklist.documents import MADE_UP, all_forms


def texts_of(document: str) -> dict[str, str]:
    """Return the features of a document's text."""
    return transcribe(parse_document(document))


def in_folder(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_written_is_what_is_transcribed(tmp_path: Path) -> None:
    """A file holds the transcribed text as it is, in UTF-8."""
    texts = texts_of(MADE_UP.document(MADE_UP.usual("Kunde ä", "Account")))
    write_features(texts, tmp_path)

    assert {name: text.encode() for name, text in texts.items()} == in_folder(tmp_path)


def test_the_same_bytes_come_twice(tmp_path: Path) -> None:
    """Writing the same document again leaves the same bytes."""
    write_features(texts_of(all_forms()), tmp_path)
    first = in_folder(tmp_path)
    write_features(texts_of(all_forms()), tmp_path)

    assert first == in_folder(tmp_path)


def test_nothing_is_written_where_nothing_differs(tmp_path: Path) -> None:
    """A file that says the right thing already is not touched."""
    write_features(texts_of(all_forms()), tmp_path)
    first = {path: path.stat().st_ino for path in tmp_path.iterdir()}
    write_features(texts_of(all_forms()), tmp_path)

    assert first == {path: path.stat().st_ino for path in tmp_path.iterdir()}


def test_what_was_written_is_told(tmp_path: Path) -> None:
    """The names of the files that changed are returned in order."""
    write_features({"a.feature": HEADER, "b.feature": HEADER}, tmp_path)
    texts = {"c.feature": HEADER, "b.feature": HEADER}
    changed = write_features(texts, tmp_path, stale=["a.feature"])

    assert ["a.feature", "c.feature"] == changed


def test_a_folder_is_made(tmp_path: Path) -> None:
    """The folder, and those above it, are made where they are missing."""
    write_features({"a.feature": HEADER}, tmp_path / "b" / "c")

    assert {"a.feature": HEADER.encode()} == in_folder(tmp_path / "b" / "c")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Who reads a file while it is replaced goes on reading the old one."""
    old = f"{HEADER}\nold, and a good deal longer"
    (tmp_path / "a.feature").write_text(old, "utf-8")
    with (tmp_path / "a.feature").open(encoding="utf-8") as reader:
        write_features({"a.feature": f"{HEADER}\n"}, tmp_path)
        read = reader.read()

    assert old == read


def test_a_replaced_file_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """Replacing a file leaves no other file in the folder."""
    (tmp_path / "a.feature").write_text(f"{HEADER}\nold", "utf-8")
    write_features({"a.feature": HEADER}, tmp_path)

    assert {"a.feature": HEADER.encode()} == in_folder(tmp_path)


def test_everybody_may_read_a_feature(tmp_path: Path) -> None:
    """A feature is as readable as any other file of a project."""
    write_features({"a.feature": HEADER}, tmp_path)

    assert 0o644 == (tmp_path / "a.feature").stat().st_mode & 0o777


def test_a_stale_feature_is_removed(tmp_path: Path) -> None:
    """A feature goes when it is named as stale, and not otherwise."""
    for name in ("old.feature", "older.feature"):
        (tmp_path / name).write_text(f"{HEADER}\nFeature: Old\n", "utf-8")
    write_features({"a.feature": HEADER}, tmp_path, stale=["old.feature"])

    assert {"a.feature", "older.feature"} == in_folder(tmp_path).keys()


@pytest.mark.parametrize(
    "content", [b"Feature: Mine\n", b"\n" + HEADER.encode(), b"\xff\xfe no text"]
)
def test_a_feature_by_hand_is_not_replaced(tmp_path: Path, content: bytes) -> None:
    """A file that was not generated stays, and nothing else is written."""
    (tmp_path / "b.feature").write_bytes(content)
    with pytest.raises(FeatureError) as error:
        write_features({"a.feature": HEADER, "b.feature": HEADER}, tmp_path)
    sentence = (
        f"{tmp_path / 'b.feature'} was not written by `dataflow transcribe`: rename it,"
        " so that the section of this name can be written."
    )

    assert (sentence, {"b.feature": content}) == (str(error.value), in_folder(tmp_path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mine.feature", b"Feature: Mine\n"),
        ("mine.feature", b"Feature: Mine\n\n" + HEADER.encode()),
        ("mine.feature", b"\xff\xfe no text at all"),
        ("README.md", HEADER.encode()),
    ],
)
def test_other_files_are_left_alone(tmp_path: Path, name: str, content: bytes) -> None:
    """A file that is not one of our features is left as it is."""
    (tmp_path / name).write_bytes(content)
    write_features({"a.feature": HEADER}, tmp_path)

    assert {"a.feature": HEADER.encode(), name: content} == in_folder(tmp_path)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """Where the features cannot be written, a sentence says where and why."""
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "features"
    with pytest.raises(FeatureError) as error:
        write_features({"a.feature": HEADER}, folder)

    assert (
        f"The features cannot be written to {folder} (Not a directory): name a folder"
        " of your own with --features." == str(error.value)
    )
