"""The sync under test: how it gets its turn, and how it says that it is done."""
