"""The read-only face of a release: tiles, pages, API. The only part that imports Flask."""
