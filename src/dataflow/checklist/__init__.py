"""From the document to sections, statements, checks and features, and back."""
