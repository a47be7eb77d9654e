"""Records become values: the join to jurisdictions, then indicators."""
