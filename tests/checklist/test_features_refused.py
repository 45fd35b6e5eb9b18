"""Reading features back: what is no feature, and how it is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dataflow.checklist.features import HEADER, read_feature, read_features
from dataflow.errors import FeatureError
from tests.checklist.documents import hand_written


def test_no_feature_is_one_sentence(tmp_path: Path) -> None:
    """Where there is no feature, a sentence says where, and how to write them."""
    with pytest.raises(FeatureError) as error:
        read_features(tmp_path)

    assert (
        f"There is no feature in {tmp_path}: run this in the folder of the project,"
        " or write them with `dataflow transcribe DOCUMENT`." == str(error.value)
    )


def test_a_folder_that_is_not_there_has_no_feature(tmp_path: Path) -> None:
    """A folder that is not there is as good as an empty one."""
    with pytest.raises(FeatureError, match="There is no feature in"):
        read_features(tmp_path / "none")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Feature: Cut\n\n  Scenario: A\n    Given a\n",
        "Feature: Cut\n\n  Section 1 of 1, 0 checks.\n",
        'Feature: Cut\n\n  Records: "A" of B, "C" of D.\n',
    ],
    ids=["empty", "no description", "no records", "no section"],
)
def test_a_damaged_description_is_one_sentence(tmp_path: Path, text: str) -> None:
    """A generated feature that does not say which section it transcribes is refused."""
    path = tmp_path / "a.feature"
    path.write_text(f"{HEADER}\n{text}", "utf-8")
    with pytest.raises(FeatureError) as error:
        read_feature(path)

    assert (
        f"{path} has the generated header, but does not say which section it"
        " transcribes: write it anew with `dataflow transcribe DOCUMENT`, or remove its"
        " first line if it is yours." == str(error.value)
    )


@pytest.mark.parametrize("text", ["", "# a comment\n"], ids=["empty", "comment"])
def test_a_file_without_a_feature_is_one_sentence(tmp_path: Path, text: str) -> None:
    """A file of QA that contains no feature is refused, and the missing line named."""
    path = tmp_path / "a.feature"
    path.write_text(text, "utf-8")
    with pytest.raises(FeatureError) as error:
        read_feature(path)

    assert f"{path} has no line `Feature: NAME`: add it." == str(error.value)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text.replace("Feature:", "Featur:"), "got 'Featur:"),
        (lambda text: text.replace("Given a", "Gven a"), "got 'Gven a"),
        (lambda text: text + "      | a | b |\n      | c |\n", "inconsistent cell"),
        (lambda text: f"# language: xx\n{text}", "Language not supported: xx"),
        (lambda text: text.replace("@a.b", "@a b"), "whitespace"),
    ],
    ids=["keyword", "step", "table", "language", "tag"],
)
def test_a_garbled_feature_is_one_sentence(
    tmp_path: Path, spoil: Callable[[str], str], said: str
) -> None:
    """What is no Gherkin is refused, and the sentence says what the parser says."""
    path = hand_written(tmp_path, "    Given b\n    Given a\n")
    path.write_text(spoil(path.read_text("utf-8")), "utf-8")
    with pytest.raises(FeatureError) as error:
        read_feature(path)
    begins = str(error.value).startswith(f"{path} cannot be read as a feature: (")

    assert (True, True, 1) == (
        begins,
        said in str(error.value),
        len(str(error.value).splitlines()),
    )


@pytest.mark.parametrize(
    "make",
    [
        Path.mkdir,
        lambda path: path.write_bytes(b"Feature: \xff\n"),
        lambda path: path.symlink_to("nowhere"),
    ],
    ids=["folder", "bytes", "missing"],
)
def test_no_text_is_no_feature(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """What cannot be read as a text is refused by name."""
    path = tmp_path / "a.feature"
    make(path)
    with pytest.raises(FeatureError, match=r"a\.feature cannot be read"):
        read_features(tmp_path)
