"""A site of customers alone, in which every call waits for its turn."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeAlias, cast

from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.record_types.model import CUSTOMER, Kind
from dataflow.errors import VendorRefusedError

#: Goes around each call of a thread.
Turn: TypeAlias = Callable[[], AbstractContextManager[None]]

START = 1_767_603_600


class Customers:
    """The customers of a site, which outlive the runs; `now` is its time.

    With `frees_ids`, the id of a deleted customer can be used again.
    """

    def __init__(self, *, frees_ids: bool = False) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.frees_ids = frees_ids
        self.now = START


class LockSite(ChargebeeSite):
    """The site as one run sees it; each call is made within a `turn`.

    `says_time` tells whether its answers say what time it is, `lags` how many of the
    latest customers its lists do not show yet.
    """

    def __init__(
        self,
        customers: Customers,
        turn: Turn = nullcontext,
        *,
        says_time: bool = True,
    ) -> None:
        self.customers = customers
        self.says_time = says_time
        self.lags = 0
        self.calls: list[str] = []
        self._turn = turn

    def create(self, kind: Kind, values: Mapping[str, object]) -> dict[str, Any]:
        """Make a customer, unless its id is taken."""
        assert kind is CUSTOMER
        with self._called("create"):
            key = (
                str(values.get("id") or "")
                or f"generated-{len(self.customers.records)}"
            )
            if key in self.customers.records:
                raise VendorRefusedError("Chargebee", 400, f"id: {key} is already present.")
            now = self.customers.now
            record = {"id": key, "created_at": now, "deleted": False}
            self.customers.records[key] = record
            return dict(self._written(record, values))

    def edit(
        self, kind: Kind, record_id: str, values: Mapping[str, object]
    ) -> dict[str, Any]:
        """Change a customer that is not deleted."""
        assert kind is CUSTOMER
        with self._called("edit"):
            return dict(self._written(self._alive(record_id), values))

    def delete(self, kind: Kind, record_id: str) -> None:
        """Delete a customer."""
        assert kind is CUSTOMER
        with self._called("delete"):
            self._alive(record_id)["deleted"] = True
            if self.customers.frees_ids:
                del self.customers.records[record_id]

    def find(self, kind: Kind, record_id: str) -> dict[str, Any] | None:
        """Return a customer, or None."""
        assert kind is CUSTOMER
        with self._called("find"):
            found = self.customers.records.get(record_id)
            return None if found is None else dict(found)

    def listed(self, kind: Kind, **filters: object) -> dict[str, dict[str, Any]]:
        """Return those whose ids begin as asked, but for the latest."""
        assert kind is CUSTOMER
        with self._called("list"):
            records = self.customers.records
            shown = list(records)[: len(records) - self.lags]
            first = cast("Mapping[str, str]", filters["id"])["starts_with"]
            return {key: dict(records[key]) for key in shown if key.startswith(first)}

    @contextmanager
    def _called(self, name: str) -> Iterator[None]:
        with self._turn():
            self.calls.append(name)
            yield
            self.time = self.customers.now if self.says_time else None

    def _alive(self, record_id: str) -> dict[str, Any]:
        found = self.customers.records.get(record_id)
        if found is None or found["deleted"]:
            raise VendorRefusedError(
                "Chargebee", 404, "Sorry, we couldn't find that resource"
            )
        return found

    def _written(
        self, record: dict[str, Any], values: Mapping[str, object]
    ) -> dict[str, Any]:
        record["updated_at"] = self.customers.now
        if "meta_data" in values:
            record["meta_data"] = json.loads(str(values["meta_data"]))
        return record


class Order:
    """Lets several threads make their calls in one order, letter by letter.

    Each thread has a letter. Once it is done, its letters are passed over; once the
    letters are used up, the threads go on as they come.
    """

    def __init__(self, letters: Iterable[str]) -> None:
        self._letters = list(letters)
        self._done: set[str] = set()
        self._change = threading.Condition()

    def turn(self, letter: str) -> Turn:
        """Return what a thread makes each of its calls within."""

        @contextmanager
        def mine() -> Iterator[None]:
            with self._change:
                self._change.wait_for(lambda: self._next() in {letter, None}, 10)
                try:
                    yield
                finally:
                    del self._letters[:1]
                    self._change.notify_all()

        return mine

    def done(self, letter: str) -> None:
        """Pass over the letters of a thread from now on."""
        with self._change:
            self._done.add(letter)
            self._change.notify_all()

    def _next(self) -> str | None:
        while self._letters and self._letters[0] in self._done:
            self._letters.pop(0)
        return self._letters[0] if self._letters else None


def in_order(
    letters: Iterable[str], **works: Callable[[Order], object]
) -> dict[str, Any]:
    """Do several things at once, their calls in this order; return what came of each.

    What came of it is what it returned, or the class of the error that it raised.
    """
    order, results = Order(letters), dict[str, Any]()

    def work(letter: str, act: Callable[[Order], object]) -> None:
        try:
            results[letter] = act(order)
        except Exception as error:  # noqa: BLE001 - it is what came of it
            results[letter] = type(error)
        finally:
            order.done(letter)

    threads = [threading.Thread(target=work, args=each) for each in works.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
