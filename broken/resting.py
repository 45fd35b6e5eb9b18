"""Broken syncs that never come to rest, where only some records are unlike others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from broken.api import RefusedError
from broken.entries import broken
from broken.manners import Counts, Remembers, scribble
from broken.plain import KINDS


class Numbers(Remembers, Counts):
    """Writes the number of each run into the metadata of records of Invoiced."""

    def run(self) -> None:
        """Count the runs in Invoiced."""
        super().run()
        for kind, key in self.numbered():
            number = {"metadata": {"run": str(self.number)}}
            with suppress(RefusedError):
                self.invoiced.edit(KINDS[kind], key, number)

    def numbered(self) -> Iterator[tuple[str, str]]:
        """Yield kind and id of those records."""
        raise NotImplementedError


@broken("echoes for ever", "invoices-order.every.draft")
class EchoesOnDrafts(Numbers):
    """Every run writes something new on every draft."""

    def numbered(self) -> Iterator[tuple[str, str]]:
        """Yield the drafts."""
        for key, invoice in self.here["orders"].items():
            if invoice["draft"]:
                yield "orders", key


@broken("echoes for ever", "invoices-order.every.of-a-company")
class EchoesOnCompanies(Numbers):
    """Every run writes something new on every company's invoice."""

    def numbered(self) -> Iterator[tuple[str, str]]:
        """Yield the invoices that are nobody's who is served."""
        for key, invoice in self.here["orders"].items():
            if not self.is_persons(invoice):
                yield "orders", key


@broken("echoes for ever", "invoices-order.kept.paid")
class EchoesOnThePaid(Remembers, Counts):
    """Every run writes something new on the order of every invoice that is paid."""

    def run(self) -> None:
        """Count the runs in Chargebee."""
        super().run()
        for kind, key in self.known():
            if kind == "orders" and self.here[kind].get(key, {}).get("paid"):
                scribble(self, kind, key, str(self.number))


@broken("echoes for ever", "*.kept.deleted-in-chargebee")
class EchoesOnTheBereft(Numbers):
    """Every run writes something new on a record whose counterpart is gone."""

    def numbered(self) -> Iterator[tuple[str, str]]:
        """Yield those that had one."""
        for kind, key in self.known():
            if self.pairs[kind][key]["id"] not in self.there[kind]:
                yield kind, key
