"""Invoiced: the states of an invoice, and what each of them refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.invoiced.account import Account, refused


@pytest.mark.unconfirmed("invoiced.invoice.issued-at-once")
def test_a_new_invoice_is_issued(account: Account) -> None:
    """An invoice is issued at once unless it is sent as a draft."""
    made = account.invoice()

    assert (False, "not_sent") == (made["draft"], made["status"])


@pytest.mark.documented
def test_a_draft_is_a_draft(account: Account) -> None:
    """An invoice that is sent as a draft has the status draft."""
    assert "draft" == account.invoice(draft=True)["status"]


@pytest.mark.documented
def test_a_draft_can_be_issued(account: Account) -> None:
    """A draft that is no longer one has been issued."""
    made = account.invoice(draft=True)
    made.save(draft=False)

    assert "not_sent" == account.read(made)["status"]


@pytest.mark.unconfirmed("invoiced.invoice.draft-once")
def test_an_issued_invoice_is_no_draft_again(account: Account) -> None:
    """An issued invoice cannot become a draft."""
    made = account.invoice()

    assert (400, "draft") == refused(lambda: made.save(draft=True))


@pytest.mark.documented
def test_an_invoice_can_be_marked_as_sent(account: Account) -> None:
    """An invoice that was marked as sent has the status sent."""
    made = account.invoice()
    made.save(sent=True)

    assert "sent" == account.read(made)["status"]


@pytest.mark.unconfirmed("invoiced.invoice.past-due")
def test_an_invoice_is_past_due(
    account: Account, later: Callable[[float], None]
) -> None:
    """An open invoice whose due date is over is past due."""
    made = account.invoice()
    made.save(due_date=made["created_at"] + 1)
    later(3)

    assert "past_due" == account.read(made)["status"]


@pytest.mark.unconfirmed("invoiced.invoice.zero-total")
def test_an_invoice_over_nothing_is_paid(account: Account) -> None:
    """An issued invoice over nothing is at once paid and closed."""
    made = account.invoice(items=[])

    assert ("paid", True, True) == (made["status"], made["paid"], made["closed"])


@pytest.mark.unconfirmed("invoiced.invoice.paid")
def test_a_paid_invoice_is_not_deleted(account: Account) -> None:
    """A paid invoice cannot be deleted."""
    assert (400, "voided") == refused(account.invoice(items=[]).delete)


@pytest.mark.unconfirmed("invoiced.invoice.paid")
def test_a_paid_invoice_is_not_voided(account: Account) -> None:
    """A paid invoice cannot be voided."""
    assert (400, None) == refused(account.invoice(items=[]).void)


# Closed


@pytest.mark.documented
def test_an_invoice_can_be_closed(account: Account) -> None:
    """An open invoice can be closed."""
    made = account.invoice()
    made.save(closed=True)

    assert account.read(made)["closed"] is True


@pytest.mark.unconfirmed
def test_a_closed_invoice_keeps_its_status(account: Account) -> None:
    """An invoice that was closed keeps the status that it had."""
    made = account.invoice()
    made.save(closed=True)

    assert "not_sent" == account.read(made)["status"]


@pytest.mark.unconfirmed("invoiced.invoice.closed")
def test_a_closed_invoice_refuses_edits(account: Account) -> None:
    """A closed invoice refuses an edit of its notes."""
    made = account.invoice()
    made.save(closed=True)

    assert (400, "closed") == refused(lambda: made.save(notes="Late"))


@pytest.mark.unconfirmed("invoiced.invoice.closed")
def test_an_edit_can_reopen(account: Account) -> None:
    """A closed invoice takes an edit that reopens it."""
    made = account.invoice()
    made.save(closed=True)
    made.save(closed=False, notes="Late")

    assert "Late" == account.read(made)["notes"]


@pytest.mark.unconfirmed
def test_a_closed_invoice_can_be_deleted(account: Account) -> None:
    """A closed invoice that nothing was paid on can be deleted."""
    made = account.invoice()
    made.save(closed=True)
    number = made["id"]
    made.delete()

    assert 404 == refused(lambda: account.sdk.Invoice.retrieve(number))[0]


# Voided


@pytest.mark.documented("invoiced.invoice.void")
@pytest.mark.parametrize(
    ("key", "value"), [("status", "voided"), ("balance", 0), ("paid", False)]
)
def test_a_voided_invoice_shows(key: str, value: object, account: Account) -> None:
    """A voided invoice stays, and shows that it is void."""
    made = account.invoice()
    made.void()

    assert value == account.read(made)[key]


@pytest.mark.unconfirmed
@pytest.mark.parametrize("key", ["url", "pdf_url", "payment_url"])
def test_a_voided_invoice_has_no_address(key: str, account: Account) -> None:
    """A voided invoice shows no addresses."""
    made = account.invoice()
    made.void()

    assert account.read(made)[key] is None


@pytest.mark.unconfirmed
def test_a_voided_invoice_is_listed(account: Account) -> None:
    """A voided invoice stays in the list."""
    made = account.invoice()
    made.void()
    listed = account.listed("Invoice", filter={"customer": made["customer"]})

    assert [made["id"]] == listed


@pytest.mark.unconfirmed("invoiced.invoice.voided")
def test_a_voided_invoice_refuses_edits(account: Account) -> None:
    """A voided invoice refuses an edit of its notes."""
    made = account.invoice()
    made.void()

    assert (400, "voided") == refused(lambda: made.save(notes="Late"))


@pytest.mark.unconfirmed("invoiced.invoice.void-twice")
def test_an_invoice_is_voided_once(account: Account) -> None:
    """A voided invoice cannot be voided again."""
    made = account.invoice()
    made.void()

    assert (400, None) == refused(made.void)


@pytest.mark.unconfirmed("invoiced.invoice.customer-immutable")
def test_the_customer_is_refused_before_the_void(account: Account) -> None:
    """A PATCH of a voided invoice's customer is refused for the customer."""
    made, other = account.invoice(), account.customer()["id"]
    made.void()

    assert (400, "customer") == refused(lambda: made.save(customer=other))


@pytest.mark.unconfirmed
def test_a_void_bumps(account: Account, later: Callable[[float], None]) -> None:
    """A void moves updated_at."""
    made = account.invoice()
    before = made["updated_at"]
    later(2)
    made.void()

    assert before < account.read(made)["updated_at"]


@pytest.mark.documented
def test_an_invoice_can_be_deleted(account: Account) -> None:
    """A deleted invoice answers 404."""
    made = account.invoice()
    number = made["id"]
    made.delete()

    assert 404 == refused(lambda: account.sdk.Invoice.retrieve(number))[0]
