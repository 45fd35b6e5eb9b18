"""Waivers: failures that their owner accepts for some time, from `waivers.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec

from dataflow.errors import SettingsError
from dataflow.harness.categories import Category
from dataflow.settings import decode_table

FILE_NAME = "waivers.toml"

_HEADING = "waiver"
_Text = Annotated[str, msgspec.Meta(pattern=r"\S", description="a text")]


class Waiver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One accepted failure; it counts until the end of the day `expires`."""

    check: Annotated[
        _Text, msgspec.Meta(description='"the id of a check", as `pytest -v` shows it')
    ]
    category: Annotated[
        Category,
        msgspec.Meta(description=" or ".join(f'"{each}"' for each in Category)),
    ]
    reason: Annotated[_Text, msgspec.Meta(description='"why it is accepted"')]
    owner: Annotated[_Text, msgspec.Meta(description='"who accepts it"')]
    expires: Annotated[
        date, msgspec.Meta(description="a date without quotes, such as 2027-01-31")
    ]
    issue: Annotated[
        str,
        msgspec.Meta(pattern="^https?://", description='"https://...", its issue'),
    ]


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Return the waivers of a file; none if it is missing; raises `SettingsError`."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{path} is not valid TOML ({error}): correct this line."
        ) from error
    return tuple(_decode(content, path))


def _decode(content: Mapping[str, Any], path: Path) -> Iterator[Waiver]:
    tables = content.get(_HEADING, [])
    other = next((name for name in content if name != _HEADING), None)
    if other is not None or not isinstance(tables, list):
        raise SettingsError(
            f"{path} has {other or _HEADING} where only waivers can be: begin each one"
            f" with [[{_HEADING}]]."
        )
    for number, table in enumerate(tables, 1):
        yield decode_table(table, Waiver, f"waiver {number}", str(path))


def refuse_unknown(
    waivers: Collection[Waiver], checks: Collection[str], path: Path
) -> None:
    """Raise `SettingsError` for a check that the checklist does not have, or twice."""
    seen = set()
    for waiver in waivers:
        key = waiver.check, waiver.category
        if waiver.check not in checks:
            raise SettingsError(
                f"{path} waives {waiver.check}, which is no check of the checklist:"
                " correct the id, or remove the waiver."
            )
        if key in seen:
            raise SettingsError(
                f"{path} waives {waiver.check} ({waiver.category}) twice: remove one."
            )
        seen.add(key)


def find_waiver(
    waivers: Collection[Waiver],
    check: str,
    categories: Collection[Category],
    today: date,
) -> Waiver | None:
    """Return the waiver of a failure; None unless it covers all of its categories."""
    return next(
        (
            waiver
            for waiver in waivers
            if waiver.check == check
            and {waiver.category} == set(categories)
            and today <= waiver.expires
        ),
        None,
    )


def describe_unused(
    waivers: Collection[Waiver], results: Mapping[str, Collection[str]], today: date
) -> Iterator[str]:
    """Yield a sentence for each waiver that has waived nothing.

    `results` are the categories of each check that was run: none if it passes.
    """
    for waiver in waivers:
        what = f"The waiver of {waiver.check} ({waiver.category}, {waiver.owner})"
        found = results.get(waiver.check)
        if today > waiver.expires:
            yield f"{what} expired on {waiver.expires}: correct the sync, or renew it."
        elif found is not None and not found:
            yield f"{what} is not needed, because the check passes: remove it."
        elif found and set(found) != {waiver.category}:
            yield f"{what} does not cover the failure: {', '.join(sorted(found))}."


def describe_waiver(waiver: Waiver) -> str:
    """Return what is accepted, by whom, why, and until when."""
    return (
        f"{waiver.check} ({waiver.category}): {waiver.reason.rstrip('.')}."
        f" {waiver.owner} accepts it until {waiver.expires}: {waiver.issue}"
    )
