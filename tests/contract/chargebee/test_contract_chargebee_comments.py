"""Chargebee: comments on records."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.chargebee.site import Record, Site, refused, unknown, wrong


def comment(site: Site, record: Record, **params: object) -> Record:
    """Add a comment to a record."""
    sent = {"entity_type": record["object"], "entity_id": record["id"], "notes": "Ok"}
    made: Record = site.sdk.Comment.create({**sent, **params}).comment.raw_data
    return made


def listed(site: Site, **query: object) -> list[str]:
    """Return the ids of a page of comments."""
    return [row.comment.id for row in site.sdk.Comment.list(query).list]


@pytest.mark.sdk
@pytest.mark.parametrize("kind", ["customer", "invoice", "order", "item"])
def test_a_record_has_comments(kind: str, site: Site) -> None:
    """A comment names its record, and is found by it."""
    made = comment(site, site.make(kind), notes="Pays late")
    mine = {"entity_type": kind, "entity_id": made["entity_id"]}

    assert ([made["id"]], "Pays late") == (listed(site, **mine), made["notes"])


@pytest.mark.documented
def test_comments_show_the_newest_first(
    site: Site, later: Callable[[float], None]
) -> None:
    """A list of comments without sort_by shows the newest first."""
    customer = site.customer()
    ids = []
    for _ in range(2):
        ids.append(comment(site, customer)["id"])
        later(2)
    mine = {"entity_type": "customer", "entity_id": customer["id"]}

    assert ids[::-1] == listed(site, **mine)


@pytest.mark.sdk("chargebee.record.unknown")
def test_a_deleted_comment_is_gone(site: Site) -> None:
    """A deleted comment is in no list, and is not deleted again."""
    made = comment(site, site.customer())
    site.sdk.Comment.delete(made["id"])
    mine = {"entity_type": "customer", "entity_id": made["entity_id"]}

    assert [] == listed(site, **mine)
    assert unknown() == refused(site.sdk.Comment.delete, made["id"])


@pytest.mark.documented("chargebee.parameter.wrong-value")
def test_a_comment_needs_notes(site: Site) -> None:
    """A comment without notes is refused."""
    assert wrong("notes") == refused(comment, site, site.customer(), notes="")


@pytest.mark.documented("chargebee.parameter.wrong-value")
@pytest.mark.parametrize(
    ("param", "value"), [("entity_type", "shoe"), ("entity_id", "x" * 101)]
)
def test_a_list_of_comments_refuses_wrong_values(
    param: str, value: str, site: Site
) -> None:
    """An unknown type of record, and an id that is too long, are refused by name."""
    assert wrong(param) == refused(site.sdk.Comment.list, {param: value})
