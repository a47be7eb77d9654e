"""Vector tiles: geometry encoded once for a boundary set, attributes of any indicator."""
