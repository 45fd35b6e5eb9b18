"""The contract suite: tests of both vendors that a sandbox can confirm."""
