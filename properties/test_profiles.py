"""Which profile is used where."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from properties.profiles import NoSuchProfileError, chosen


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "dev"),
        ({"HYPOTHESIS_PROFILE": ""}, "dev"),
        ({"CI": "true"}, "ci"),
        ({"CI": "true", "HYPOTHESIS_PROFILE": "night"}, "night"),
    ],
)
def test_a_profile_is_chosen(environ: Mapping[str, str], name: str) -> None:
    """A profile that is asked for comes first, then CI's own, then the developer's."""
    assert name == chosen(environ)


def test_no_profile_is_guessed() -> None:
    """A name that is none is shown, with those there are."""
    with pytest.raises(NoSuchProfileError) as error:
        chosen({"HYPOTHESIS_PROFILE": "nightly"})

    assert "'nightly' is no profile: use one of dev, ci, night" in str(error.value)
