"""How hard the properties are tried: by a developer, in CI, and at night."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import HealthCheck, Phase, settings

from dataflow.errors import DataflowError

#: Chooses a profile by its name; without it CI is known by its own variable.
VARIABLE, IN_CI = "HYPOTHESIS_PROFILE", "CI"

NAMES = ("dev", "ci", "night")


class NoSuchProfileError(DataflowError):
    """HYPOTHESIS_PROFILE names no profile."""


def register() -> None:
    """Make the profiles known to Hypothesis, also for its --hypothesis-profile.

    A developer meets new examples each time, and those that failed before first; CI
    meets the same ones each time; the night takes as long as it needs.
    """
    shared = settings(
        deadline=None,
        print_blob=True,
        report_multiple_bugs=False,
        stateful_step_count=30,
    )
    settings.register_profile("dev", shared, max_examples=30)
    settings.register_profile(
        "ci", shared, max_examples=30, derandomize=True, database=None
    )
    settings.register_profile(
        "night",
        shared,
        max_examples=2_000,
        suppress_health_check=[HealthCheck.too_slow],
    )


def chosen(environ: Mapping[str, str]) -> str:
    """Return the name of the profile to use; raises NoSuchProfileError."""
    name = environ.get(VARIABLE) or ("ci" if environ.get(IN_CI) else "dev")
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
    by_name = f"{VARIABLE}={profile} .venv/bin/pytest '{node_id}'"
    known = (
        "The same examples are tried each time"
        if profile == "ci"
        else "The failing example is kept in .hypothesis/ and tried first"
    )
    return f"To repeat it: {by_name}\n{known}; elsewhere, use @reproduce_failure above."
