"""Both vendors, empty, with the clients of the harness. Twins are the vendors."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dataflow.harness.scenario.factories import (
    CreatedRecord,
    RecordFactory,
    create_strangers,
)
from dataflow.harness.targets.twin import TwinTarget, serve_twins
from dataflow.record_types.model import Kind
from dataflow.sandbox.run_mark import Scope
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import Record, chargebee_client, invoiced_client
from dataflow.vendors.invoiced import InvoicedAccount


@dataclass(frozen=True)
class Both:
    """Both systems, and what the harness reads and writes them with."""

    target: TwinTarget
    account: InvoicedAccount
    site: ChargebeeSite
    factory: RecordFactory

    def create(
        self, noun: str, currency: str = "eur", **values: object
    ) -> CreatedRecord:
        """Create a record in Invoiced as a feature does."""
        return self.factory.create(noun, currency, values)

    def read(self, created: CreatedRecord) -> Record:
        """Return a record of Invoiced as it is now."""
        found = self.account.get(created.kind, created.id)
        assert found is not None
        return found

    def create_stranger(self, kind: Kind) -> Record:
        """Create a record in Chargebee, with those that it needs."""
        return create_strangers(self.site, kind, "Stranger 1", Scope("any"))[-1][1]


@contextmanager
def both_vendors() -> Iterator[Both]:
    """Serve both twins until the end of the block."""
    numbers = itertools.count(1)
    with serve_twins((0, 0)) as target:
        account = InvoicedAccount(invoiced_client(target.connection))
        site = ChargebeeSite(chargebee_client(target.connection))
        factory = RecordFactory(account, lambda word: f"{word} {next(numbers)}")
        yield Both(target, account, site, factory)
