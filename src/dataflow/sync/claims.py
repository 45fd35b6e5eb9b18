"""Choosing among Chargebee records that may be one Invoiced record's counterpart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dataflow.mapping.paths import pick
from dataflow.sync.actions import Adopt
from dataflow.sync.identity import generation, is_made
from dataflow.sync.model import (
    Claim,
    Flow,
    Issue,
    Link,
    Links,
    Retired,
    Seen,
    Sort,
    Standing,
)


def choose(
    flow: Flow, links: Links, left: Seen, claims: Sequence[Claim]
) -> Adopt | Issue | None:
    """Return which record to adopt, an issue if nothing tells, or None without any.

    What the sync made has an id that says so; of several orders that it made, the
    newest took the place of the others. Anything else is not guessed.
    """
    sure = _sure(flow, links, left, claims)
    standing = _standing(sure)
    own = sorted((one for one in standing if one.made), key=_generation)
    if own and flow.kind.replaceable and len(own) == len(standing):
        return Adopt(left, own[-1].id, _replaced(sure, own[-1]))
    if len(standing) == 1:
        return Adopt(left, standing[0].id, _traces(flow, sure))
    if len(own) == 1:
        return Adopt(left, own[0].id)
    doubtful = [x for x in claims if x.mark is None and x.standing is not Standing.GONE]
    if not standing and doubtful:
        return _doubtful(left, doubtful[0])
    return _several(left.id, standing) if standing else None


def rivals(
    flow: Flow, links: Links, pair: tuple[Link, Seen, Seen], claims: Sequence[Claim]
) -> tuple[list[Retired], list[Issue]]:
    """Return what else claims to be the counterpart of a record that has one.

    Older orders, made by the sync like the linked one, were replaced; of any others
    nothing tells whether they or the linked record count.
    """
    link, left, right = pair
    awaited = {one.right_id for one in links.retired(flow.kind.name, link.left_id)}
    live = [
        one
        for one in _sure(flow, links, left, claims)
        if one.standing is Standing.LIVE and one.id not in {*awaited, link.right_id}
    ]
    older = [one for one in live if _is_older(flow, one, link, right)]
    others = [one for one in live if one not in older]
    issues = [_several(link.left_id, others, link.right_id)] if others else []
    return [_retired(one) for one in older], issues


def _sure(flow: Flow, links: Links, left: Seen, claims: Iterable[Claim]) -> list[Claim]:
    customer = pick(left.record, flow.kind.stands_on) if flow.kind.stands_on else None
    customer_id = links.right_of("customer", str(customer))
    return [one for one in claims if one.is_sure(customer_id)]


def _standing(claims: list[Claim]) -> list[Claim]:
    live = [one for one in claims if one.standing is Standing.LIVE]
    return live or [one for one in claims if one.standing is Standing.ENDED]


def _replaced(sure: list[Claim], newest: Claim) -> tuple[Retired, ...]:
    """Return the orders that the newest has replaced, dead or alive."""
    older = [x for x in sure if x.made and _generation(x) < _generation(newest)]
    gone = [x for x in sure if x.made and x.standing is Standing.GONE]
    both = {one.id: one for one in (*older, *gone) if one.id != newest.id}
    return tuple(_retired(one) for one in sorted(both.values(), key=_generation))


def _traces(flow: Flow, sure: list[Claim]) -> tuple[Retired, ...]:
    """Return the deleted orders that the sync made: something may be left of them."""
    gone = [x for x in sure if x.made and x.standing is Standing.GONE]
    return tuple(_retired(one) for one in gone) if flow.kind.replaceable else ()


def _is_older(flow: Flow, one: Claim, link: Link, right: Seen) -> bool:
    both = one.made and is_made(flow.kind, right.record, link.left_id)
    older = _generation(one) < generation(link.left_id, link.right_id)
    return flow.kind.replaceable and both and older


def _generation(claim: Claim) -> int:
    return generation(claim.left_id, claim.id)


def _retired(claim: Claim) -> Retired:
    return Retired(claim.left_id, claim.id, claim.invoice_id)


def _several(left_id: str, claims: Iterable[Claim], *linked: str) -> Issue:
    found = tuple(one.id for one in claims)
    return Issue(
        left_id,
        Sort.CONTESTED,
        f"{left_id} has several counterparts in Chargebee"
        f" ({', '.join((*linked, *found))}): delete all but the right one.",
        about=found,
    )


def _doubtful(left: Seen, claim: Claim) -> Issue:
    return Issue(
        left.id,
        Sort.CONTESTED,
        f"{left.id}: an order of this id is in Chargebee, and nothing tells whether it"
        f" belongs to it. Nothing was written: set the order's reference_id to"
        f" {left.id} if it does, and to anything else if it does not.",
        about=(claim.id,),
    )
