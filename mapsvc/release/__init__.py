"""A release on disk, and the pipeline that builds it."""
