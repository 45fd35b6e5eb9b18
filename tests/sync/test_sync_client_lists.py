"""Lists that change while they are read: nothing is missed, or it is said."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from dataflow.sync.clients.invoiced import Invoiced
from dataflow.sync.record_types import CUSTOMER, ITEM, Kind
from tests.sync.world import connected, read_list

PAGE = 2


class Account:
    """One list, latest change first, cut into pages of two by position.

    `between` is called after each page with the number of calls made so far.
    """

    def __init__(self, times: dict[int, int], *, by_id: bool = False) -> None:
        self.times = times
        self.by_id = by_id
        self.between: Callable[[int], None] = lambda _calls: None
        self.hidden: set[int] = set()
        self.calls = 0

    def client(self) -> Invoiced:
        """Return a client of this account."""
        return Invoiced.over(connected(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        start = PAGE * (int(request.url.params["page"]) - 1)
        ids = sorted(self.times, key=lambda x: (0 if self.by_id else -self.times[x], x))
        shown = [x for x in ids[start : start + PAGE] if x not in self.hidden]
        more = start + PAGE < len(ids)
        answer = httpx.Response(
            200,
            json=[{"id": one, "updated_at": self.times[one]} for one in shown],
            headers={
                "x-total-count": str(len(ids)),
                "link": '<http://a>; rel="next"' if more else '<http://a>; rel="last"',
            },
        )
        self.between(self.calls)
        return answer


def four() -> Account:
    """Return an account of four records, changed one after the other."""
    return Account({1: 10, 2: 20, 3: 30, 4: 40})


@pytest.mark.parametrize(
    ("kind", "sort"), [(CUSTOMER, "updated_at desc"), (ITEM, "id asc")]
)
def test_the_latest_change_comes_first(kind: Kind, sort: str) -> None:
    """What is edited meanwhile moves to a page that the next run looks at."""
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.params["sort"])
        return httpx.Response(200, json=[])

    read_list(Invoiced.over(connected(handle)), kind)

    assert [sort] == seen


def test_an_edit_meanwhile_is_later_than_the_reach() -> None:
    """The reach is the latest time on the first page, whatever later pages say."""
    account = four()

    def edit(calls: int) -> None:
        if calls == 1:
            account.times |= {1: 50, 3: 60}

    account.between = edit

    assert 40 == read_list(account.client(), CUSTOMER)[1].cursor


def test_a_quiet_list_costs_one_call_more() -> None:
    """Where the first page still is what it was, nothing has slipped through."""
    account = four()
    read_list(account.client(), CUSTOMER)

    assert 2 + 1 == account.calls


def test_a_list_of_one_page_costs_one_call() -> None:
    """One answer is of one moment."""
    account = Account({1: 10, 2: 20})
    read_list(account.client(), CUSTOMER)

    assert 1 == account.calls


def test_a_deletion_hidden_by_a_creation_makes_nothing_slip() -> None:
    """As many records as announced may still be the wrong ones."""
    account = four()

    def replace(calls: int) -> None:
        if calls == 1:
            del account.times[4]
            account.times[5] = 5

    account.between = replace
    records, _ = read_list(account.client(), CUSTOMER)

    assert {1, 2, 3} <= {record["id"] for record in records}


def test_items_are_read_once() -> None:
    """All items are read in every run, so a second reading in one run is wasted."""
    account = Account({n: n for n in range(1, 7)}, by_id=True)
    read_list(account.client(), ITEM)

    assert 3 == account.calls


def test_the_cursor_is_the_time_of_the_first_page() -> None:
    """The next run starts at the time of the reading, by the clock of the vendor."""

    def handle(request: httpx.Request) -> httpx.Response:
        minute = request.url.params["page"]
        return httpx.Response(
            200,
            json=[{"id": int(minute), "updated_at": 10}],
            headers={
                "date": f"Thu, 01 Jan 1970 00:0{minute}:00 GMT",
                "link": '<http://a>; rel="next"' if minute == "1" else "",
            },
        )

    _, listed = read_list(Invoiced.over(connected(handle)), CUSTOMER)

    assert 60 == listed.cursor


def test_edits_do_not_keep_a_list_from_being_read() -> None:
    """On a busy account the second reading finds nothing old, and that is enough."""
    account = four()

    def edit(calls: int) -> None:
        account.times[4] = 100 + calls

    account.between = edit
    records, listed = read_list(account.client(), CUSTOMER)

    assert (4, 40) == (len(records), listed.cursor)


def test_a_list_that_stays_short_has_no_reach() -> None:
    """Fewer records than announced, each time: the next run must not start later."""
    account = four()
    account.hidden = {2}
    records, listed = read_list(account.client(), CUSTOMER)

    assert (3, None) == (len(records), listed.cursor)


def test_a_list_that_never_holds_still_has_no_reach() -> None:
    """New old records at every reading mean that others may have been missed."""
    account = four()

    def shuffle(calls: int) -> None:
        account.times[100 + calls] = 1

    account.between = shuffle

    assert read_list(account.client(), CUSTOMER)[1].cursor is None
