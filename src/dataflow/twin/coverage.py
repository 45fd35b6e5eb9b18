"""How much of a vendor's API a twin has: calls and parameters of each resource."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True, slots=True)
class CallCoverage:
    """One call of a vendor: whether it is built, and how many of its parameters are."""

    vendor: str
    resource: str
    is_built: bool
    built_parameters: int
    all_parameters: int


def render_coverage(calls: Iterable[CallCoverage]) -> Table:
    """Return a table with a line for each resource, and one for each vendor."""
    groups: dict[tuple[str, str], list[CallCoverage]] = {}
    for call in calls:
        groups.setdefault((call.vendor, call.resource), []).append(call)
        groups.setdefault((call.vendor, "all"), []).append(call)
    table = Table("Vendor", "Resource", "Calls built", "Parameters built", box=None)
    for (vendor, resource), group in sorted(groups.items()):
        built = sum(call.is_built for call in group)
        parameters = sum(call.built_parameters for call in group)
        of = sum(call.all_parameters for call in group)
        cells = f"{built} of {len(group)}", f"{parameters} of {of}"
        table.add_row(vendor, resource, *cells)
    return table
