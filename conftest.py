"""Plain `pytest` runs the checklist: this is all that it needs beside the features."""

pytest_plugins = [
    "dataflow.harness.plugin",
    "dataflow.contract.plugin",
    "dataflow.harness.verdicts",
    "dataflow.harness.giving_up",
    "dataflow.harness.green",
    "dataflow.report.folder",
    "dataflow.report.allure_gherkin",
    "dataflow.report.plugin",
    "steps.records",
    "steps.syncing",
    "steps.edits",
    "steps.events",
    "steps.pairs",
]
