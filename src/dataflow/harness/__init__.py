"""The checklist as a pytest plugin: targets, scenarios, the sync under test."""
