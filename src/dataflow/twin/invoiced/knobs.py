"""What somebody can make happen inside of the Invoiced twin, by name."""

from __future__ import annotations

from collections.abc import Mapping

from dataflow.twin.invoiced.twin import InvoicedTwin
from dataflow.twin.knobs import Knob, bumping, merging


def knobs_of(twin: InvoicedTwin) -> Mapping[str, Knob]:
    """Return the knobs: `bump` takes `kind` and `id`, `merge` takes `from` and `to`.

    They raise `ControlError` for wrong arguments, and `NothingToControlError`.
    """
    return {"bump": bumping(twin.bump), "merge": merging(twin.merge)}
