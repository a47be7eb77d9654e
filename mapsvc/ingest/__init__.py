"""The only readers of source files: what leaves here is validated, and every reject is listed."""
