"""Plain `pytest` runs the checklist: this is all that it needs beside the features."""

pytest_plugins = [
    "dataflow.harness.plugin",
    "steps.records",
    "steps.syncing",
    "steps.edits",
    "steps.events",
    "steps.pairs",
    "steps.generated",
]
