"""All broken syncs, and the checks that no broken sync can make fail."""

from __future__ import annotations

from argparse import ArgumentTypeError
from importlib import import_module
from pathlib import Path

from broken.entries import ENTRIES, Entry
from broken.plain import PlainSync

#: The modules of the broken syncs, in the order of the catalogue.
MODULES = (
    "creation",
    "duplicates",
    "edits",
    "side_effects",
    "values",
    "repeated_runs",
    "unusual",
    "across",
    "unwritten",
    "combined",
    "ordinary",
    "past",
    "identity",
    "dates",
    "bystanders",
    "races",
    "blocked",
    "known_gaps",
)

#: How the name of a mutant begins.
_MUTANT = "mutant-"

_REFUSED = "the vendor refuses the edit, so there is none that a sync could lose"
_TYPED = "the type is the vendor's own: a sync cannot store another"
#: Checks that no fault of a sync alone can make fail, with the reason.
BLIND: dict[str, str] = {
    "invoices-order.currency.edited-in-chargebee": _REFUSED,
    "invoices-order.customer.edited-in-invoiced": _REFUSED,
    "invoices-order.customer.edited-in-chargebee": _REFUSED,
    "invoices-order.currency.type": _TYPED,
    "invoices-order.customer.type": _TYPED,
}


def catalogue() -> dict[str, Entry]:
    """Return every broken sync by its name, in the order of `MODULES`."""
    modules = [import_module(f"broken.{name}").__name__ for name in MODULES]
    entries = ENTRIES.values()
    in_order = sorted(entries, key=lambda entry: modules.index(entry.sync.__module__))
    return {entry.name: entry for entry in in_order}


def find_sync(name: str) -> type[PlainSync]:
    """Return a broken sync or mutant; raises `ArgumentTypeError` for an unknown name.

    It imports the module of this sync alone: a proof starts thousands of syncs.
    """
    if name.startswith(_MUTANT):
        # Imported here: a proof starts thousands of syncs, most of them no mutants.
        from broken.mutants import list_mutants  # noqa: PLC0415

        if name in list_mutants():
            return list_mutants()[name].make()
    definition = f"class {name.title().replace('-', '')}("
    for module in MODULES:
        if definition in Path(__file__).with_name(f"{module}.py").read_text("utf-8"):
            import_module(f"broken.{module}")
            return ENTRIES[name].sync
    raise ArgumentTypeError(f"{name!r} is unknown: --list shows the names")


def as_json() -> dict[str, object]:
    """Return what `dataflow prove` reads."""
    return {
        "broken": [
            {
                "name": each.name,
                "kind": each.kind,
                "says": each.description,
                "caught_by": list(each.caught_by),
                "hole": each.known_gap,
                "weather": each.weather,
            }
            for each in catalogue().values()
        ],
        "blind": BLIND,
    }
