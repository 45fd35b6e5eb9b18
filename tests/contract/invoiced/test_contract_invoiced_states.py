"""Invoiced: the states of an invoice, and what each of them refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import Account, Record, refused

unconfirmed, documented = pytest.mark.unconfirmed, pytest.mark.documented
PAID = unconfirmed("invoiced.invoice.paid")


def closed(account: Account) -> Record:
    """Return an invoice that was closed."""
    made = account.invoice()
    made.save(closed=True)
    return made


def voided(account: Account) -> Record:
    """Return an invoice that was voided."""
    made = account.invoice()
    made.void()
    return made


def paid(account: Account) -> Record:
    """Return an invoice over nothing, which is paid."""
    return account.invoice(items=[])


def draft(account: Account) -> Record:
    """Return a draft."""
    return account.invoice(draft=True)


Make = Callable[[Account], Record]


@cases(
    "make, expected",
    {
        "issued": (
            Account.invoice,
            ("not_sent", False, False, False),
            unconfirmed("invoiced.invoice.issued-at-once"),
        ),
        "draft": (draft, ("draft", True, False, False), documented),
        "paid": (
            paid,
            ("paid", False, True, True),
            unconfirmed("invoiced.invoice.zero-total"),
        ),
        "free-draft": (
            lambda account: account.invoice(items=[], draft=True),
            ("draft", True, False, False),
            unconfirmed,
        ),
        "closed": (closed, ("not_sent", False, False, True), unconfirmed),
        "voided": (
            voided,
            ("voided", False, False, False),
            documented("invoiced.invoice.void"),
        ),
    },
)
def test_an_invoice_has_a_state(
    make: Make, expected: tuple[object, ...], account: Account
) -> None:
    """An invoice over nothing is paid at once; a closed one keeps its status."""
    now = account.read(make(account))

    assert expected == tuple(now[key] for key in ("status", "draft", "paid", "closed"))


@pytest.mark.documented
@cases(
    "make, change, status",
    {
        "issue": (draft, {"draft": False}, "not_sent"),
        "send": (Account.invoice, {"sent": True}, "sent"),
    },
)
def test_a_state_can_be_edited(
    make: Make, change: Record, status: str, account: Account
) -> None:
    """A draft can be issued, and an invoice marked as sent, which shows as status."""
    made = make(account)
    made.save(**change)
    now = account.read(made)

    assert (status, False) == (now["status"], "sent" in now)


@pytest.mark.unconfirmed("invoiced.invoice.past-due")
def test_an_invoice_is_past_due(
    account: Account, later: Callable[[float], None]
) -> None:
    """An open invoice whose due date is over is past due a while later."""
    made = account.invoice()
    made.save(due_date=made["created_at"] + 1)
    later(63)

    assert "past_due" == account.read(made)["status"]


@pytest.mark.unconfirmed("invoiced.invoice.past-due")
def test_an_invoice_is_not_past_due_at_once(
    account: Account, later: Callable[[float], None]
) -> None:
    """An open invoice stays as it is until a job marks it, not when it falls due."""
    later(61 - account.customer()["created_at"] % 60)
    made = account.invoice()
    made.save(due_date=made["created_at"] + 1)
    later(3)

    assert "not_sent" == account.read(made)["status"]


@pytest.mark.unconfirmed("invoiced.invoice.past-due")
def test_an_edit_notes_a_due_date_that_has_passed(
    account: Account, later: Callable[[float], None]
) -> None:
    """An edit of an invoice whose due date is over makes it past due at once."""
    made = account.invoice()
    made.save(due_date=made["created_at"] + 1)
    later(3)
    made.save(notes="Late")

    assert "past_due" == made["status"]


@cases(
    "make, attempt, param",
    {
        "draft-again": (
            Account.invoice,
            lambda made: made.save(draft=True),
            "draft",
            unconfirmed("invoiced.invoice.draft-once"),
        ),
        "edit-paid": (
            paid,
            lambda made: made.save(name="Other"),
            "closed",
            unconfirmed("invoiced.invoice.closed"),
        ),
        "delete-paid": (paid, lambda made: made.delete(), "voided", PAID),
        "void-paid": (paid, lambda made: made.void(), None, PAID),
        "edit-closed": (
            closed,
            lambda made: made.save(notes="Late"),
            "closed",
            unconfirmed("invoiced.invoice.closed"),
        ),
        "edit-voided": (
            voided,
            lambda made: made.save(notes="Late"),
            "voided",
            unconfirmed("invoiced.invoice.voided"),
        ),
        "reopen-voided": (
            voided,
            lambda made: made.save(closed=False),
            "voided",
            unconfirmed("invoiced.invoice.voided"),
        ),
        "void-voided": (
            voided,
            lambda made: made.void(),
            None,
            unconfirmed("invoiced.invoice.void-twice"),
        ),
    },
)
def test_a_state_refuses(
    make: Make, attempt: Callable[[Record], object], param: str | None, account: Account
) -> None:
    """What the state of an invoice does not allow answers 400."""
    assert (400, param) == refused(attempt, make(account))


@pytest.mark.unconfirmed("invoiced.invoice.closed")
def test_an_edit_can_reopen(account: Account) -> None:
    """A closed invoice takes an edit that reopens it."""
    made = closed(account)
    made.save(closed=False, notes="Late")
    now = account.read(made)

    assert (False, "Late") == (now["closed"], now["notes"])


@cases(
    "make",
    {
        "issued": (Account.invoice, documented),
        "closed": (closed, unconfirmed),
        "draft": (draft, unconfirmed),
        "voided": (voided, unconfirmed),
    },
)
def test_an_unpaid_invoice_can_be_deleted(make: Make, account: Account) -> None:
    """An invoice that nothing was paid on can be deleted, and answers 404."""
    made = make(account)
    number = made["id"]
    made.delete()

    assert (404, None) == refused(account.sdk.Invoice.retrieve, number)


# Voided


@pytest.mark.documented("invoiced.invoice.void")
def test_a_voided_invoice_stays(
    account: Account, later: Callable[[float], None]
) -> None:
    """A voided invoice is listed, with no balance and no addresses, and is bumped."""
    made = account.invoice()
    before = dict(made)
    later(2)
    made.void()
    (now,), _ = account.sdk.Invoice.list(filter={"customer": made["customer"]})
    addresses = dict.fromkeys(("url", "pdf_url", "payment_url"))
    changed = {"balance": 0, "status": "voided", "updated_at": now["updated_at"]}

    assert before | addresses | changed == now
    assert before["updated_at"] < now["updated_at"]
