"""How hard the properties are tried: by a developer, in CI, and at night."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import engine

from dataflow.errors import DataflowError

#: Chooses a profile by its name; without it CI is known by its own variable.
VARIABLE = "HYPOTHESIS_PROFILE"

DEV, IN_CI, NIGHT = NAMES = ("dev", "ci", "night")

#: Seconds that a failure may be shrunk for; the next run goes on from there.
SHRINKING = 30


class NoSuchProfileError(DataflowError):
    """HYPOTHESIS_PROFILE names no profile."""


def register() -> None:
    """Make the profiles known to Hypothesis, also for its --hypothesis-profile.

    A developer meets new examples each time, and those that failed before first; CI
    meets the same ones each time; the night takes as long as it needs. None explains a
    failure line by line, which makes shrinking several times as long.
    """
    shared = settings(
        phases=[phase for phase in Phase if phase is not Phase.explain],
        deadline=None,
        print_blob=True,
        report_multiple_bugs=False,
        stateful_step_count=30,
    )
    settings.register_profile(DEV, shared, max_examples=30)
    settings.register_profile(
        IN_CI, shared, max_examples=30, derandomize=True, database=None
    )
    settings.register_profile(
        NIGHT,
        shared,
        max_examples=2_000,
        suppress_health_check=[HealthCheck.too_slow],
    )


def end_shrinking_early() -> None:
    """Let nobody wait five minutes for a failure; Hypothesis has no setting for it.

    It warns when the time is over, and speaks of five minutes all the same.
    """
    engine.MAX_SHRINKING_SECONDS = SHRINKING


def chosen(environ: Mapping[str, str]) -> str:
    """Return the name of the profile to use; raises NoSuchProfileError."""
    name = environ.get(VARIABLE) or (IN_CI if environ.get("CI") else DEV)
    if name not in NAMES:
        raise NoSuchProfileError(
            f"{VARIABLE} = {name!r} is no profile: use one of {', '.join(NAMES)}."
        )
    return name


def share(percent: int, *, shrink: bool = True) -> settings:
    """Return the profile in use, with this share of its examples, two at least."""
    profile = settings()
    phases = [one for one in profile.phases if shrink or one is not Phase.shrink]
    examples = max(2, profile.max_examples * percent // 100)
    return settings(max_examples=examples, phases=phases)


def again(node_id: str, profile: str) -> str:
    """Return how to repeat a failure, for the person who looks at it."""
    known = (
        "which tries the same examples each time"
        if profile == IN_CI
        else "which tries the example kept in .hypothesis/ first"
    )
    return (
        f"To repeat it: {VARIABLE}={profile} .venv/bin/pytest '{node_id}'\n"
        f"{known}. Elsewhere, put @reproduce_failure, as above, on the test or the"
        " machine."
    )
