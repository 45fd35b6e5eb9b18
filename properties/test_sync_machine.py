"""The sync as a whole, against a log of what people did."""

from __future__ import annotations

from collections import Counter

from hypothesis import settings

from properties.machine import fails, play, prepare
from properties.profiles import NIGHT
from properties.scripts import MET, SCRIPTS, draw_script, shrink
from properties.trouble import POINTS

#: The number of scripts of a night.
NIGHTLY = 10_000

#: What the scripts together have to reach.
TO_REACH = (
    *("new customer", "new item", "new order", "replaced order", "further page"),
    *("email edited in Invoiced", "email edited in Chargebee"),
    *("phone edited in Invoiced", "phone edited in Chargebee"),
    *("name edited in Invoiced", "name edited in Chargebee"),
    *("conflict", "tie", "left out", "two edits, and one value at the end"),
    *("customer deleted in Invoiced", "customer deleted in Chargebee"),
    *("item deleted in Invoiced", "item deleted in Chargebee"),
    *("order deleted in Invoiced", "order voided in Invoiced"),
    *("edit against deletion", "deletion propagated"),
    *("merged customer", "retyped customer", "clocks apart", "lists that lag"),
    *("state lost", "edited meanwhile", "stopped by the guard"),
    *(f"killed at an {point}" for point in POINTS),
    *(f"met a {kind}" for kind in MET),
)


def test_the_sync_follows_the_log() -> None:
    """After each run all agree, nothing is lost or doubled, and it comes to rest."""
    is_night = settings.get_current_profile_name() == NIGHT
    reached: Counter[str] = Counter()
    start = prepare()
    for seed in range(NIGHTLY if is_night else SCRIPTS):
        script = draw_script(seed)
        try:
            play(script, start, reached)
        except Exception as error:
            small = shrink(script, lambda one: fails(one, start))
            error.add_note(f"Script {seed}, without what is not needed: {small}")
            raise

    assert [] == [name for name in TO_REACH if not reached[name]]
