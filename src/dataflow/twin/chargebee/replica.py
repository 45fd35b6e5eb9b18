"""What lists are made of: the tables themselves, or copies that lag behind them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import partial

from dataflow.twin.chargebee.agenda import Agenda
from dataflow.twin.chargebee.records import Record
from dataflow.twin.chargebee.tables import Kind, Table


class Replica:
    """Copies of tables, which learn of each write after a lag.

    Without a lag there are no copies, and nothing is paid for them.
    """

    def __init__(self, tables: Mapping[str, Table], agenda: Agenda) -> None:
        self._tables = tables
        self._agenda = agenda
        self._copies: dict[str, Table] | None = None
        self._latest = 0

    def table(self, kind: Kind, lag: float) -> Table:
        """Return what a list of this kind is made of."""
        self._follow(lag)
        return (self._copies or self._tables)[kind.name]

    def before(self, lag: float) -> None:
        """Take the copies, if there is a lag, before something is written."""
        self._follow(lag)

    def added(self, kind: Kind, number: int, record: Record, moment: float) -> None:
        """Let the copies learn of a new record at a moment, in milliseconds."""
        if self._copies is not None:
            table = self._copies[kind.name]
            self._later(moment, partial(table.add, number, record))

    def replaced(self, kind: Kind, record: Record, moment: float) -> None:
        """Let the copies learn of a change at a moment, in milliseconds."""
        if self._copies is not None:
            self._later(moment, partial(self._copies[kind.name].replace, record))

    def _follow(self, lag: float) -> None:
        if lag <= 0:
            self._copies = None
        elif self._copies is None:
            self._copies = copy.deepcopy(dict(self._tables))

    def _later(self, moment: float, action: partial[None]) -> None:
        # A lag that gets shorter must not let an older version come last.
        self._latest = max(self._latest, round(moment))
        self._agenda.add(self._latest, action)
