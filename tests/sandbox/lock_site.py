"""A site of customers alone, whose calls from several threads have a given order."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from email.utils import formatdate
from typing import Any, TypeAlias, cast

from dataflow.errors import NotFoundError, VendorRefusedError
from dataflow.record_types.model import CUSTOMER, Kind
from dataflow.vendors.chargebee import ChargebeeSite

#: Wraps each call of a thread.
Turn: TypeAlias = Callable[[], AbstractContextManager[None]]
Record: TypeAlias = dict[str, Any]

START = 1_767_603_600


class Customers:
    """The customers of a site, which outlive the runs; `now` is its time.

    With `frees_ids`, the id of a deleted customer can be used again.
    """

    def __init__(self, *, frees_ids: bool = False) -> None:
        self.records: dict[str, Record] = {}
        self.frees_ids = frees_ids
        self.now = START


class LockSite(ChargebeeSite):
    """The site of one run; each call is made within a `turn`.

    Without `sends_date`, no answer contains the time. Lists omit the latest customers,
    `lags` of them.
    """

    def __init__(
        self, customers: Customers, turn: Turn = nullcontext, *, sends_date: bool = True
    ) -> None:
        self.customers = customers
        self.sends_date = sends_date
        self.lags = 0
        self.calls: list[str] = []
        self.headers = {}
        self.turn = turn

    def create(self, kind: Kind, values: Mapping[str, object]) -> Record:
        """Create a customer, unless its id is in use."""
        with self._called("create", kind) as records:
            key = str(values.get("id") or "") or f"generated-{len(records)}"
            if key in records:
                message = f"id: {key} is already present."
                raise VendorRefusedError("Chargebee", 400, message)
            created = {"id": key, "created_at": self.customers.now, "deleted": False}
            records[key] = created
            return self._written(created, values)

    def edit(self, kind: Kind, record_id: str, values: Mapping[str, object]) -> Record:
        """Change a customer that is not deleted."""
        with self._called("edit", kind) as records:
            return self._written(_find(records, record_id), values)

    def delete(self, kind: Kind, record_id: str) -> None:
        """Delete a customer."""
        with self._called("delete", kind) as records:
            _find(records, record_id)["deleted"] = True
            if self.customers.frees_ids:
                del records[record_id]

    def find(self, kind: Kind, record_id: str) -> Record | None:
        """Return a customer, or None."""
        with self._called("find", kind) as records:
            return dict(records[record_id]) if record_id in records else None

    def list_records(self, kind: Kind, **filters: object) -> dict[str, Record]:
        """Return the customers whose ids begin so, except the latest."""
        with self._called("list", kind) as records:
            shown = list(records)[: len(records) - self.lags]
            first = cast("Mapping[str, str]", filters["id"])["starts_with"]
            return {key: dict(records[key]) for key in shown if key.startswith(first)}

    @contextmanager
    def _called(self, name: str, kind: Kind) -> Iterator[dict[str, Record]]:
        assert kind is CUSTOMER
        with self.turn():
            self.calls.append(name)
            yield self.customers.records
            date = formatdate(self.customers.now, usegmt=True)
            self.headers = {"date": date} if self.sends_date else {}

    def _written(self, record: Record, values: Mapping[str, object]) -> Record:
        record["updated_at"] = self.customers.now
        if "meta_data" in values:
            record["meta_data"] = json.loads(str(values["meta_data"]))
        return dict(record)


def _find(records: dict[str, Record], record_id: str) -> Record:
    if record_id not in records or records[record_id]["deleted"]:
        raise NotFoundError("Chargebee", 404, "Sorry, we couldn't find that resource")
    return records[record_id]


class Order:
    """Lets several threads make their calls in one order, letter by letter.

    Each thread has a letter. The letters of a thread that has ended are skipped; after
    the last letter, the threads continue in any order.
    """

    def __init__(self, letters: Iterable[str]) -> None:
        self._letters = list(letters)
        self._ended: set[str] = set()
        self._change = threading.Condition()

    def turn(self, letter: str) -> Turn:
        """Return the turn of the thread with this letter."""

        @contextmanager
        def wait() -> Iterator[None]:
            with self._change:
                self._change.wait_for(lambda: self._next() in {letter, None}, 10)
                try:
                    yield
                finally:
                    del self._letters[:1]
                    self._change.notify_all()

        return wait

    def end(self, letter: str) -> None:
        """Skip the letters of this thread from now on."""
        with self._change:
            self._ended.add(letter)
            self._change.notify_all()

    def _next(self) -> str | None:
        while self._letters and self._letters[0] in self._ended:
            self._letters.pop(0)
        return self._letters[0] if self._letters else None


def run_in_order(
    letters: Iterable[str], **functions: Callable[[Order], object]
) -> dict[str, Any]:
    """Run functions in threads, with their calls in this order.

    Returns the result of each, or the class of the error that it raised.
    """
    order, results = Order(letters), dict[str, Any]()

    def run(letter: str, function: Callable[[Order], object]) -> None:
        try:
            results[letter] = function(order)
        except Exception as error:  # noqa: BLE001 - it is the result
            results[letter] = type(error)
        finally:
            order.end(letter)

    threads = [threading.Thread(target=run, args=each) for each in functions.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
