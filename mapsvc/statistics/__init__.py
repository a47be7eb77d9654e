"""Pure maths over numpy arrays: no I/O, no geometry, no words of the web."""
