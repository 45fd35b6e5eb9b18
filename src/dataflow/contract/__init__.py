"""The contract suite: what it stands on, and what a run of it leaves."""
