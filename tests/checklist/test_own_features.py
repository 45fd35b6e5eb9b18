"""The features that QA writes: read as sections of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataflow.checklist.check import Basis
from dataflow.checklist.features import (
    WrittenFeature,
    read_document_features,
    read_feature,
    read_features,
)
from dataflow.checklist.reader import parse_document
from dataflow.checklist.transcript import transcribe, write_features
from dataflow.errors import FeatureError
from tests.checklist.documents import MADE_UP

OWN = """\
@observed
Feature: Returns

  Background:
    Given a

  @returns.one
  Scenario: One
    Then b

  Rule: Twice

    Background:
      Given c

    @returns.two
    Scenario: Two
      When d
        | x | y |
        | 1 | 2 |
      Then e
"""


def in_project(folder: Path, **own: str) -> tuple[WrittenFeature, ...]:
    """Return the features of a document and of QA in one folder."""
    document = MADE_UP.document(MADE_UP.usual("Zebra", "Zoo"))
    write_features(transcribe(parse_document(document)), folder)
    for name, text in own.items():
        (folder / f"{name}.feature").write_text(text, "utf-8")
    return read_features(folder)


def test_an_own_feature_is_a_section(tmp_path: Path) -> None:
    """Features of QA come after those of the document, named as QA's, and counted."""
    read = in_project(tmp_path, returns=OWN, gifts="Feature:\n")

    assert [
        ("zebra-zoo", 1, True),
        ("gifts (added by QA)", 2, False),
        ("Returns (added by QA)", 3, False),
    ] == [
        (f.name if not f.is_generated else f.section, f.number, f.is_generated)
        for f in read
    ]
    assert [0, 2] == [feature.announced for feature in read[1:]]


def test_the_sync_has_the_features_of_the_document(tmp_path: Path) -> None:
    """What the document defines is read without the features of QA."""
    in_project(tmp_path, returns=OWN)

    assert ["zebra-zoo"] == [f.section for f in read_document_features(tmp_path)]


def test_a_folder_without_a_document_is_refused(tmp_path: Path) -> None:
    """Features of QA alone define nothing that a sync could do."""
    (tmp_path / "returns.feature").write_text(OWN, "utf-8")
    with pytest.raises(FeatureError, match="belongs to a document: write them with"):
        read_document_features(tmp_path)


def test_a_background_is_a_part_of_each_scenario(tmp_path: Path) -> None:
    """The steps of backgrounds come first, those of the feature before the rule's."""
    path = tmp_path / "returns.feature"
    path.write_text(OWN, "utf-8")
    scenarios = read_feature(path).scenarios

    assert ["a b", "a c d e"] == [
        " ".join(step.text for step in scenario.steps) for scenario in scenarios
    ]


def test_a_step_has_its_table(tmp_path: Path) -> None:
    """The rows below a step are read with it."""
    path = tmp_path / "returns.feature"
    path.write_text(OWN, "utf-8")
    steps = read_feature(path).scenarios[1].steps

    assert (("x", "y"), ("1", "2")) == steps[2].table


@pytest.mark.parametrize(
    ("old", "new", "basis"),
    [
        ("@observed\n", "", Basis.INFERRED),
        ("", "", Basis.OBSERVED),
        ("@observed\n", "@stated\n", Basis.STATED),
    ],
    ids=["none", "of the feature", "another"],
)
def test_the_basis_of_an_own_check_is_inferred(
    tmp_path: Path, old: str, new: str, basis: Basis
) -> None:
    """A check of QA is QA's conclusion, unless a tag of it or the feature differs."""
    path = tmp_path / "returns.feature"
    path.write_text(OWN.replace(old, new, 1), "utf-8")
    one, _ = read_feature(path).scenarios

    assert ((basis,), ("returns.one",)) == (one.bases, one.ids)


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    """A feature that an editor has saved with a byte-order mark is read."""
    path = tmp_path / "returns.feature"
    path.write_text(OWN, "utf-8-sig")

    assert "Returns (added by QA)" == read_feature(path).name


def test_a_transcription_keeps_own_features(tmp_path: Path) -> None:
    """Transcribing again, or another document, leaves a feature of QA as it is."""
    in_project(tmp_path, returns=OWN)
    other = MADE_UP.document(MADE_UP.usual("Yak", "Yard"))
    write_features(transcribe(parse_document(other)), tmp_path)

    assert OWN == (tmp_path / "returns.feature").read_text("utf-8")
