"""States of the Invoiced twin's invoices, and what each of them refuses."""

from __future__ import annotations

from typing import Any

import invoiced
import pytest

from dataflow.twin.clock import START, ManualClock
from tests.twin.invoiced.calling import Raw, refused

DAY = 86_400


def test_an_unpaid_invoice_becomes_past_due(
    invoiced_client: invoiced.Client,
    invoiced_clock: ManualClock,
    invoice: Any,  # noqa: ANN401
) -> None:
    """An open invoice is past due from the second after its due date."""
    invoice.save(due_date=START + 5)
    statuses = []
    for _ in range(2):
        invoiced_clock.advance(5)
        statuses.append(invoiced_client.Invoice.retrieve(invoice["id"])["status"])

    assert ["not_sent", "past_due"] == statuses


def test_an_invoice_can_be_marked_as_sent(invoice: Any) -> None:  # noqa: ANN401
    """`sent` is written, and read back as the status alone."""
    invoice.save(sent=True)

    assert (False, "sent") == ("sent" in invoice, invoice["status"])


def test_a_draft_is_a_draft(draft: dict[str, Any]) -> None:
    """A draft has the status of one."""
    assert "draft" == draft["status"]


def test_a_draft_can_be_issued(draft: Any) -> None:  # noqa: ANN401
    """A PATCH issues a draft."""
    draft.save(draft=False)

    assert "not_sent" == draft["status"]


def test_an_issued_invoice_is_no_draft_again(invoice: Any) -> None:  # noqa: ANN401
    """A PATCH of an issued invoice to a draft answers 400, param draft."""
    assert (400, "draft") == refused(lambda: invoice.save(draft=True))


def test_nothing_to_pay_is_paid_and_closed(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """An invoice over nothing is created paid and closed."""
    invoice = invoiced_client.Invoice.create(customer=customer["id"])

    states = [invoice[key] for key in ("status", "paid", "closed")]
    assert ["paid", True, True] == states


def test_a_draft_over_nothing_is_not_paid(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """A draft over nothing stays an open draft."""
    invoice = invoiced_client.Invoice.create(customer=customer["id"], draft=True)

    states = [invoice[key] for key in ("status", "paid", "closed")]
    assert ["draft", False, False] == states


def test_a_paid_invoice_refuses_edits(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """A paid invoice is closed, and refuses edits as such."""
    invoice = invoiced_client.Invoice.create(customer=customer["id"])

    assert (400, "closed") == refused(lambda: invoice.save(name="Other"))


def test_a_paid_invoice_cannot_be_deleted(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """A paid invoice refuses to be deleted, param voided."""
    invoice = invoiced_client.Invoice.create(customer=customer["id"])

    assert (400, "voided") == refused(invoice.delete)


def test_a_paid_invoice_cannot_be_voided(
    invoiced_client: invoiced.Client, customer: dict[str, Any]
) -> None:
    """A paid invoice refuses to be voided, without a param."""
    invoice = invoiced_client.Invoice.create(customer=customer["id"])

    assert (400, None) == refused(invoice.void)


def test_a_closed_invoice_refuses_edits(invoice: Any) -> None:  # noqa: ANN401
    """A PATCH of a closed invoice answers 400, param closed."""
    invoice.save(closed=True)

    assert (400, "closed") == refused(lambda: invoice.save(name="Other"))


def test_a_closed_invoice_keeps_its_status(invoice: Any) -> None:  # noqa: ANN401
    """There is no status for a closed invoice."""
    invoice.save(closed=True)

    assert "not_sent" == invoice["status"]


def test_a_closed_invoice_can_be_reopened_and_edited(
    invoice: Any,  # noqa: ANN401
) -> None:
    """A PATCH that reopens a closed invoice can edit it too."""
    invoice.save(closed=True)
    invoice.save(closed=False, name="Other")

    assert (False, "Other") == (invoice["closed"], invoice["name"])


@pytest.mark.parametrize("state", ["closed", "draft"])
def test_an_unpaid_invoice_can_be_deleted(
    invoice: Any,  # noqa: ANN401
    draft: Any,  # noqa: ANN401
    state: str,
) -> None:
    """A closed invoice or a draft that nothing was paid on can be deleted."""
    invoice.save(closed=True)

    assert {"closed": invoice, "draft": draft}[state].delete()


def test_a_voided_invoice_stays(
    invoiced_client: invoiced.Client,
    invoiced_clock: ManualClock,
    invoice: Any,  # noqa: ANN401
) -> None:
    """A voided invoice is read with its status, no balance and no addresses."""
    invoiced_clock.advance(5)
    invoice.void()

    read = invoiced_client.Invoice.retrieve(invoice["id"])
    expected = {
        "balance": 0,
        "number": "INV-00001",
        "paid": False,
        "payment_url": None,
        "pdf_url": None,
        "status": "voided",
        "total": 10,
        "updated_at": START + 5,
        "url": None,
    }
    assert expected == {key: read[key] for key in expected}


@pytest.mark.parametrize("change", [{"name": "Other"}, {"closed": False}])
def test_a_voided_invoice_refuses_edits(
    invoice: Any,  # noqa: ANN401
    change: dict[str, object],
) -> None:
    """A PATCH of a voided invoice answers 400, param voided."""
    invoice.void()

    assert (400, "voided") == refused(lambda: invoice.save(**change))


def test_a_voided_invoice_is_not_voided_again(invoice: Any) -> None:  # noqa: ANN401
    """A second void answers 400 without a param."""
    invoice.void()

    assert (400, None) == refused(invoice.void)


def test_a_voided_invoice_can_be_deleted(invoice: Any) -> None:  # noqa: ANN401
    """A voided invoice can be deleted."""
    invoice.void()

    assert invoice.delete()


def test_a_deleted_invoice_is_gone(
    invoiced_client: invoiced.Client,
    invoice: Any,  # noqa: ANN401
) -> None:
    """A deleted invoice answers 404, and so does its void."""
    path = f"/invoices/{invoice['id']}"
    invoice.delete()

    answers = [
        refused(lambda: invoiced_client.request("GET", path)),
        refused(lambda: invoiced_client.request("POST", f"{path}/void")),
    ]
    assert [(404, None), (404, None)] == answers


def test_an_empty_edit_of_a_voided_invoice_is_no_edit(
    invoiced_raw: Raw,
    invoice: Any,  # noqa: ANN401
) -> None:
    """A PATCH with an empty body answers 200 in any state."""
    invoice.void()

    answer = invoiced_raw("PATCH", f"/invoices/{invoice['id']}", json={})

    assert 200 == answer.status_code
