"""What the steps stand on: targets, both vendors' records, the sync under test."""
