"""The state of a site, as a state file keeps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any, TypeAlias

import msgspec

from dataflow.twin.chargebee import customers, orders
from dataflow.twin.chargebee.site import Site
from dataflow.twin.messages import Response

#: The actions that can be due later: of a site, with the ids of records.
_ACTIONS: dict[str, Callable[..., None]] = {
    "generate": orders.generate,
    "merge": customers.merge_later,
    "remove": customers.remove_later,
}
_NAMES = {action: name for name, action in _ACTIONS.items()}


#: The key of a write, the time, the path and the body of the write, and its answer.
Kept: TypeAlias = tuple[str, int, tuple[tuple[str, bytes], Response]]


class SiteState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of a site that its calls can show, but for what lists show late.

    `tables` have the number of each record; `due` are the times of actions in
    milliseconds, with their names and the ids of records; `answers` are those that are
    kept for idempotency keys.
    """

    switches: dict[str, bool | int | float | str]
    counters: dict[str, int]
    tables: dict[str, list[tuple[int, dict[str, Any]]]]
    payments: dict[str, dict[str, Any]]
    currencies: dict[str, dict[str, Any]]
    sets: dict[str, list[str]]
    custom_fields: dict[str, dict[str, str]]
    custom_fields_are_defined: bool
    due: list[tuple[int, str, list[str]]]
    answers: list[Kept]


_SETS = ("imported_orders", "charged_invoices", "expected_orders", "used_prices")


def take(site: Site, answers: list[Kept]) -> SiteState:
    """Return the state of a site. Records are shared: they never change."""
    fields, tables = site.custom_fields, site.tables.items()
    return SiteState(
        switches=asdict(site.switches),
        counters={**site.counters},
        tables={name: [*table.records.items()] for name, table in tables},
        payments={**site.payments},
        currencies={**site.currencies},
        sets={name: sorted(getattr(site, name)) for name in _SETS},
        custom_fields={name: {**each} for name, each in fields.known.items()},
        custom_fields_are_defined=fields.are_defined,
        due=[
            (moment, _NAMES[action.func], [*action.args[1:]])
            for moment, action in site.scheduler.all()
            if isinstance(action, partial) and action.func in _NAMES
        ],
        answers=answers,
    )


def fill(site: Site, state: SiteState) -> None:
    """Replace the state of a site."""
    site.empty()
    site.counters = Counter(state.counters)
    for name in asdict(site.switches).keys() & state.switches:
        setattr(site.switches, name, state.switches[name])
    for name, rows in state.tables.items():
        for number, record in rows:
            site.tables[name].add(number, record)
    site.payments, site.currencies = state.payments, state.currencies
    for name, ids in state.sets.items():
        setattr(site, name, {*ids})
    site.custom_fields.known = state.custom_fields
    site.custom_fields.are_defined = state.custom_fields_are_defined
    for moment, action, ids in state.due:
        site.scheduler.add(moment, partial(_ACTIONS[action], site, *ids))
