"""Compares the tables of vendor calls with what the vendors' newest SDKs declare.

`make newest` runs it, with the environment that has these SDKs. The exit status is 1 if
there are differences: a call or parameter that was added, removed or changed. Of
Invoiced, whose client declares calls only, a call is removed if the pinned client has
it and the newest has not; the table also has calls that only the documentation has.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import invoiced
from invoiced import objects
from rich import box
from rich.console import Console
from rich.table import Table

from dataflow.twin.chargebee import vendor_calls as chargebee_calls
from dataflow.twin.chargebee.profile import CHARGEBEE
from dataflow.twin.invoiced import vendor_calls as invoiced_calls
from dataflow.twin.invoiced.profile import INVOICED
from tests.sdk_calls import (
    Calls,
    Parameter,
    Parameters,
    read_client,
    read_schemas,
    read_source,
)
from tests.twin.invoiced.sdk_calls import UNKNOWN

ROOT = Path(__file__).resolve().parents[1]
_READ_CLIENT = "--read-client"


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """What was added, removed or changed: a call, or one of its parameters."""

    vendor: str
    call: str
    parameter: str
    change: str


def compare(
    vendor: str,
    table: Calls,
    sdks: Sequence[Calls],
    lacks: Callable[[str, str], bool],
) -> Iterator[Difference]:
    """Yield how SDKs, the most exact first, differ from a table.

    The twin `lacks` calls that are not in the table.
    """
    declared: dict[tuple[str, str], dict[str, Parameter | None]] = {}
    for sdk in reversed(sdks):
        for call, parameters in sdk.items():
            declared.setdefault(call, {}).update(parameters)
    for call in sorted(table.keys() | declared.keys()):
        name = " ".join(call)
        if call not in declared:
            yield Difference(vendor, name, "", "removed")
        elif call in table:
            for parameter, change in _compare_parameters(table[call], declared[call]):
                yield Difference(vendor, name, parameter, change)
        elif not lacks(*call):
            yield Difference(vendor, name, "", "added")


def _compare_parameters(
    ours: Parameters, theirs: Parameters
) -> Iterator[tuple[str, str]]:
    for name, parameter in theirs.items():
        if not _covers(ours, name):
            yield name, "added"
        for change in _compare_limits(ours.get(name), parameter):
            # The tables do not state what is required within a group or a row.
            if "[" not in name or not change.startswith("is_required"):
                yield name, change
    for name in ours:
        if not _covers(theirs, name):
            yield name, "removed"


def _covers(names: Parameters, name: str) -> bool:
    """Return whether a name is one of these, where `[*]` stands for any part."""
    return name in names or any(
        _is_part(name, other) or _is_part(other, name) for other in names
    )


def _is_part(name: str, group: str) -> bool:
    stem = group.removesuffix("[*]")
    return stem != group and (name == stem or name.startswith(f"{stem}["))


def _compare_limits(ours: Parameter | None, theirs: Parameter | None) -> Iterator[str]:
    if ours is None or theirs is None:
        return
    for field in fields(Parameter):
        old, new = getattr(ours, field.name), getattr(theirs, field.name)
        if old != new and "..." not in ours.words:
            yield f"{field.name}: {_show(old)} -> {_show(new)}"


def _show(value: object) -> str:
    return "|".join(sorted(value)) if isinstance(value, frozenset) else str(value)


# The tables


def read_chargebee_table() -> Calls:
    """Return the table of Chargebee; of groups and filters, the names are compared."""
    return {
        call: {
            name.replace("[i]", ""): None
            if each.type.startswith(("object", "filter"))
            else Parameter(each.is_required, each.most, each.least, each.words)
            for name, each in found.parameters.items()
        }
        for call, found in chargebee_calls.load_vendor_calls().items()
    }


def _lacks_in_invoiced(method: str, path: str) -> bool:
    return (
        f"{method} {path}" in UNKNOWN
        or (method, path) in invoiced_calls.load_vendor_calls()
        or INVOICED.unbuilt.has(method, path)
    )


# The SDKs


def find_differences(environment: Path) -> list[Difference]:
    """Return how the SDKs in an environment differ from both tables."""
    package = next(environment.glob("lib/python*/site-packages/chargebee"))
    modules, schemas = environment / "node_modules", ROOT / "tests" / "schemas.mjs"
    node = [str(environment / "bin" / "node"), str(schemas), str(modules.resolve())]
    sdks = [read_schemas(json.loads(_run(*node))), read_source(package)]
    newest = _run(
        str(environment / "bin" / "python"), "-m", "tests.newest", _READ_CLIENT
    )
    pinned = _read_installed_client()
    return sorted(
        [
            *compare("Chargebee", read_chargebee_table(), sdks, CHARGEBEE.unbuilt.has),
            *compare(
                "Invoiced",
                {
                    call: {}
                    for call in invoiced_calls.load_vendor_calls()
                    if call in pinned
                },
                [{(method, path): {} for method, path in json.loads(newest)}],
                _lacks_in_invoiced,
            ),
        ]
    )


def _read_installed_client() -> Calls:
    return read_client(invoiced.Client("no-key"), objects)


def _run(*command: str) -> str:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def render(differences: Sequence[Difference]) -> Table:
    """Return the differences as a table of Markdown, which a terminal shows as well."""
    table = Table("vendor", "call", "parameter", "change", box=box.MARKDOWN)
    for each in differences:
        table.add_row(each.vendor, each.call, each.parameter, each.change)
    return table


def main(argument: str) -> int:
    """Print the differences; return 1 if there are any."""
    if argument == _READ_CLIENT:
        print(json.dumps(list(_read_installed_client())))  # noqa: T201 - a command
        return 0
    differences = find_differences(Path(argument))
    places = [Console(width=None if sys.stdout.isatty() else 200)]
    summary = os.environ.get("GITHUB_STEP_SUMMARY", os.devnull)
    with Path(summary).open("a", encoding="utf-8") as file:
        for console in (*places, Console(file=file, width=200)):
            if differences:
                console.print("The newest SDKs differ from the tables of the twins:\n")
                console.print(render(differences), markup=False)
            else:
                console.print(
                    "The newest SDKs declare what the tables of the twins have."
                )
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
