"""Starts the reference sync in this process: the one place where the harness meets it.

It gets what any other program would get, its environment, and answers as one would:
with a status and some lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dataflow.checklist.features import WrittenFeature
from dataflow.errors import DataflowError
from dataflow.harness.syncs import Run
from dataflow.reference import FlowSpec, run_once, settings_from


class ReferenceSync:
    """The project's own sync, run once each time it is asked to."""

    tries = 3

    def __init__(
        self, features: Sequence[WrittenFeature], settings: Mapping[str, object]
    ) -> None:
        self._flows = [flow_of(feature) for feature in features]
        self._settings = settings_from(settings)

    def run(self, environment: Mapping[str, str]) -> Run:
        """Let it work once."""
        try:
            outcome = run_once(environment, self._flows, self._settings)
        except DataflowError as error:
            return Run(error.status, str(error))
        return Run(outcome.status, "\n".join(outcome.lines()))


def flow_of(feature: WrittenFeature) -> FlowSpec:
    """Return what a section asks of the sync, in the document's own names."""
    rows = tuple(
        (row.left, row.right, row.type) for row in feature.properties if row.is_pair
    )
    return FlowSpec(left=feature.left, right=feature.right, properties=rows)
