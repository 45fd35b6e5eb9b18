"""What every kind of record offers to the routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dataflow.twin.invoiced.account import Account, Record
from dataflow.twin.invoiced.listing import Listing
from dataflow.twin.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """The five calls on one kind, and how its records go over the wire.

    A `delete` that leaves something returns what it left.
    """

    create: Callable[[Account, dict[str, Json]], Record]
    retrieve: Callable[[Account, str], Record]
    update: Callable[[Account, str, dict[str, Json]], Record]
    delete: Callable[[Account, str], Record | None]
    show: Callable[[Account, Record], Record]
    listing: Listing
