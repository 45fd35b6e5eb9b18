"""What the checklist asks of the reference sync: the two meet here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable

from dataflow.checklist.features import WrittenFeature
from dataflow.reference import FlowSpec


def flows_of(features: Iterable[WrittenFeature]) -> list[FlowSpec]:
    """Return each section in the document's own names, without unclear rows."""
    return [
        FlowSpec(
            left=feature.left,
            right=feature.right,
            properties=tuple(
                (row.left, row.right, row.type)
                for row in feature.properties
                if row.is_pair
            ),
        )
        for feature in features
    ]
