"""What somebody can make happen inside of the Chargebee twin, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dataflow.twin.arguments import Arguments
from dataflow.twin.chargebee.switches import Switches
from dataflow.twin.chargebee.twin import ChargebeeTwin
from dataflow.twin.knobs import Knob, bumping, merging
from dataflow.twin.wire import Json

#: `calls_per_minute` is none of them: the limit is a control of the edge.
_DURATIONS = ("list_lag", "order_delay", "customer_delete_delay")
_FLAGS = ("orders", "legacy_orders", "enabled_currencies_only", "without_orders")
_CHOICES = {"order_generation": ("paid", "unpaid"), "product_catalog": ("v2", "v1")}
_SWITCHES = (*_FLAGS, *_CHOICES, *_DURATIONS)


def knobs_of(twin: ChargebeeTwin) -> Mapping[str, Knob]:
    """Return the knobs: `bump` takes `kind` and `id`, `merge` takes `from` and `to`.

    `switches` sets those that are given, and answers all of them; seconds are in
    numbers. All raise `ControlError` for wrong arguments, `bump` and `merge`
    `NothingToControlError`, and then nothing has changed.
    """
    return {
        "bump": bumping(twin.bump),
        "merge": merging(twin.merge),
        "switches": partial(_switch, twin.switches),
    }


def _switch(switches: Switches, given: Arguments) -> Json:
    given.only(*_SWITCHES)
    wanted: dict[str, Json] = {
        **{name: given.duration(name) for name in _DURATIONS if name in given},
        **{name: given.flag(name) for name in _FLAGS if name in given},
        **{
            name: given.choice(name, *options)
            for name, options in _CHOICES.items()
            if name in given
        },
    }
    for name, value in wanted.items():
        setattr(switches, name, value)
    return {name: getattr(switches, name) for name in _SWITCHES}
