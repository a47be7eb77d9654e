"""Scripts that derive the committed data from its sources; the package never imports them."""
