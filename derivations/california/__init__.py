"""Derives the bundled California boundaries and datasets from the public records they come from."""
