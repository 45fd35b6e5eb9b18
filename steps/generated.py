"""Generated scenarios: events before a run, and the rules for what follows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pytest_bdd import given, then, when

from dataflow.harness.generated.rules import judge
from dataflow.harness.generated.story import Event, Story
from dataflow.harness.scenario.expectations import join_messages
from dataflow.harness.scenario.world import World


@pytest.fixture
def story(world: World) -> Story:
    """Return the records and events of a scenario, with unrelated records."""
    story = Story(world)
    story.begin()
    return story


@given("beside unrelated records in Chargebee, this happens:")
@when("this happens:")
def this_happens(story: Story, datatable: Sequence[Sequence[str]]) -> None:
    """Let events happen one after the other: `record`, `event`, `value` in JSON."""
    _, *rows = datatable
    for row in rows:
        story.happen(Event.parse(row))
        story.world.advance(1)


@then("the sync propagates this, and nothing else is changed")
def nothing_else_is_changed(story: Story) -> None:
    """Expect what the events require, and no other change of both accounts."""
    found = judge(story, story.catch_up())
    assert not found, join_messages(found)
