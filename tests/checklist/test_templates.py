"""The templates of the checks: what an error in one of them shows."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from dataflow.checklist.templates import render
from dataflow.errors import FeatureError


@pytest.mark.parametrize(
    ("template", "place", "reason"),
    [
        ("none", "none", r".*none\.feature\.j2.*"),
        ("listed", r".*/listed\.feature\.j2:\d+", r"'\w+' is undefined"),
    ],
    ids=["missing", "name"],
)
def test_an_error_of_a_template_is_one_sentence(
    template: str, place: str, reason: str
) -> None:
    """A mistake in a template is shown with its file and its line."""
    with pytest.raises(FeatureError) as error:
        render(template, {})
    sentence = rf"The template {place} cannot be rendered: {reason}\."

    assert re.fullmatch(sentence, str(error.value))


def test_a_check_id_stands_in_one_template() -> None:
    """An id is written once, so that an edit changes one check."""
    folder = resources.files("dataflow.checklist") / "templates"
    texts = [each.read_text("utf-8") for each in folder.iterdir() if each.is_file()]
    tags = re.findall(r"^@\{\{ section \}\}\.(\S.*) @", "\n".join(texts), re.MULTILINE)

    assert (True, len(tags)) == (len(tags) > 30, len(set(tags)))
