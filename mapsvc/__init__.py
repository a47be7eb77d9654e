"""Jurisdiction maps that people can trust: records in; values, tiles and pages out."""

__version__ = "0.1.0"
