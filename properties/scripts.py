"""Scripts of what people do and what goes wrong: short, and about few records.

The steps of a round concern the same property of the same record, for bugs are where
edits meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import NamedTuple, TypeVar

from dataflow.twin.faults import FaultKind
from properties.log import FIXED
from properties.oracle import LEFT, RIGHT, SIDES
from properties.people import KINDS, Step

Part = TypeVar("Part")


class Round(NamedTuple):
    """Steps, a pause, one run in a kind of trouble, and steps before the sync rests.

    The trouble comes at the point, read or call with the number `at`; of the points,
    those at a `call` may count alone. A fault is of this `kind`, and meets a call to
    `vendor` by this `method`, or all calls if `at` is 0.
    """

    steps: tuple[Step, ...]
    pause: int
    trouble: str
    at: int
    call: str
    vendor: str
    kind: FaultKind
    method: str
    meanwhile: Step
    after: tuple[Step, ...]


class Script(NamedTuple):
    """Rounds after a first sync, and how both systems are: clocks, lists, deletions."""

    rounds: tuple[Round, ...]
    propagates: bool
    lags: bool
    ahead: tuple[str, int]


#: The number of scripts of a run.
SCRIPTS = 500

#: The seconds by which Chargebee's lists lag, if they do, and its clock is ahead.
LAG, AHEAD = 100, 30

#: The properties; orders need the most calls.
NAMES = (*KINDS, "currency")

#: Seconds between two steps: none, too few to order them, and enough.
GAPS = (0, 1, 2, 600, 600)

#: Seconds before a run: none, or more than any list is read again for.
PAUSES = (0, 40_000)

#: What happens to a record before a run; mostly edits.
WHATS = (
    *("edit",) * 10,
    *("edit another", "empty", "merge", "retype"),
    *("touch", "touch", "delete", "delete", "delete", "delete"),
)
AFTERWARDS = (
    *("edit", "edit", "edit", "revert", "revert"),
    *("touch", "delete", "delete", "delete"),
)

TROUBLES = (
    *("none", "none", "kill", "kill", "kill", "fault", "fault"),
    *("meanwhile", "meanwhile", "forget", "guard"),
)

#: Where a run is ended: at any point, or at such calls.
ENDS = ("", "", "POST ", "POST ", "PATCH ", "/import_", "/import_")

#: The most points of a run that is ended, reads to edit at, and calls to meet a fault:
#: any, or writes.
POINTS, READS, CALLS, WRITES = 40, 10, 10, 2

#: The kinds of faults that the sync meets. What is only slow is never noticed.
MET = tuple(kind for kind in FaultKind if kind is not FaultKind.SLOW)
OF_READS = {
    FaultKind.TRUNCATED_BODY,
    FaultKind.TRUNCATED_JSON,
    FaultKind.REPEATED_PAGE,
}

#: How the sync edits each side.
WRITING = {LEFT: "PATCH", RIGHT: "POST"}


def draw_script(seed: int) -> Script:
    """Return the script with this number."""
    random = Random(seed)  # noqa: S311 - no secret
    recipes = (_draw_round, _contest, _undo, _abandon, _delete_edited, _meet_fault)
    first = recipes[seed % len(recipes)](random)
    rounds = first, *(_draw_round(random) for _ in range(random.choice([0, 0, 1])))
    ahead = random.choice(SIDES), random.choice([0, 0, 0, AHEAD])
    return Script(rounds, random.random() < 0.5, random.random() < 0.2, ahead)


def _draw_round(random: Random) -> Round:
    name = random.choice(NAMES)
    is_new = random.random() < 0.2
    which = -1 if is_new else random.choice([0, 1, -1])
    sides = random.choice([SIDES, SIDES, (LEFT,), (RIGHT,)])

    def step(what: str) -> Step:
        side, later = random.choice(sides), random.choice(GAPS)
        return Step(what, name, side, which, later)

    steps = [step(random.choice(WHATS)) for _ in range(random.choice([1, 2, 2, 3]))]
    if is_new:
        steps.append(Step("create", name, which=random.randrange(3)))
    trouble, kind, vendor = (
        random.choice(("none", "kill", "fault") if is_new else TROUBLES),
        random.choice(MET),
        random.choice(SIDES),
    )
    method, call, numbers = "*", "", range(1, READS)
    if trouble == "fault":
        numbers = range(CALLS)
        if kind not in OF_READS and random.random() < 0.7:
            method, numbers = WRITING[vendor], range(WRITES)
    elif trouble == "kill":
        call = random.choice(ENDS)
        numbers = range(1, WRITES * 2 if call else POINTS)
    return Round(
        tuple(steps),
        random.choice(PAUSES),
        trouble,
        random.choice(numbers),
        call,
        vendor,
        kind,
        method,
        step("edit"),
        tuple(
            step(random.choice(AFTERWARDS)) for _ in range(random.choice([0, 1, 1, 2]))
        ),
    )


def _contest(random: Random) -> Round:
    """Edit one property on both sides, and then perhaps something else."""
    each = _draw_edits(random)
    one, other = random.sample([LEFT, RIGHT], 2)
    what = random.choice(["edit", "edit", "edit", "empty"])
    edit = each.meanwhile._replace(side=one)
    edits = edit, edit._replace(what=what, side=other)
    touch = each.meanwhile._replace(what="touch", side=random.choice(SIDES))
    steps = (*edits, *random.choice([(), (touch,)]))
    return each._replace(steps=tuple(_at_gaps(random, steps)))


def _undo(random: Random) -> Round:
    """End a run at the write of an edit; then undo or repeat the edit."""
    each = _draw_edits(random)
    side = random.choice(SIDES)
    edit = each.meanwhile._replace(side=side)
    after = edit._replace(what=random.choice(["revert", "revert", "edit"]))
    call = f"{WRITING[RIGHT if side == LEFT else LEFT]} "
    return each._replace(
        steps=(edit,),
        trouble="kill",
        call=call,
        at=random.choice([1, 2]),
        after=(after,),
    )


def _abandon(random: Random) -> Round:
    """End a run that creates a record, which is edited or deleted then."""
    each = _draw_round(random)
    name = random.choice(["phone", "name", "currency", "currency"])
    after = Step(random.choice(["edit", "delete"]), name, which=-1)
    return each._replace(
        steps=(Step("create", name, which=random.randrange(3)),),
        trouble="kill",
        call="POST ",
        at=random.randint(1, 4),
        after=(after,),
    )


def _delete_edited(random: Random) -> Round:
    """Edit a record on one side, and delete it on the other."""
    each = _draw_round(random)
    one, other = random.sample([LEFT, RIGHT], 2)
    what = random.choice(["edit", "touch"])
    edit = each.meanwhile._replace(what=what, side=one)
    return each._replace(steps=(edit, edit._replace(what="delete", side=other)))


def _meet_fault(random: Random) -> Round:
    """Meet a fault; one more item makes the list of items longer than a page."""
    each = _draw_round(random)
    while each.trouble != "fault":
        each = _draw_round(random)
    return each._replace(steps=(*each.steps, Step("create", "name")))


def _draw_edits(random: Random) -> Round:
    """Draw a round about a property that both systems let be edited."""
    each = _draw_round(random)
    name = random.choice([name for name in KINDS if name not in FIXED])
    return each._replace(meanwhile=each.meanwhile._replace(name=name), after=())


def _at_gaps(random: Random, steps: Iterable[Step]) -> Iterator[Step]:
    return (step._replace(later=random.choice(GAPS)) for step in steps)


def shrink(script: Script, fails: Callable[[Script], bool]) -> Script:
    """Return a script that fails and of which no single part can be left out."""
    for smaller in _list_smaller(script):
        if fails(smaller):
            return shrink(smaller, fails)
    return script


def _list_smaller(script: Script) -> Iterator[Script]:
    for rounds in _without_one(script.rounds):
        yield script._replace(rounds=rounds)
    for number, each in enumerate(script.rounds):
        before, after = script.rounds[:number], script.rounds[number + 1 :]
        for smaller in _list_smaller_rounds(each):
            yield script._replace(rounds=(*before, smaller, *after))
    plain = script._replace(propagates=False, lags=False, ahead=(LEFT, 0))
    if script != plain:
        yield plain


def _list_smaller_rounds(each: Round) -> Iterator[Round]:
    for steps in _without_one(each.steps):
        yield each._replace(steps=steps)
    for steps in _without_one(each.after):
        yield each._replace(after=steps)
    if each.trouble != "none":
        yield each._replace(trouble="none")


def _without_one(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    for number in range(len(parts)):
        yield parts[:number] + parts[number + 1 :]
