"""What can be wrong with a document or with a set of features."""

from __future__ import annotations

from dataflow.errors import DataflowError


class DocumentNotFoundError(DataflowError):
    """There is no readable file where the document ought to be."""


class NotADocumentError(DataflowError):
    """The file is no dataflow document."""


class FolderError(DataflowError):
    """The features cannot be written where they are to go."""


class NotAFeatureError(DataflowError):
    """A feature file is not one that `dataflow transcribe` has written."""
