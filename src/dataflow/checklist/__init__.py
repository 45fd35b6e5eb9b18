"""The document, its checks, and the features that are generated from it."""
