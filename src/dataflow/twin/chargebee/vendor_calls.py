"""The calls of Chargebee and their parameters, read from `vendor_calls.tsv`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("vendor_calls.tsv")
_ADDRESS = "[ADDRESS]"
_INDEX = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True)
class VendorParameter:
    """One parameter; `most` and `least` bound a number, `most` a text's length too."""

    type: str
    is_required: bool
    most: int | None
    least: float | None
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class VendorCall:
    """One call; a parameter's name has `[i]` in place of an index, or ends in `[*]`."""

    method: str
    path: str
    operation: str
    parameters: dict[str, VendorParameter] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Return whether the call has a parameter of this name."""
        any_part = f"{name.partition('[')[0]}[*]"
        return name in self.parameters or any_part in self.parameters


def normalise_name(name: str) -> str:
    """Return a parameter's name with `[i]` in place of each index."""
    return _INDEX.sub("[i]", name) if "[" in name else name


@cache
def load_vendor_calls() -> Mapping[tuple[str, str], VendorCall]:
    """Return all calls by method and path."""
    calls: dict[tuple[str, str], VendorCall] = {}
    lists: dict[str, str] = {}
    address: list[list[str]] = []
    call = VendorCall("", "", "")
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        first, *cells = line.split("\t")
        if first == _ADDRESS:
            address.append(cells)
        elif not first:
            for row in _expand_address(cells, address):
                call.parameters.update(_read_parameter(row, lists))
        elif len(cells) == 1:
            lists[first] = cells[0]
        else:
            path, operation = cells
            call = calls[first, path] = VendorCall(first, path, operation)
    return calls


def _expand_address(cells: list[str], address: list[list[str]]) -> Iterator[list[str]]:
    """Yield a row for each part of an address, or the row itself."""
    name, _, left_out = cells[0].partition(" without ")
    if not name.endswith(_ADDRESS):
        yield cells
        return
    for part, *rest in address:
        if part not in left_out.split(","):
            yield [name.replace(_ADDRESS, f"[{part}]"), *rest]


def _read_parameter(
    cells: list[str], lists: Mapping[str, str]
) -> Iterator[tuple[str, VendorParameter]]:
    name, type_, required, most, least, words = [*cells, *[""] * 6][:6]
    parameter = VendorParameter(
        type_,
        required == "required",
        int(most) if most else None,
        float(least) if least else None,
        frozenset(lists.get(words, words).split("|")) - {""},
    )
    for each in _expand(name):
        yield each, parameter


def _expand(name: str) -> list[str]:
    """Return the names that `a[b|c]` stands for."""
    parts = [part.split("|") for part in re.split(r"[\[\]]+", name) if part]
    return [
        first + "".join(f"[{each}]" for each in rest)
        for first, *rest in itertools.product(*parts)
    ]
